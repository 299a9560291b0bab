import { Readable } from 'node:stream';
import type { Field } from '@wutong/contract';
import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { CheckedDetail, CheckedEntity, CheckedFact, CheckedRelation } from './check-facts.ts';
import { closeReplaced } from './close-replaced.ts';
import { encodeRows } from './encode-rows.ts';
import { detailRow, entityRow, relationRow, type Row } from './fact-rows.ts';
import { deletedRow, layIntoHistory, layOver } from './lay-states.ts';
import { fieldsByName } from './learn-fields.ts';
import { pageIds } from './page-ids.ts';
import { columnOf, detailTable, entityTable, historyTable } from './name-columns.ts';

/** Rows of one insert: bounded, so that a wide table does not make one huge request. */
const INSERT_ROWS = 50_000;

/**
 * Writes facts to ClickHouse. May be done again with the same facts: rows are replaced by version.
 * Facts that are not `whole` are laid over what is stored, so only one process may write those at a time
 * (the mirror's lock sees to it).
 */
export async function writeFactRows(
  clickhouse: ClickHouse,
  model: Model,
  facts: readonly CheckedFact[],
): Promise<void> {
  const entities = groupByType(facts.filter((fact): fact is CheckedEntity => fact.kind === 'entity'));
  const details = groupByType(facts.filter((fact): fact is CheckedDetail => fact.kind === 'detail'));
  const relations = facts.filter((fact): fact is CheckedRelation => fact.kind === 'relation');
  for (const [type, group] of entities) {
    const known = fieldsByName(model.entityTypes.get(type)!);
    const table = { newest: entityTable(type), idColumn: 'entity_id' } as const;
    const { newest } = await layStates(clickhouse, table, group, (fact) => entityRow(fact, known));
    await insertRows(clickhouse, [entityTable(type)], newest);
  }
  for (const [type, group] of details) {
    const known: Map<string, Field> = fieldsByName(model.detailTypes.get(type)!);
    const table = { newest: detailTable(type), history: historyTable(type), idColumn: 'detail_id' } as const;
    const { newest, states } = await layStates(clickhouse, table, group, (fact) => detailRow(fact, known));
    // History first: a crash in between leaves a state in the history that is written again, not one missing.
    await insertRows(clickhouse, [historyTable(type)], states);
    await insertRows(clickhouse, [detailTable(type)], newest);
  }
  if (relations.length > 0) {
    const rows = relations.map(relationRow);
    await insertRows(
      clickhouse,
      ['relation'],
      [...(await closeReplaced(clickhouse, model, relations, rows)), ...rows],
    );
  }
}

function groupByType<Fact extends CheckedFact>(facts: readonly Fact[]): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const group = groups.get(fact.type);
    if (group) group.push(fact);
    else groups.set(fact.type, [fact]);
  }
  return groups;
}

interface StateTable {
  readonly newest: string;
  readonly history?: string;
  readonly idColumn: 'entity_id' | 'detail_id';
}

/**
 * Rows of facts: the newest state of each, and every state that is new or changes. Partial ones and deletions are
 * laid into what is stored; facts that are all whole are rows as they stand.
 */
async function layStates<Fact extends CheckedEntity | CheckedDetail>(
  clickhouse: ClickHouse,
  table: StateTable,
  facts: readonly Fact[],
  rowOf: (fact: Fact) => Row,
): Promise<{ newest: Row[]; states: Row[] }> {
  if (facts.every((fact) => fact.whole)) {
    const rows = facts.map(rowOf);
    return { newest: rows, states: rows };
  }
  const stored = await readNewest(clickhouse, table, new Set(facts.map((fact) => fact.id)));
  const late = facts.filter((fact) => fact.at < (stored.get(fact.id)?.version ?? 0));
  const histories = await readHistories(clickhouse, table, new Set(late.map((fact) => fact.id)));
  const states: Row[] = [];
  const changed = new Set<string>();
  for (const fact of [...facts].sort((a, b) => a.at - b.at)) {
    const history = histories.get(fact.id);
    const rows = history ? layIntoHistory(history, rowOf(fact)) : [layOver(stored.get(fact.id), rowOf(fact))];
    states.push(...rows);
    stored.set(fact.id, history?.at(-1) ?? rows[0]!);
    changed.add(fact.id);
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
      found.set(id, [...(found.get(id) ?? []), row]);
    }
  }
  return found;
}

/** Writes rows into tables, one after the other; the text of the rows is made once. */
async function insertRows(
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
