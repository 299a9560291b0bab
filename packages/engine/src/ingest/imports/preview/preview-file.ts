import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { importsApi } from '@wutong/contract';
import { CodedError } from '../../../platform/index.ts';
import { foreignKind } from '../file-head.ts';
import { UnreadableRowError } from '../file-row.ts';
import { parquetColumns, parquetRows } from '../read-parquet.ts';
import { spoolFile, type SpooledFile } from '../spool-file.ts';
import { NO_VALUE } from '../xlsx/parse-sheet.ts';
import { firstSheet, NoWorkbookError, xlsxRows, xlsxSheets } from '../xlsx/read-xlsx.ts';
import { columnOf, hasLostDigits } from './kind-of-values.ts';
import { PreviewError } from './preview-error.ts';
import { MOST_ROWS, readTextHead, withHeader, type HeadChoice, type TextHead } from './read-text-head.ts';

/** Bytes of a text file that are looked at, unpacked. */
const HEAD_BYTES = 256 * 1024;
const LIMIT_BYTES = 512 * 1024 * 1024;
/** Rows of a sheet that are read to see its end. */
const ROWS_LOOKED_AT = 50_000;

export interface PreviewChoice extends HeadChoice {
  /** Of a workbook; default: the first that is not hidden. */
  readonly sheet?: string | undefined;
  /** Whether the bytes end where the file does. */
  readonly whole: boolean;
}

type Head = Pick<importsApi.ImportPreview, 'format' | 'gzip' | 'sheets' | 'sheet'> &
  Partial<Pick<importsApi.ImportPreview, 'hiddenSheets' | 'mergedCells'>> &
  Omit<TextHead, 'format'> & {
    /** Places of columns whose numbers Excel cut. */
    readonly lostDigits?: ReadonlySet<number>;
  };

/**
 * What a file is and its first rows. Its bytes lie in a file without a name while they are looked at.
 * @throws CodedError import_file_unreadable, with `problem` in its details
 */
export async function previewFile(
  bytes: AsyncIterable<Uint8Array>,
  choice: PreviewChoice,
): Promise<importsApi.ImportPreview> {
  return named(async () => {
    const spooled = await spoolFile(bytes, LIMIT_BYTES);
    try {
      return await show(spooled, choice);
    } finally {
      await spooled.close();
    }
  });
}

/** As `previewFile`, of a file that lies here already. @throws CodedError import_file_unreadable */
export function previewSpooled(
  spooled: SpooledFile,
  choice: PreviewChoice,
): Promise<importsApi.ImportPreview> {
  return named(() => show(spooled, choice));
}

async function show(spooled: SpooledFile, choice: PreviewChoice): Promise<importsApi.ImportPreview> {
  const { lostDigits, ...head } = await readHead(spooled, choice);
  return {
    hiddenSheets: [],
    mergedCells: 0,
    ...head,
    columns: head.columns.map((name, index) => ({
      ...columnOf(
        name,
        head.rows.map((row) => row[index] ?? ''),
      ),
      digitsLost: lostDigits?.has(index) ?? head.rows.some((row) => hasLostDigits(row[index] ?? '')),
    })),
    rows: head.rows.map((row) => [...row]),
  };
}

/** What is wrong with a file, by its name. */
async function named<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const details = { problem, reason: (error as Error).message };
    throw new CodedError('import_file_unreadable', { details, cause: error });
  }
}

function problemOf(error: unknown): PreviewError['problem'] | undefined {
  if (error instanceof PreviewError) return error.problem;
  if (error instanceof NoWorkbookError) return 'archive';
  return error instanceof UnreadableRowError || error instanceof TypeError ? 'damaged' : undefined;
}

/** Files of each kind begin with their own marks. */
async function readHead(spooled: SpooledFile, choice: PreviewChoice): Promise<Head> {
  const start = Buffer.alloc(4);
  await spooled.handle.read(start, 0, 4, 0);
  const mark = start.toString('latin1');
  if (spooled.bytes === 0) throw new PreviewError('empty');
  if (mark === 'PK\u0003\u0004') return readWorkbook(spooled, choice);
  if (mark === 'PAR1') return readParquet(spooled);
  const gzip = mark.startsWith('\u001f\u008b');
  const bytes = gzip ? await unpacked(spooled) : await firstBytes(spooled);
  const foreign = foreignKind(bytes);
  if (foreign) throw new PreviewError(foreign);
  const isWhole = choice.whole && (gzip ? bytes.length < HEAD_BYTES : spooled.bytes <= HEAD_BYTES);
  return { ...readTextHead(bytes, isWhole, choice), gzip, sheets: [] };
}

const PACKED = { gzip: false, encoding: 'utf-8', delimiter: ',' } as const;

async function readWorkbook(spooled: SpooledFile, { sheet, hasHeader }: PreviewChoice): Promise<Head> {
  const sheets = await xlsxSheets(spooled);
  const lostDigits = new Set<number>();
  let mergedCells = 0;
  const heard = {
    onLostDigits: (column: number) => lostDigits.add(column),
    onMerged: () => mergedCells++,
  };
  // What is merged stands after the rows.
  const table = await firstRows(xlsxRows(spooled, sheet, heard), MOST_ROWS + 1, ROWS_LOOKED_AT);
  const width = Math.max(0, ...table.map((row) => row.length));
  const even = table.map((row) =>
    row.map(shownCell).concat(Array.from({ length: width - row.length }, () => '')),
  );
  const shown = sheet ?? firstSheet(sheets)?.name;
  return {
    ...PACKED,
    ...withHeader(even, hasHeader),
    format: 'xlsx',
    lostDigits,
    mergedCells,
    sheets: sheets.map(({ name }) => name),
    hiddenSheets: sheets.filter(({ isHidden }) => isHidden).map(({ name }) => name),
    ...(shown ? { sheet: shown } : {}),
  };
}

/** A formula that nobody computed is seen to be one. */
const shownCell = (cell: string): string => (cell.startsWith(NO_VALUE) ? '=?' : cell);

async function readParquet(spooled: SpooledFile): Promise<Head> {
  const columns = await parquetColumns(spooled);
  const rows = await firstRows(parquetRows(spooled, columns), MOST_ROWS);
  return { ...PACKED, format: 'parquet', hasHeader: true, titleRows: 0, columns, rows, sheets: [] };
}

async function firstRows(
  blocks: AsyncIterable<string[][]>,
  most: number,
  lookedAt = most,
): Promise<string[][]> {
  const rows: string[][] = [];
  let read = 0;
  for await (const block of blocks) {
    if (rows.length < most) for (const row of block) rows.push(row);
    read += block.length;
    if (read >= lookedAt) break;
  }
  return rows.slice(0, most);
}

async function firstBytes({ handle, bytes }: SpooledFile): Promise<Uint8Array> {
  const start = Buffer.alloc(Math.min(bytes, HEAD_BYTES));
  await handle.read(start, 0, start.length, 0);
  return start;
}

/** What a packed file begins with; it may be cut off anywhere. */
async function unpacked(spooled: SpooledFile): Promise<Uint8Array> {
  const packed = Readable.from([await firstBytes(spooled)], { objectMode: false });
  const gunzip = packed.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch {
    if (length === 0) throw new PreviewError('unreadable_gzip');
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}
