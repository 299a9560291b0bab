import type { ClickHouse } from '../platform/index.ts';
import type { Row } from './row.ts';
import { insertRows } from './insert-rows.ts';
import { deletedRow, isWhole, layIntoHistory, layOver } from './lay-states.ts';
import { detailTable, entityTable, historyTable } from './name-columns.ts';
import { pageIds } from './page-ids.ts';

/** Where the states of a type of entities or details lie. */
export interface StateTable {
  readonly newest: string;
  readonly history?: string;
  readonly idColumn: 'entity_id' | 'detail_id';
}

export const entityStates = (type: string): StateTable => ({
  newest: entityTable(type),
  idColumn: 'entity_id',
});
export const detailStates = (type: string): StateTable => ({
  newest: detailTable(type),
  history: historyTable(type),
  idColumn: 'detail_id',
});

/**
 * Writes states. Partial ones and deletions are laid into what is stored; rows that are all whole are written as they
 * stand, and `layLateStates` must look after those that came late.
 */
export async function writeStates(
  clickhouse: ClickHouse,
  table: StateTable,
  rows: readonly Row[],
): Promise<void> {
  const areWhole = rows.every((row) => row.deleted === 0 && isWhole(row));
  const laid = areWhole ? { newest: rows, states: rows } : await layStates(clickhouse, table, rows);
  // History first: a crash in between leaves a state in the history that is written again, not one missing.
  if (table.history) await insertRows(clickhouse, [table.history], laid.states);
  await insertRows(clickhouse, [table.newest], laid.newest);
}

/**
 * Whole states that were written as they stand, and of which parts had been said later already (a nightly file after a
 * message of the morning): lays them under those. `rowsOf` gives the rows written of some ids, `oldest` is the least
 * version among all of them. Needs the lock of facts, taken after the rows were written.
 */
export async function layLateStates(
  clickhouse: ClickHouse,
  table: StateTable,
  oldest: number,
  rowsOf: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<void> {
  const newer = await clickhouse.query<{ id: string }>(
    `select distinct ${table.idColumn} as id from ${table.newest}
     prewhere field_times.size0 > 0 where version > {oldest:UInt64}`,
    { oldest },
  );
  for (const ids of pageIds(newer.map((row) => row.id))) {
    const rows = await rowsOf(ids);
    if (rows.length === 0) continue;
    const { newest, states } = await layStates(clickhouse, table, rows);
    if (table.history) await insertRows(clickhouse, [table.history], states);
    await insertRows(clickhouse, [table.newest], newest);
  }
}

/** Whether some state of the type says of a field that it was told by itself: else none can be laid under another. */
export async function hasPartialStates(clickhouse: ClickHouse, { newest }: StateTable): Promise<boolean> {
  const [found] = await clickhouse.query<object>(
    `select 1 from ${newest} prewhere field_times.size0 > 0 limit 1`,
  );
  return found !== undefined;
}

/** The newest state of each, and every state that is new or changes. */
async function layStates(
  clickhouse: ClickHouse,
  table: StateTable,
  rows: readonly Row[],
): Promise<{ newest: Row[]; states: Row[] }> {
  const idOf = (row: Row): string => row[table.idColumn] as string;
  const stored = await readNewest(clickhouse, table, new Set(rows.map(idOf)));
  const late = rows.filter((row) => row.version < (stored.get(idOf(row))?.version ?? 0));
  const histories = await readHistories(clickhouse, table, new Set(late.map(idOf)));
  const states: Row[] = [];
  const changed = new Set<string>();
  for (const row of [...rows].sort((a, b) => a.version - b.version)) {
    const id = idOf(row);
    const history = histories.get(id);
    const laid = history ? layIntoHistory(history, row) : [layOver(stored.get(id), row)];
    states.push(...laid);
    stored.set(id, history?.at(-1) ?? laid[0]!);
    changed.add(id);
  }
  return { newest: [...changed].map((id) => stored.get(id)!), states };
}

/** The newest states, of deleted ones only that and when they were. */
async function readNewest(
  clickhouse: ClickHouse,
  { newest, idColumn }: StateTable,
  ids: ReadonlySet<string>,
): Promise<Map<string, Row>> {
  const found = new Map<string, Row>();
  for (const page of pageIds(ids)) {
    const rows = await clickhouse.query<Row>(
      `select * from ${newest} final where ${idColumn} in {page:Array(String)}`,
      { page },
    );
    for (const row of rows) found.set(row[idColumn] as string, row);
  }
  // FINAL leaves deleted ones out.
  for (const page of pageIds([...ids].filter((id) => !found.has(id)))) {
    const rows = await clickhouse.query<{ id: string; newest: number }>(
      `select ${idColumn} as id, max(version) as newest from ${newest} where ${idColumn} in {page:Array(String)} group by id`,
      { page },
    );
    for (const row of rows) found.set(row.id, deletedRow(row.newest));
  }
  return found;
}

/** All states of details, ascending by version; nothing where no history is kept. */
async function readHistories(
  clickhouse: ClickHouse,
  { history, idColumn }: StateTable,
  ids: ReadonlySet<string>,
): Promise<Map<string, Row[]>> {
  const found = new Map<string, Row[]>();
  if (!history) return found;
  for (const page of pageIds(ids)) {
    const rows = await clickhouse.query<Row>(
      `select * from ${history} final where ${idColumn} in {page:Array(String)} order by version`,
      { page },
    );
    for (const row of rows) {
      const id = row[idColumn] as string;
      const states = found.get(id);
      if (states) states.push(row);
      else found.set(id, [row]);
    }
  }
  return found;
}
