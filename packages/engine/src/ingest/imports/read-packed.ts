import type { FileMapping } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { headerNames } from './file-head.ts';
import type { BrokenRow, FileRow } from './file-row.ts';
import { parquetColumns, parquetRows } from './read-parquet.ts';
import { spoolFile, type SpooledFile } from './spool-file.ts';
import { NO_VALUE } from './xlsx/parse-sheet.ts';
import { xlsxRows } from './xlsx/read-xlsx.ts';

/** Formats that cannot be read from front to back. */
export type PackedFormat = 'xlsx' | 'parquet';

export const isPacked = (format: FileMapping['format']): format is PackedFormat =>
  format === 'xlsx' || format === 'parquet';

/**
 * Rows of an Excel or Parquet file: it is kept in a file of its own while it is read. Rows and columns are counted as
 * in a CSV file. @throws CodedError import_column_missing
 */
export async function readPacked(
  bytes: AsyncIterable<Uint8Array>,
  file: Pick<FileMapping, 'file' | 'format' | 'header' | 'titleRows' | 'sheet'>,
  neededColumns: readonly string[],
): Promise<Found> {
  const spooled = await spoolFile(bytes);
  try {
    const found =
      file.format === 'parquet'
        ? await parquetStream(spooled, neededColumns)
        : await sheetStream(spooled, file, neededColumns);
    const absent = neededColumns.filter((column) => !found.columns.includes(column));
    if (absent.length > 0)
      throw new CodedError('import_column_missing', { details: { file: file.file, columns: absent } });
    return { ...found, rows: closing(found.rows, spooled) };
  } catch (error) {
    await spooled.close();
    throw error;
  }
}

interface Found {
  readonly columns: readonly string[];
  readonly rows: AsyncGenerator<FileRow[]>;
  /** Columns with numbers of which Excel did not keep all digits, as far as was read. */
  readonly lostDigits?: () => string[];
}

async function parquetStream(spooled: SpooledFile, needed: readonly string[]): Promise<Found> {
  const present = new Set(await parquetColumns(spooled));
  const columns = needed.filter((column) => present.has(column) || present.has(column.split('.')[0]!));
  return { columns, rows: parquetRows(spooled, columns) };
}

/** The first row that is not empty and no title names the columns, unless the mapping does. */
async function sheetStream(
  spooled: SpooledFile,
  { sheet, header, titleRows = 0 }: Pick<FileMapping, 'header' | 'titleRows' | 'sheet'>,
  needed: readonly string[],
): Promise<Found> {
  const lost = new Set<number>();
  const rows = xlsxRows(spooled, sheet, { onLostDigits: (column) => lost.add(column) });
  const lostIn = (columns: readonly string[]) => (): string[] =>
    columns.filter((_name, index) => lost.has(index));
  const shapeOf = (columns: readonly string[]): SheetShape => ({
    width: columns.length,
    read: needed.map((column) => columns.indexOf(column)),
  });
  if (header) return { columns: header, rows: fitted(rows, [], shapeOf(header)), lostDigits: lostIn(header) };
  let above = titleRows;
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const [names, ...rest] = next.value.slice(above);
    above = Math.max(0, above - next.value.length);
    if (names) {
      const columns = headerNames(withoutMarks(names));
      return { columns, rows: fitted(rows, rest, shapeOf(columns)), lostDigits: lostIn(columns) };
    }
  }
  return { columns: [], rows };
}

/** Number of columns, and the places of those that are read. */
interface SheetShape {
  readonly width: number;
  readonly read: readonly number[];
}

/** Excel leaves out empty cells at the end of a row, and keeps some that were only formatted. */
async function* fitted(
  rows: AsyncGenerator<string[][]>,
  first: string[][],
  { width, read }: SheetShape,
): AsyncGenerator<FileRow[]> {
  const fit = (row: string[]): FileRow => {
    while (row.length > width && row.at(-1) === '') row.pop();
    while (row.length < width) row.push('');
    const open = read.find((column) => row[column]?.startsWith(NO_VALUE));
    const cell = open === undefined ? undefined : row[open]!.slice(NO_VALUE.length);
    const shown = withoutMarks(row);
    return cell === undefined ? shown : withoutValue(shown, cell);
  };
  if (first.length > 0) yield first.map(fit);
  for await (const block of rows) yield block.map(fit);
}

const withoutMarks = (row: string[]): string[] =>
  row.some((cell) => cell.startsWith(NO_VALUE))
    ? row.map((cell) => (cell.startsWith(NO_VALUE) ? '' : cell))
    : row;

/** A program wrote the formula and did not compute it: to take its value for empty would lose it without a word. */
const withoutValue = (row: readonly string[], cell: string): BrokenRow => ({
  text: row.join(','),
  reason: `the formula in ${cell} has no value; open the file in Excel and save it`,
  line: Number(/\d+$/.exec(cell)?.[0]),
});

async function* closing(rows: AsyncGenerator<FileRow[]>, spooled: SpooledFile): AsyncGenerator<FileRow[]> {
  try {
    yield* rows;
  } finally {
    await spooled.close();
  }
}
