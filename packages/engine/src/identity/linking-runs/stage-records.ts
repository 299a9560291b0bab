import type { linkingApi } from '@wutong/contract';
import { CodedError, type ClickHouse, type Platform } from '../../platform/index.ts';
import { quoteColumn } from '../linking/index.ts';
import { fileTable, insertRows, MAXIMUM_RECORDS } from './file-store.ts';
import type { LentRow, RecordPorts } from './record-lender.ts';
import { findTable } from './record-tables.ts';

/** Columns of a staged table: the id, the place of its table (0 or 1), and the compared columns by their names. */
export const ID_COLUMN = '$id';
export const TABLE_COLUMN = '$table';

export interface Staged {
  /** ClickHouse table. */
  readonly table: string;
  /** Records of the tables, and how many of them are here: fewer when it was sampled. */
  readonly records: readonly number[];
  readonly sampled: readonly number[];
}

type Chosen = Pick<linkingApi.LinkingSettings, 'tables' | 'columns'>;

/**
 * Copies the records of the chosen tables into one ClickHouse table `linkage_input_<run>`; with `sample`, about so many
 * of each. @throws CodedError record_table_not_found, linking_input_invalid, too_many_records
 */
export async function stageRecords(
  platform: Platform,
  ports: RecordPorts,
  request: { run: string; chosen: Chosen; sample?: number; signal: AbortSignal },
): Promise<Staged> {
  const { clickhouse } = platform;
  const table = `linkage_input_${request.run}`;
  const names = request.chosen.columns.map((column) => `${quoteColumn(column.name)} String`);
  await clickhouse.command(`drop table if exists ${table}`);
  await clickhouse.command(
    `create table ${table} (${quoteColumn(ID_COLUMN)} String, ${quoteColumn(TABLE_COLUMN)} String, ${names.join(', ')})
     engine = MergeTree order by tuple()`,
  );
  const records: number[] = [];
  const sampled: number[] = [];
  for (const place of request.chosen.tables.keys()) {
    const counts = await stageTable(platform, ports, { ...request, table, place });
    records.push(counts.records);
    sampled.push(counts.sampled);
    const all = records.reduce((sum, count) => sum + count, 0);
    if (all > MAXIMUM_RECORDS)
      throw new CodedError('too_many_records', { details: { records: all, maximum: MAXIMUM_RECORDS } });
  }
  return { table, records, sampled };
}

async function stageTable(
  platform: Platform,
  ports: RecordPorts,
  request: { chosen: Chosen; sample?: number; signal: AbortSignal; table: string; place: number },
): Promise<{ records: number; sampled: number }> {
  const { chosen, place, table } = request;
  const { clickhouse } = platform;
  const { tableId, idColumn } = chosen.tables[place]!;
  const found = await findTable(platform, ports, tableId);
  const columns = chosen.columns.map((column) => column.columns[place] ?? column.name);
  const wanted = found.kind === 'people' ? columns : [idColumn ?? '', ...columns];
  const missing = wanted.filter((name) => !found.columns.includes(name));
  if (missing.length > 0) throw new CodedError('linking_input_invalid', { details: { tableId, missing } });
  if (found.kind === 'file') {
    const records = found.rows!;
    const cells = wanted.map((name) => `v${found.columns.indexOf(name)}`);
    const every = everyOf(records, request.sample);
    await clickhouse.command(
      `insert into ${table} select ${cells[0]}, '${place}', ${cells.slice(1).join(', ')}
       from ${fileTable(found.name)} where cityHash64(${cells[0]}, ${place}) % ${every} = 0`,
    );
    return { records, sampled: await countOf(clickhouse, table, place) };
  }
  const lender = ports.lenders.find((each) => each.kind === found.kind)!;
  const records = await lender.count(found.name);
  if (records > MAXIMUM_RECORDS)
    throw new CodedError('too_many_records', { details: { tableId, records, maximum: MAXIMUM_RECORDS } });
  const rows = lender.read(
    found.name,
    { idColumn: found.kind === 'people' ? undefined : idColumn, columns },
    request.signal,
  );
  await insertRows(clickhouse, table, placed(rows, place, everyOf(records, request.sample)));
  return { records, sampled: await countOf(clickhouse, table, place) };
}

const everyOf = (records: number, sample: number | undefined): number =>
  sample === undefined ? 1 : Math.max(1, Math.ceil(records / sample));

async function* placed(
  blocks: AsyncIterable<LentRow[]>,
  place: number,
  every: number,
): AsyncGenerator<string[][]> {
  let number = 0;
  for await (const block of blocks) {
    yield block.filter(() => number++ % every === 0).map(([id, ...cells]) => [id!, String(place), ...cells]);
  }
}

async function countOf(clickhouse: ClickHouse, table: string, place: number): Promise<number> {
  const [row] = await clickhouse.query<{ rows: number }>(
    `select count() as rows from ${table} where ${quoteColumn(TABLE_COLUMN)} = '${place}'`,
  );
  return row!.rows;
}

/** Records without an id, and those whose id occurred before in the same table. */
export async function countFaultyIds(
  clickhouse: ClickHouse,
  table: string,
): Promise<{ empty: number; repeated: number }> {
  const [row] = await clickhouse.query<{ empty: number; repeated: number }>(
    `select countIf(${quoteColumn(ID_COLUMN)} = '') as empty,
            count() - uniqExact(${quoteColumn(TABLE_COLUMN)}, ${quoteColumn(ID_COLUMN)}) as repeated from ${table}`,
  );
  return row!;
}
