import { posix } from 'node:path';
import { UnreadableRowError } from '../file-row.ts';
import type { SpooledFile } from '../spool-file.ts';
import { openWorkbook, type Workbook } from './open-zip.ts';
import { attribute, createXmlParser, parseXml } from './parse-xml.ts';
import { createSheetParser, type SheetContext } from './parse-sheet.ts';
import { readNumberStyles } from './read-styles.ts';
import { unescaped } from './unescape-text.ts';

const MEBIBYTE = 1024 * 1024;
const SMALL_PART_BYTES = 32 * MEBIBYTE;
/** Sheets are read piece by piece; this bounds the time, not the memory. */
const SHEET_BYTES = 8 * 1024 * MEBIBYTE;
/** Texts that many cells share are held in memory. */
const SHARED_TEXT_BYTES = 512 * MEBIBYTE;
const SHARED_TEXTS = 5_000_000;

/**
 * Rows of a sheet of an Excel file (ECMA-376, the first that is not hidden or a named one) that are not empty, as texts: numbers
 * in the 15 digits that Excel knows, dates YYYY-MM-DD, date times YYYY-MM-DD hh:mm:ss, booleans true and false,
 * formulas by their last value, errors by their name; a number whose format is noughts alone has noughts in front.
 * `heard` is told what a person should know (see `SheetContext`). @throws UnreadableRowError
 */
export async function* xlsxRows(
  file: SpooledFile,
  sheet: string | undefined,
  heard: Pick<SheetContext, 'onLostDigits' | 'onMerged'> = {},
): AsyncGenerator<string[][]> {
  const workbook = await openWorkbook(file);
  const book = await readBook(workbook, sheet);
  const texts = book.texts === undefined ? [] : await readSharedTexts(workbook, book.texts);
  const styles =
    book.styles === undefined ? [] : readNumberStyles(await workbook.whole(book.styles, SMALL_PART_BYTES));
  const parser = createSheetParser({ texts, styles, is1904: book.is1904, ...heard });
  for await (const piece of workbook.text(book.sheet, SHEET_BYTES)) {
    const rows = parser.write(piece);
    if (rows.length > 0) yield rows;
  }
}

/** The sheets of an Excel file, in its order. @throws UnreadableRowError */
export async function xlsxSheets(file: SpooledFile): Promise<readonly NamedSheet[]> {
  return (await readDirectory(await openWorkbook(file))).sheets;
}

export interface NamedSheet {
  readonly name: string;
  readonly isHidden: boolean;
}

/** The sheet that a person who opens the file sees first. */
export const firstSheet = <Sheet extends NamedSheet>(sheets: readonly Sheet[]): Sheet | undefined =>
  sheets.find((sheet) => !sheet.isHidden) ?? sheets[0];

/** A zip, and nothing of Excel in it. */
export class NoWorkbookError extends UnreadableRowError {
  constructor() {
    super(0, 'it is a zip archive and no Excel workbook; unpack it first');
    this.name = 'NoWorkbookError';
  }
}

interface Book {
  readonly sheet: string;
  readonly texts: string | undefined;
  readonly styles: string | undefined;
  /** Days are counted from 1904, as Excel for the Mac once did. */
  readonly is1904: boolean;
}

interface Directory {
  /** Path of the part that names the sheets. */
  readonly path: string;
  readonly sheets: readonly (NamedSheet & { readonly id: string })[];
  readonly is1904: boolean;
}

async function readDirectory(workbook: Workbook): Promise<Directory> {
  const roots = await readRelations(workbook, '_rels/.rels', '');
  const path = roots.find((each) => each.type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  if (!workbook.has(path)) throw new NoWorkbookError();
  const sheets: (NamedSheet & { id: string })[] = [];
  let is1904 = false;
  parseXml(await workbook.whole(path, SMALL_PART_BYTES), {
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const isHidden = /^(hidden|veryHidden)$/.test(attributes.state ?? '');
      sheets.push({ name: attributes.name ?? '', id: attribute(attributes, 'id') ?? '', isHidden });
    },
  });
  return { path, sheets, is1904 };
}

async function readBook(workbook: Workbook, wanted: string | undefined): Promise<Book> {
  const { path, sheets, is1904 } = await readDirectory(workbook);
  const folder = posix.dirname(path);
  const relations = await readRelations(workbook, `${folder}/_rels/${posix.basename(path)}.rels`, folder);
  const sheet = wanted === undefined ? firstSheet(sheets) : sheets.find((each) => each.name === wanted);
  const target = relations.find((each) => each.id === sheet?.id)?.target;
  if (!target) {
    const names = sheets.map((each) => each.name).join(', ');
    const reason =
      wanted === undefined ? 'it has no sheet' : `it has no sheet ${wanted}; its sheets: ${names}`;
    throw new UnreadableRowError(0, reason.slice(0, 500));
  }
  const part = (type: string): string | undefined => relations.find((each) => each.type === type)?.target;
  return { sheet: target, texts: part('sharedStrings'), styles: part('styles'), is1904 };
}

interface Relation {
  readonly id: string;
  /** The last word of the type's URL. */
  readonly type: string;
  /** Path of the part in the zip. */
  readonly target: string;
}

async function readRelations(workbook: Workbook, path: string, folder: string): Promise<Relation[]> {
  if (!workbook.has(path)) return [];
  const relations: Relation[] = [];
  parseXml(await workbook.whole(path, SMALL_PART_BYTES), {
    open(name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || mode === 'External') return;
      const resolved = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
      relations.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolved });
    },
  });
  return relations;
}

/** The texts that cells refer to by number; of rich text its runs, without the reading aids above them. */
async function readSharedTexts(workbook: Workbook, path: string): Promise<string[]> {
  const texts: string[] = [];
  let text = '';
  let isText = false;
  let aids = 0;
  const parser = createXmlParser({
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') aids++;
      isText = name === 't' && aids === 0;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      isText = false;
      if (name === 'rPh') aids--;
      if (name !== 'si') return;
      texts.push(unescaped(text));
      if (texts.length > SHARED_TEXTS) throw new UnreadableRowError(0, 'it has more than 5,000,000 texts');
    },
  });
  for await (const piece of workbook.text(path, SHARED_TEXT_BYTES)) parser.write(piece);
  parser.end();
  return texts;
}
