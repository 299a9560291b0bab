import { Readable } from 'node:stream';
import type { ClickHouse } from '../platform/index.ts';
import { encodeRows } from './encode-rows.ts';
import type { Row } from './row.ts';
import { columnOf } from './name-columns.ts';

/** Rows of one insert: bounded, so that a wide table does not make one huge request. */
const INSERT_ROWS = 50_000;

/** Writes rows into tables, one after the other; the text of the rows is made once. */
export async function insertRows(
  clickhouse: ClickHouse,
  tables: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const { columns, bytes } = encodeRows(rows.slice(start, start + INSERT_ROWS));
    const names = columns.map(columnOf).join(', ');
    for (const table of tables) {
      const stream = Readable.from([bytes], { objectMode: false });
      await clickhouse.insertStream(`${table} (${names})`, stream, 'TabSeparated');
    }
  }
}
