import type { Model } from './catalogue.ts';
import type { CheckedRelation } from './check-facts.ts';
import { endsOf, idOfRelation, readStored } from './ends-of-relations.ts';
import { ALWAYS_TO_MS, relationRow } from './fact-rows.ts';
import { closeLines, sidesOf, type Placing } from './lines-of-relations.ts';
import type { Row } from './row.ts';
import { clickHouseTime } from './seal-value.ts';

const ALWAYS_TO = clickHouseTime(ALWAYS_TO_MS);

/** Whether a relation is told by what is stored of others; these are written under the lock of facts. */
export const needsPlacing = (model: Model, fact: CheckedRelation): boolean =>
  endsStored(fact) || sidesOf(model, fact.type).length > 0;

/**
 * The rows that relations ask for, in the light of what is stored: one that only says when it ended, or that it is
 * gone, means the relation that is there, whenever that began; and where a type allows one far end only (a person has
 * one manager), each holds until the next one begins, in whatever order they come. Needs the lock of facts if any of
 * them `needsPlacing`.
 */
export async function placeRelations(placing: Placing, facts: readonly CheckedRelation[]): Promise<Row[]> {
  if (!facts.some((fact) => needsPlacing(placing.model, fact))) return facts.map(relationRow);
  const rows = await endRelations(placing, facts);
  const own = new Set(rows);
  const closed = await closeLines(placing, rows);
  return [...closed.filter((row) => !own.has(row)), ...rows];
}

const endsStored = (fact: CheckedRelation): boolean =>
  fact.validFrom === undefined && (fact.deleted === true || fact.validTo !== undefined);

/** Rows of the facts; those that end or delete what is stored take its beginning. */
async function endRelations(
  { clickhouse, people }: Placing,
  facts: readonly CheckedRelation[],
): Promise<Row[]> {
  const ending = facts.filter(endsStored);
  if (ending.length === 0) return facts.map(relationRow);
  const ends = await endsOf(people, facts.map(relationRow));
  const pairOf = (row: Row): string =>
    `${String(row['relation_type'])} ${ends.nameOf(row, 'from')} ${ends.nameOf(row, 'to')}`;
  const asked = ending.map(relationRow);
  const types = new Set(ending.map((fact) => fact.type));
  const known = new Map<string, Map<string, Row>>();
  const remember = (row: Row): void => {
    const pair = known.get(pairOf(row)) ?? new Map<string, Row>();
    const before = pair.get(idOfRelation(row));
    if (!before || before.version <= row.version) pair.set(idOfRelation(row), row);
    known.set(pairOf(row), pair);
  };
  const stored = await readStored(
    clickhouse,
    types,
    'from',
    ends.idsOf(asked, 'from'),
    ends.idsOf(asked, 'to'),
  );
  stored.forEach(remember);
  const rows: Row[] = [];
  for (const fact of [...facts].sort((a, b) => a.at - b.at)) {
    const row = relationRow(fact);
    const there = [...(known.get(pairOf(row))?.values() ?? [])].filter((each) => each.deleted === 0);
    const before = there.filter((each) => each.version <= row.version);
    const meant: Row[] = [];
    if (!endsStored(fact)) meant.push(row);
    else if (fact.deleted)
      meant.push(row, ...before.map((each) => ({ ...each, version: row.version, deleted: 1 })));
    else if (before.length > 0) meant.push(endOf(row, before));
    // What is there was said later, so that an end that comes late (or again) has been overtaken.
    else if (there.length === 0) meant.push(row);
    meant.forEach(remember);
    rows.push(...meant);
  }
  return rows;
}

/** Of the relations of a pair the one that an end means, ended: one that had begun, still open, the newest. */
function endOf(row: Row, before: readonly Row[]): Row {
  const end = String(row['said_to']);
  const rankOf = (each: Row): string =>
    [String(each['valid_from']) <= end, each['said_to'] === ALWAYS_TO].map(Number).join('') +
    String(each['valid_from']);
  // An end that is written again after a crash means the one that it ended.
  const again = before.find((each) => each.version === row.version && each['said_to'] === end);
  const meant = again ?? [...before].sort((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1))[0]!;
  const both = (column: string): object => ({ ...(meant[column] as object), ...(row[column] as object) });
  return {
    ...meant,
    valid_to: end,
    said_to: end,
    attributes: both('attributes'),
    sealed: both('sealed'),
    version: row.version,
  };
}
