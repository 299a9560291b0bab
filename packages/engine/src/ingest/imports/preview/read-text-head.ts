import type { importsApi } from '@wutong/contract';
import { parseForeignJson } from '../../read-json.ts';
import { countBadBytes, markedText, withoutByteOrderMark, withoutMarks } from '../decode-text.ts';
import { headerNames, SEPARATOR_LINE } from '../file-head.ts';
import { cellsOf } from '../read-json-lines.ts';
import { PreviewError } from './preview-error.ts';

type Encoding = importsApi.ImportPreview['encoding'];

const DELIMITERS = [',', '\t', ';', '|'] as const;
export const MOST_ROWS = 200;

/** What the beginning of a text file is, and its first rows. */
export interface TextHead {
  readonly format: 'csv' | 'ndjson';
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean;
  /** Rows above it that are a title. */
  readonly titleRows: number;
  readonly columns: readonly string[];
  /** Rows of texts, without the header. */
  readonly rows: readonly string[][];
}

/** How a person corrects what was detected. */
export interface HeadChoice {
  readonly format?: importsApi.ImportPreview['format'] | undefined;
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: string | undefined;
  readonly hasHeader?: boolean | undefined;
}

/** Detects and parses; `whole`: the bytes end where the file does. @throws PreviewError */
export function readTextHead(bytes: Uint8Array, whole: boolean, choice: HeadChoice): TextHead {
  // The head may end within a character or a row: what is after the last line break is left out.
  const end = whole ? bytes.length : bytes.lastIndexOf(0x0a) + 1 || bytes.length;
  const lines = bytes.subarray(0, end);
  if (lines.includes(0)) throw new PreviewError('binary');
  const encoding = choice.encoding ?? detectEncoding(lines);
  const decoded = decode(lines, encoding);
  if (decoded === undefined) throw new PreviewError('wrong_encoding');
  if (decoded.includes('\r') && !decoded.includes('\n')) throw new PreviewError('line_ends');
  if (/^\s*(\[\s*[[{]|\{\s*\n)/.test(decoded)) throw new PreviewError('json_document');
  const separator = SEPARATOR_LINE.exec(decoded);
  const text = separator ? decoded.slice(separator[0].length) : decoded;
  const isJson = choice.format === 'ndjson' || (choice.format === undefined && /^\s*\{/.test(text));
  if (isJson) {
    return {
      format: 'ndjson',
      encoding,
      delimiter: ',',
      hasHeader: true,
      titleRows: 0,
      ...readJsonLines(text),
    };
  }
  const delimiter = choice.delimiter ?? separator?.[1] ?? detectDelimiter(text);
  const table = parseRows(text, delimiter, MOST_ROWS + 1).filter((row) => row.length > 1 || row[0] !== '');
  return { format: 'csv', encoding, delimiter, ...withHeader(table, choice.hasHeader) };
}

/** Takes the first row for the names of the columns where it is that. */
export function withHeader(
  table: readonly string[][],
  chosen: boolean | undefined,
): Pick<TextHead, 'hasHeader' | 'titleRows' | 'columns' | 'rows'> {
  const titleRows = chosen === false ? 0 : countTitles(table);
  if (titleRows > 0) return { ...withHeader(table.slice(titleRows), true), titleRows };
  const first = table[0] ?? [];
  const hasHeader = chosen ?? (looksLikeHeader(first) || standsOverValues(table));
  const columns = hasHeader ? headerNames(first) : first.map((_cell, index) => `column_${index + 1}`);
  return { hasHeader, titleRows, columns, rows: hasHeader ? table.slice(1) : table };
}

const MOST_TITLES = 5;
/** Columns of a table that may have a title of one cell. */
const LEAST_COLUMNS = 3;

/** Rows of one cell above one that names all columns, as people put a title and a date above a table. */
function countTitles(table: readonly (readonly string[])[]): number {
  const filled = (row: readonly string[] = []): number => row.filter((cell) => cell.trim() !== '').length;
  let titles = 0;
  while (titles <= MOST_TITLES && filled(table[titles]) === 1) titles++;
  const header = table[titles] ?? [];
  const isHeader =
    header.length >= LEAST_COLUMNS && (looksLikeHeader(header) || standsOverValues(table.slice(titles)));
  return titles <= MOST_TITLES && isHeader ? titles : 0;
}

/** Bytes that are no text spoil their rows alone; of too many the file is not what it is taken for. */
const BAD_SHARES: Partial<Record<Encoding, number>> = { 'utf-8': 0.1, gb18030: 0.02, gbk: 0.02 };

/** The text; undefined when more of what is not ASCII than a share of it is none in the encoding. */
function decode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  const text = markedText(withoutByteOrderMark(bytes), encoding);
  const bad = countBadBytes(text);
  if (bad === 0) return text;
  let others = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) others++;
  return bad <= others * (BAD_SHARES[encoding] ?? 0) ? withoutMarks(text) : undefined;
}

/** UTF-8 proves itself; what is not UTF-8 in a Chinese bank is GB 18030, of which GBK is a part. */
function detectEncoding(bytes: Uint8Array): Encoding {
  return (
    (['utf-8', 'gb18030'] as const).find((encoding) => decode(bytes, encoding) !== undefined) ?? 'latin1'
  );
}

const LINES_COMPARED = 20;

/** The delimiter that cuts most of the first lines into the same number of cells, the most cells first. */
function detectDelimiter(text: string): string {
  const scores = DELIMITERS.map((delimiter) => {
    const counts = parseRows(text, delimiter, LINES_COMPARED).map((row) => row.length);
    const alike = (cells: number): number => counts.filter((count) => count === cells).length;
    // A title above the table is one cell.
    const cells = counts.toSorted((left, right) => alike(right) - alike(left))[0] ?? 1;
    return { delimiter, score: cells > 1 ? (alike(cells) / counts.length) * 1_000 + cells : 0 };
  });
  return scores.toSorted((left, right) => right.score - left.score)[0]?.delimiter ?? ',';
}

/** A header may name a column twice or not at all when it stands over values that are unlike a name. */
function standsOverValues([first = [], ...rows]: readonly (readonly string[])[]): boolean {
  const isName = (cell: string): boolean => cell !== '' && !VALUE.test(cell);
  if (rows.length === 0 || first.some((cell) => VALUE.test(cell.trim()))) return false;
  return first.some(
    (cell, place) =>
      isName(cell.trim()) &&
      rows.every((row) => !isName(row[place]?.trim() ?? '')) &&
      rows.some((row) => VALUE.test(row[place]?.trim() ?? '')),
  );
}

/** A number, a date, a time or an address. */
const VALUE = /^[+-]?\d+([.,:/-]\d+)*$|@/;

/** A header names every column once and holds no values. */
function looksLikeHeader(row: readonly string[]): boolean {
  const names = row.map((name) => name.trim());
  return names.every((name) => name !== '' && !VALUE.test(name)) && new Set(names).size === names.length;
}

/** RFC 4180: quoted cells may hold delimiters, line breaks and doubled quotes. */
function parseRows(text: string, delimiter: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length && rows.length < most; index++) {
    const character = text[index]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') cell += text[++index]!;
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === delimiter) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell.endsWith('\r') ? cell.slice(0, -1) : cell]);
      row = [];
      cell = '';
    } else cell += character;
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) rows.push([...row, cell]);
  return rows;
}

/** Cells as the import reads them; lines that it will reject are not shown. */
function readJsonLines(text: string): Pick<TextHead, 'columns' | 'rows'> {
  const objects = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_ROWS)
    .flatMap((line): Record<string, unknown>[] => {
      const object = readObject(line);
      return object ? [object] : [];
    });
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const rows = objects.flatMap((object) => {
    const row = cellsOf(object, columns);
    return row ? [row] : [];
  });
  return { columns, rows };
}

function readObject(line: string): Record<string, unknown> | undefined {
  try {
    const value = parseForeignJson(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
