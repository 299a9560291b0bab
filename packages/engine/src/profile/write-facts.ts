import { Readable } from 'node:stream';
import type { Field } from '@wutong/contract';
import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { CheckedDetail, CheckedEntity, CheckedFact, CheckedRelation } from './check-facts.ts';
import { closeReplaced } from './close-replaced.ts';
import { encodeRows } from './encode-rows.ts';
import { detailRow, entityRow, overlayRow, relationRow, type Row } from './fact-rows.ts';
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
    const rows = await overlay(clickhouse, entityTable(type), 'entity_id', group, (fact) =>
      entityRow(fact, known),
    );
    await insertRows(clickhouse, [entityTable(type)], rows);
  }
  for (const [type, group] of details) {
    const known: Map<string, Field> = fieldsByName(model.detailTypes.get(type)!);
    const rows = await overlay(clickhouse, detailTable(type), 'detail_id', group, (fact) =>
      detailRow(fact, known),
    );
    // History first: a crash in between leaves a state in the history that is written again, not one missing.
    await insertRows(clickhouse, [historyTable(type), detailTable(type)], rows);
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

/** Rows of facts in the order of their time, partial ones laid over what is stored and what came before. */
async function overlay<Fact extends CheckedEntity | CheckedDetail>(
  clickhouse: ClickHouse,
  table: string,
  idColumn: string,
  facts: readonly Fact[],
  rowOf: (fact: Fact) => Row,
): Promise<Row[]> {
  const partial = facts.filter((fact) => !fact.whole && !fact.deleted);
  if (partial.length === 0) return facts.map(rowOf);
  const stored = await readRows(clickhouse, table, idColumn, [...new Set(partial.map((fact) => fact.id))]);
  const rows: Row[] = [];
  for (const fact of [...facts].sort((a, b) => a.at - b.at)) {
    const row = fact.whole || fact.deleted ? rowOf(fact) : overlayRow(stored.get(fact.id), rowOf(fact));
    if (row.deleted === 0) stored.set(fact.id, row);
    else stored.delete(fact.id);
    rows.push(row);
  }
  return rows;
}

async function readRows(
  clickhouse: ClickHouse,
  table: string,
  idColumn: string,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const found = new Map<string, Row>();
  for (const page of pageIds(ids)) {
    const rows = await clickhouse.query<Row>(
      `select * from ${table} final where ${idColumn} in {page:Array(String)}`,
      { page },
    );
    for (const row of rows) found.set(row[idColumn] as string, row);
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
