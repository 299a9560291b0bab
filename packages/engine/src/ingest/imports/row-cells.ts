import type { FileMapping } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { namedExpressions } from './compile-mapping.ts';
import { columnsOf } from './compile-expression.ts';
import { isBroken, UnreadableRowError, type FileRow } from './file-row.ts';
import { createCsvParser } from './parse-csv.ts';
import { jsonRows } from './read-json-lines.ts';
import type { RowProblemEntry } from './rejected-rows.ts';

/** Codes of rows whose keys are refused; the text says which rule, not which column. */
const KEY_CODES: ReadonlySet<string> = new Set([
  'owner_missing',
  'key_refused',
  'keys_missing',
  'key_invalid',
]);

/** The columns that a problem of a row comes from; none when it is about the row as a whole. */
export function columnsAtFault(
  file: FileMapping,
  columns: readonly string[],
  { record, code, detail }: RowProblemEntry,
): string[] {
  if (code === 'import_row_unreadable') return [];
  const record_ = file.records[record];
  if (!record_) return [];
  const parts = namedExpressions(record_);
  const keyTypes = keyTypesOf(record_);
  const isSaid = (name: string): boolean => detail.startsWith(`${name}: `);
  // Columns before fields: a reason of reading names the column, one of the model the field.
  const column = columns.filter(isSaid).toSorted((one, other) => other.length - one.length)[0];
  if (column !== undefined) return [column];
  const said = parts.filter(([name]) => isSaid(name));
  const found =
    said.length === 0 && KEY_CODES.has(code) ? parts.filter(([name]) => keyTypes.has(name)) : said;
  return [...new Set(found.flatMap(([, expression]) => columnsOf(expression)))];
}

function keyTypesOf(record: FileMapping['records'][number]): ReadonlySet<string> {
  const ends =
    record.record === 'relation'
      ? [record.from, record.to]
      : record.record === 'detail'
        ? [record.owner]
        : [];
  const keys = 'keys' in record ? record.keys : ends.flatMap((end) => ('person' in end ? end.person : []));
  return new Set(keys.map((key) => key.type));
}

/**
 * The cells of a line that was written by hand, read as in its file.
 * @throws CodedError import_row_unreadable, invalid_request for formats that have no lines
 */
export async function cellsOfLine(
  file: FileMapping,
  columns: readonly string[],
  line: string,
): Promise<readonly string[]> {
  const rows: FileRow[] = [];
  try {
    if (file.format === 'csv') {
      const parser = createCsvParser(file.delimiter, 'utf-8');
      rows.push(...parser.push(line), ...parser.end());
    } else if (file.format === 'ndjson') {
      for await (const block of jsonRows(one(line), columns)) rows.push(...block);
    } else throw invalid('a row of Excel or Parquet has no line: send its cells');
  } catch (error) {
    if (error instanceof UnreadableRowError) throw unreadable(error.reason);
    throw error;
  }
  const [row] = rows;
  if (rows.length !== 1) throw unreadable(`is ${rows.length} rows and not one`);
  if (isBroken(row!)) throw unreadable(row.reason);
  if (row!.length !== columns.length)
    throw unreadable(`has ${row!.length} cells, the header ${columns.length}`);
  return row!;
}

/** Cells by the names of their columns, in the place of those at hand. @throws CodedError import_column_missing */
export function changedCells(
  columns: readonly string[],
  cells: readonly string[] | undefined,
  changes: Readonly<Record<string, string>>,
): string[] {
  const unknown = Object.keys(changes).filter((column) => !columns.includes(column));
  if (unknown.length > 0) throw new CodedError('import_column_missing', { details: { columns: unknown } });
  return columns.map((column, place) =>
    Object.hasOwn(changes, column) ? changes[column]! : (cells?.[place] ?? ''),
  );
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}

const unreadable = (reason: string): CodedError =>
  new CodedError('import_row_unreadable', { details: { reason } });

const invalid = (message: string): CodedError =>
  new CodedError('invalid_request', { details: { problems: [{ path: 'body.raw', message }] } });
