import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { CheckedDetail, CheckedEntity, CheckedFact } from './check-facts.ts';
import { detailRow, entityRow } from './fact-rows.ts';
import type { Row } from './row.ts';
import { insertRows } from './insert-rows.ts';
import { fieldsByName } from './learn-fields.ts';
import type { Placing } from './lines-of-relations.ts';
import { placeRelations } from './place-relations.ts';
import { detailStates, entityStates, layLateStates, writeStates } from './write-states.ts';

/**
 * Writes facts to ClickHouse. May be done again with the same facts: rows are replaced by version.
 * Facts that are not `whole` are laid over what is stored, and relations that `needsPlacing` between others, so only
 * one process may write those at a time (the mirror's lock sees to it).
 */
export async function writeFactRows(placing: Placing, facts: readonly CheckedFact[]): Promise<void> {
  const { clickhouse, model } = placing;
  const entities = groupByType(facts.filter((fact) => fact.kind === 'entity'));
  const details = groupByType(facts.filter((fact) => fact.kind === 'detail'));
  const relations = facts.filter((fact) => fact.kind === 'relation');
  for (const [type, group] of entities)
    await writeStates(clickhouse, entityStates(type), rowsOf(model, group));
  for (const [type, group] of details)
    await writeStates(clickhouse, detailStates(type), rowsOf(model, group));
  if (relations.length > 0) {
    await insertRows(clickhouse, ['relation'], await placeRelations(placing, relations));
  }
}

/** Lays whole facts that were written under parts of them that were said later and came earlier. */
export async function layLateFacts(
  clickhouse: ClickHouse,
  model: Model,
  facts: readonly CheckedFact[],
): Promise<void> {
  const groups = [
    ...groupByType(facts.filter((fact) => fact.kind === 'entity')),
    ...groupByType(facts.filter((fact) => fact.kind === 'detail')),
  ];
  for (const [type, group] of groups) {
    const table = group[0]!.kind === 'entity' ? entityStates(type) : detailStates(type);
    const oldest = group.reduce((least, fact) => Math.min(least, fact.at), Infinity);
    await layLateStates(clickhouse, table, oldest, async (ids) => {
      const wanted = new Set(ids);
      const late = group.filter((fact) => wanted.has(fact.id));
      return late.length > 0 ? rowsOf(model, late) : [];
    });
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

/** Rows of entities or details of one type. */
function rowsOf(model: Model, facts: readonly (CheckedEntity | CheckedDetail)[]): Row[] {
  const [{ kind, type }] = facts as [CheckedEntity | CheckedDetail];
  const known = fieldsByName((kind === 'entity' ? model.entityTypes : model.detailTypes).get(type)!);
  return facts.map((fact) => (fact.kind === 'entity' ? entityRow(fact, known) : detailRow(fact, known)));
}
