import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { CheckedRelation } from './check-facts.ts';
import { endsOf, readStored, type Ends, type KeysOf, type Side } from './ends-of-relations.ts';
import { ALWAYS_FROM_MS, ALWAYS_TO_MS, relationRow } from './fact-rows.ts';
import type { Row } from './row.ts';
import { clickHouseTime } from './seal-value.ts';

const ALWAYS_FROM = clickHouseTime(ALWAYS_FROM_MS);
const ALWAYS_TO = clickHouseTime(ALWAYS_TO_MS);

interface Placing {
  readonly clickhouse: ClickHouse;
  readonly model: Model;
  readonly ends: Ends;
}

/**
 * The rows that relations ask for, in the light of what is stored: one that only says when it ended, or that it is
 * gone, means the relation that is there, whenever that began; and where a type allows one far end only (a person has
 * one manager), each holds until the next one begins, in whatever order they come.
 */
export async function placeRelations(
  clickhouse: ClickHouse,
  keysOf: KeysOf,
  model: Model,
  facts: readonly CheckedRelation[],
): Promise<Row[]> {
  const isPlain = (fact: CheckedRelation): boolean =>
    !endsStored(fact) && sidesOf(model, fact.type).length === 0;
  if (facts.every(isPlain)) return facts.map(relationRow);
  const placing = {
    clickhouse,
    model,
    ends: await endsOf(
      keysOf,
      facts.filter((fact) => !isPlain(fact)),
    ),
  };
  const rows = await endRelations(placing, facts);
  const closed: Row[] = [];
  for (const side of ['from', 'to'] as const) closed.push(...(await closeReplaced(placing, side, rows)));
  return [...closed, ...rows];
}

/** Sides of which an end has one relation of the type at a time. */
function sidesOf(model: Model, type: string): Side[] {
  const cardinality = model.relationTypes.get(type)!.cardinality;
  if (cardinality === 'one_to_one') return ['from', 'to'];
  if (cardinality === 'many_to_one') return ['from'];
  return cardinality === 'one_to_many' ? ['to'] : [];
}

const endsStored = (fact: CheckedRelation): boolean =>
  fact.validFrom === undefined && (fact.deleted === true || fact.validTo !== undefined);

/** Rows of the facts; those that end or delete what is stored take its beginning. */
async function endRelations(
  { clickhouse, ends }: Placing,
  facts: readonly CheckedRelation[],
): Promise<Row[]> {
  const ending = facts.filter(endsStored);
  if (ending.length === 0) return facts.map(relationRow);
  const pairOf = (row: Row): string =>
    `${String(row['relation_type'])} ${ends.nameOf(row, 'from')} ${ends.nameOf(row, 'to')}`;
  const asked = ending.map(relationRow);
  const types = new Set(ending.map((fact) => fact.type));
  const known = new Map<string, Row[]>();
  const remember = (row: Row): void => void known.set(pairOf(row), [...(known.get(pairOf(row)) ?? []), row]);
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
    const before = (known.get(pairOf(row)) ?? []).filter((each) => each.version <= row.version);
    if (!endsStored(fact)) rows.push(row);
    else if (fact.deleted)
      rows.push(row, ...before.map((each) => ({ ...each, version: row.version, deleted: 1 })));
    else rows.push(endOf(row, before));
    remember(rows.at(-1)!);
  }
  return rows;
}

/** The newest relation still open among those of a pair, ended; without one, the row as it is. */
function endOf(row: Row, before: readonly Row[]): Row {
  const open = before
    .filter((each) => each.deleted === 0 && each['valid_to'] === ALWAYS_TO)
    .sort((a, b) => (String(a['valid_from']) < String(b['valid_from']) ? 1 : -1))[0];
  if (!open) return row;
  const both = (column: string): object => ({ ...(open[column] as object), ...(row[column] as object) });
  return {
    ...open,
    valid_to: row['valid_to'],
    attributes: both('attributes'),
    sealed: both('sealed'),
    version: row.version,
  };
}

/** Ends each relation of a side with one far end where the next begins; the given rows are changed, stored ones returned. */
async function closeReplaced(
  { clickhouse, model, ends }: Placing,
  side: Side,
  rows: readonly Row[],
): Promise<Row[]> {
  const isSingle = (row: Row): boolean => sidesOf(model, String(row['relation_type'])).includes(side);
  const single = rows.filter((row) => isSingle(row));
  if (single.length === 0) return [];
  const endOfRow = (row: Row): string => `${String(row['relation_type'])} ${ends.nameOf(row, side)}`;
  const idOf = (row: Row): string =>
    [row['relation_type'], row['from_id'], row['to_type'], row['to_id'], row['valid_from']].join(' ');
  const touched = new Set(single.map(endOfRow));
  const types = new Set(single.map((row) => String(row['relation_type'])));
  const stored = await readStored(clickhouse, types, side, ends.idsOf(single, side));
  const present = new Map<string, Row>();
  for (const row of [...stored, ...single]) {
    const known = present.get(idOf(row));
    if (touched.has(endOfRow(row)) && (!known || known.version <= row.version)) present.set(idOf(row), row);
  }
  const lines = new Map<string, Row[]>();
  for (const row of present.values()) {
    if (row.deleted === 1) continue;
    lines.set(endOfRow(row), [...(lines.get(endOfRow(row)) ?? []), row]);
  }
  const changed = new Set<Row>();
  for (const line of lines.values()) for (const row of closeLine(line)) changed.add(row);
  return stored.filter((row) => changed.has(row));
}

/** One after the other in the order of their beginnings; returns those that end earlier than before. */
function closeLine(line: Row[]): Row[] {
  const ordered = line.sort((a, b) =>
    startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : a.version - b.version,
  );
  return ordered.filter((row, index) => {
    const next = ordered[index + 1];
    if (!next || String(row['valid_to']) <= startOf(next)) return false;
    row['valid_to'] = startOf(next);
    return true;
  });
}

/** When a relation began; one without bounds, when it was said. */
const startOf = (row: Row): string =>
  row['valid_from'] === ALWAYS_FROM ? clickHouseTime(row.version) : String(row['valid_from']);
