import { Readable } from 'node:stream';
import { CodedError, type ClickHouse, type Platform, type Transaction } from '../../platform/index.ts';
import { csvLines } from './write-csv.ts';
import type { RecordFileForm, RecordPorts } from './record-lender.ts';

export interface RecordFile {
  readonly file_id: string;
  readonly name: string;
  readonly columns: string[];
  readonly row_count: number;
  readonly kept_at: number;
}

/** Of one file, and of all tables of one run. */
export const MAXIMUM_RECORDS = 2_000_000;
const MAXIMUM_COLUMNS = 200;
const COLUMNS = 'file_id, name, columns, row_count, kept_at';

/** ClickHouse table of a kept file; its columns are v0, v1, … */
export const fileTable = (fileId: string): string => `linkage_file_${fileId.replaceAll('-', '')}`;

export function listFiles(transaction: Transaction): Promise<RecordFile[]> {
  return transaction.query<RecordFile>(
    `select ${COLUMNS} from identity.record_file order by kept_at desc, file_id`,
  );
}

export async function readFile(transaction: Transaction, fileId: string): Promise<RecordFile | undefined> {
  const [row] = await transaction.query<RecordFile>(
    `select ${COLUMNS} from identity.record_file where file_id::text = $1`,
    [fileId],
  );
  return row;
}

/**
 * Keeps the rows of a file while it arrives.
 * @throws CodedError record_file_unusable, too_many_records, import_file_unreadable
 */
export async function keepFile(
  platform: Platform,
  ports: RecordPorts,
  request: { bytes: AsyncIterable<Uint8Array>; form: RecordFileForm; by: string },
): Promise<RecordFile> {
  const { clickhouse, database, ids, clock, audit } = platform;
  const { columns, blocks } = await ports.readFile(request.bytes, request.form);
  checkHeader(columns);
  const fileId = ids.newId();
  const table = fileTable(fileId);
  const counted = { rows: 0 };
  try {
    await clickhouse.command(
      `create table ${table} (${columns.map((_, index) => `v${index} String`).join(', ')}) engine = MergeTree order by tuple()`,
    );
    await insertRows(clickhouse, table, limited(blocks, columns.length, counted));
    const file = {
      file_id: fileId,
      name: request.form.file,
      columns: [...columns],
      row_count: counted.rows,
      kept_at: clock.now(),
    };
    if (file.row_count === 0)
      throw new CodedError('record_file_unusable', { details: { reason: 'the file has no rows' } });
    await database.transaction(async (transaction) => {
      await transaction.execute(
        `insert into identity.record_file (file_id, name, columns, row_count, kept_by, kept_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [fileId, file.name, file.columns, file.row_count, request.by, file.kept_at],
      );
      await audit.record(transaction, {
        actor: request.by,
        action: 'record_file.keep',
        object: fileId,
        detail: { name: file.name, rows: file.row_count },
      });
    });
    return file;
  } catch (error) {
    await clickhouse.command(`drop table if exists ${table}`);
    throw error;
  }
}

/** Deletes a kept file; false when there is none. */
export async function deleteFile(platform: Platform, fileId: string, by: string): Promise<boolean> {
  const deleted = await platform.database.transaction(async (transaction) => {
    const count = await transaction.execute('delete from identity.record_file where file_id::text = $1', [
      fileId,
    ]);
    if (count === 0) return false;
    await platform.audit.record(transaction, { actor: by, action: 'record_file.delete', object: fileId });
    return true;
  });
  if (deleted) await platform.clickhouse.command(`drop table if exists ${fileTable(fileId)}`);
  return deleted;
}

export function insertRows(
  clickhouse: ClickHouse,
  table: string,
  blocks: AsyncIterable<readonly (readonly string[])[]>,
): Promise<void> {
  return clickhouse.insertStream(table, Readable.from(csvLines(blocks), { objectMode: false }), 'CSV', {
    input_format_csv_detect_header: 0,
  });
}

function checkHeader(columns: readonly string[]): void {
  const empty = columns.findIndex((name) => name.trim() === '');
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  const reason =
    columns.length === 0
      ? 'the file is empty'
      : columns.length > MAXIMUM_COLUMNS
        ? `it has more than ${MAXIMUM_COLUMNS} columns`
        : empty >= 0
          ? `column ${empty + 1} has no name in the first row`
          : repeated === undefined
            ? undefined
            : `two columns are named ${repeated}`;
  if (reason !== undefined) throw new CodedError('record_file_unusable', { details: { reason } });
}

/** Rows of one width; more than a run takes are refused while they arrive. */
async function* limited(
  blocks: AsyncIterable<string[][]>,
  width: number,
  counted: { rows: number },
): AsyncGenerator<string[][]> {
  for await (const block of blocks) {
    for (const [index, row] of block.entries()) {
      if (row.length === width) continue;
      const reason = `row ${counted.rows + index + 1} has ${row.length} cells, the first row ${width}`;
      throw new CodedError('record_file_unusable', { details: { reason } });
    }
    counted.rows += block.length;
    if (counted.rows > MAXIMUM_RECORDS)
      throw new CodedError('too_many_records', { details: { maximum: MAXIMUM_RECORDS } });
    yield block;
  }
}
