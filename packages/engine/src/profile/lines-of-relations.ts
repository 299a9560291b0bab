import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import {
  ALWAYS_FROM,
  endsOf,
  idOfRelation,
  keysOfPeople,
  readDeletions,
  readStored,
  SIDES,
  type PeopleOfKeys,
  type Side,
} from './ends-of-relations.ts';
import type { Row } from './row.ts';
import { clickHouseTime } from './seal-value.ts';

/** What placing relations reads. */
export interface Placing {
  readonly clickhouse: ClickHouse;
  readonly people: PeopleOfKeys;
  readonly model: Model;
}

/** Sides of which an end has one relation of the type at a time. */
export function sidesOf(model: Model, type: string): readonly Side[] {
  const cardinality = model.relationTypes.get(type)!.cardinality;
  if (cardinality === 'one_to_one') return SIDES;
  if (cardinality === 'many_to_one') return ['from'];
  return cardinality === 'one_to_many' ? ['to'] : [];
}

/** Types of which a person at this side has one relation at a time. */
function typesOfPeople(model: Model, side: Side): Set<string> {
  const types = [...model.relationTypes.values()].filter(
    (type) => type[side] === 'person' && sidesOf(model, type.name).includes(side),
  );
  return new Set(types.map((type) => type.name));
}

/** Whether a merge or split of persons changes what holds of relations. */
export const hasLinesOfPeople = (model: Model): boolean =>
  SIDES.some((side) => typesOfPeople(model, side).size > 0);

/** Rows to write so that the relations of persons whose keys moved stand in the lines of whom they belong to now. */
export async function placeLinesOfPeople(placing: Placing, personIds: readonly number[]): Promise<Row[]> {
  const ids = new Set([...(await keysOfPeople(placing.people, personIds)).values()].flat());
  const rows: Row[] = [];
  for (const side of SIDES) {
    const stored = await readStored(placing.clickhouse, typesOfPeople(placing.model, side), side, ids);
    rows.push(...stored.filter((row) => row[`${side}_type`] === 'person'));
  }
  return closeLines(placing, rows);
}

/**
 * Where a side allows one relation at a time, those of an end form a line: each holds until it was said to end, or
 * until the next begins. Folds the lines in which given rows stand from what is stored and the rows; changes
 * `valid_to` of rows, stored or given, and returns those it changed.
 */
export async function closeLines(placing: Placing, given: readonly Row[]): Promise<Row[]> {
  const { clickhouse, people, model } = placing;
  const sidesOfRow = (row: Row): readonly Side[] => sidesOf(model, String(row['relation_type']));
  const single = given.filter((row) => sidesOfRow(row).length > 0);
  if (single.length === 0) return [];
  let ends = await endsOf(people, single);
  const readAround = async (rows: readonly Row[]): Promise<Row[]> => {
    const stored: Row[] = [];
    for (const side of SIDES) {
      const of = rows.filter((row) => sidesOfRow(row).includes(side));
      stored.push(...(await readStored(clickhouse, typesOf(of), side, ends.idsOf(of, side))));
    }
    return stored;
  };
  const stored = await readAround(single);
  // A relation that is the only one of both its ends also ends where the next of its other end begins.
  const double = stored.filter((row) => sidesOfRow(row).length === 2);
  if (double.length > 0) {
    ends = await endsOf(people, [...single, ...double]);
    stored.push(...(await readAround(double)));
  }
  const deletions = await readDeletions(clickhouse, typesOf(single), idsFrom(single));
  const linesOf = (row: Row): string[] =>
    sidesOfRow(row).map((side) => `${String(row['relation_type'])} ${side} ${ends.nameOf(row, side)}`);
  const touched = new Set(single.flatMap(linesOf));
  return foldLines(newestOf([...stored, ...single], deletions), linesOf, touched);
}

const typesOf = (rows: readonly Row[]): Set<string> =>
  new Set(rows.map((row) => String(row['relation_type'])));
const idsFrom = (rows: readonly Row[]): Set<string> => new Set(rows.map((row) => String(row['from_id'])));

/** The newest row of each relation that there is; of two of one version the later one. */
function newestOf(rows: readonly Row[], deletions: ReadonlyMap<string, number>): Row[] {
  const present = new Map<string, Row>();
  for (const row of rows) {
    const id = idOfRelation(row);
    const newest = Math.max(present.get(id)?.version ?? 0, deletions.get(id) ?? 0);
    if (row.version >= newest) present.set(id, row);
  }
  return [...present.values()].filter((row) => row.deleted === 0);
}

/** Ends rows of the touched lines; the others are there to say where the next begins. Returns those whose end changed. */
function foldLines(
  rows: readonly Row[],
  linesOf: (row: Row) => string[],
  touched: ReadonlySet<string>,
): Row[] {
  const lines = new Map<string, Row[]>();
  const changing = new Set<Row>();
  for (const row of rows) {
    for (const line of linesOf(row)) {
      if (touched.has(line)) changing.add(row);
      const others = lines.get(line);
      if (others) others.push(row);
      else lines.set(line, [row]);
    }
  }
  const endOf = new Map<Row, string>();
  for (const line of lines.values()) {
    line.sort(inOrder).forEach((row, index) => {
      const next = line[index + 1];
      const end = endOf.get(row) ?? String(row['said_to']);
      endOf.set(row, next && startOf(next) < end ? startOf(next) : end);
    });
  }
  return [...changing].filter((row) => {
    const isChanged = row['valid_to'] !== endOf.get(row);
    row['valid_to'] = endOf.get(row);
    return isChanged;
  });
}

/** In the order of their beginnings, then of their being said; what is left is told by the name, so that all agree. */
function inOrder(a: Row, b: Row): number {
  const [first, second] = [startOf(a), startOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  if (a.version !== b.version) return a.version - b.version;
  return idOfRelation(a) < idOfRelation(b) ? -1 : 1;
}

/** When a relation began; one without a beginning when it was said, or by the time it ended. */
function startOf(row: Row): string {
  if (row['valid_from'] !== ALWAYS_FROM) return String(row['valid_from']);
  const said = clickHouseTime(row.version);
  return String(row['said_to']) < said ? String(row['said_to']) : said;
}
