import type { Identity } from '../identity/index.ts';
import type { ClickHouse } from '../platform/index.ts';
import type { Row } from './row.ts';
import { ALWAYS_FROM_MS } from './fact-rows.ts';
import { pageIds } from './page-ids.ts';
import { clickHouseTime } from './seal-value.ts';

export const ALWAYS_FROM = clickHouseTime(ALWAYS_FROM_MS);

export type Side = 'from' | 'to';
export const SIDES: readonly Side[] = ['from', 'to'];

/** Who has a key now, and which keys somebody has. */
export type PeopleOfKeys = Pick<Identity, 'keysOf' | 'personsOf'>;

/** Who stands at the ends of relations: a person is the same one whichever of their keys a row names. */
export interface Ends {
  /** Name of the end of a row; the same for all keys of a person. */
  nameOf(row: Row, side: Side): string;
  /** Ids under which rows of the same ends may lie. */
  idsOf(rows: readonly Row[], side: Side): Set<string>;
}

/**
 * Reads all keys of the persons at the ends of rows: of those who have the keys now, whoever had them when the rows
 * were made. A merge or split that commits later is followed in its turn.
 */
export async function endsOf(people: PeopleOfKeys, rows: readonly Row[]): Promise<Ends> {
  const keyNumbers = new Set<number>();
  for (const row of rows)
    for (const side of SIDES) if (row[`${side}_type`] === 'person') keyNumbers.add(Number(row[`${side}_id`]));
  const personIds = keyNumbers.size > 0 ? (await people.personsOf([...keyNumbers])).values() : [];
  const keys = await keysOfPeople(people, [...new Set(personIds)]);
  const personOf = new Map<string, number>();
  for (const [personId, ids] of keys) for (const id of ids) personOf.set(id, personId);
  return {
    nameOf(row, side) {
      const id = row[`${side}_id`] as string;
      const personId = row[`${side}_type`] === 'person' ? personOf.get(id) : undefined;
      return personId === undefined ? `${String(row[`${side}_type`])} ${id}` : `person #${personId}`;
    },
    idsOf(some, side) {
      const ids = new Set<string>();
      for (const row of some) {
        const id = row[`${side}_id`] as string;
        const personId = row[`${side}_type`] === 'person' ? personOf.get(id) : undefined;
        ids.add(id);
        for (const key of (personId !== undefined && keys.get(personId)) || []) ids.add(key);
      }
      return ids;
    },
  };
}

/** Ids of persons as ends of relations: their keys' numbers. */
export async function keysOfPeople(
  people: PeopleOfKeys,
  personIds: readonly number[],
): Promise<Map<number, string[]>> {
  if (personIds.length === 0) return new Map();
  const keys = await people.keysOf(personIds);
  return new Map([...keys].map(([personId, list]) => [personId, list.map((key) => String(key.keyNumber))]));
}

/** Stored relations of some types that have one of these ids on a side, and on the other where ids are given for it. */
export async function readStored(
  clickhouse: ClickHouse,
  types: ReadonlySet<string>,
  side: Side,
  ids: ReadonlySet<string>,
  otherIds?: ReadonlySet<string>,
): Promise<Row[]> {
  const stored: Row[] = [];
  const other = side === 'from' ? 'to' : 'from';
  if (types.size === 0) return stored;
  for (const page of pageIds(ids)) {
    for (const otherPage of otherIds ? pageIds(otherIds) : [[]]) {
      stored.push(
        ...(await clickhouse.query<Row>(
          `select * from relation final
           where relation_type in {types:Array(String)} and ${side}_id in {page:Array(String)}
             ${otherIds ? `and ${other}_id in {otherPage:Array(String)}` : ''}`,
          { types: [...types], page, otherPage },
        )),
      );
    }
  }
  return stored;
}

/**
 * Every row without a beginning that lies between these ids, also of relations that are gone: what was said of a pair
 * before it was said when it began.
 */
export async function readUnbegun(
  clickhouse: ClickHouse,
  types: ReadonlySet<string>,
  fromIds: ReadonlySet<string>,
  toIds: ReadonlySet<string>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const page of pageIds(fromIds))
    for (const otherPage of pageIds(toIds))
      rows.push(
        ...(await clickhouse.query<Row>(
          `select * from relation
           where relation_type in {types:Array(String)} and from_id in {page:Array(String)}
             and to_id in {otherPage:Array(String)} and valid_from = {from:String}
           order by version, unbegun desc, deleted`,
          { types: [...types], page, otherPage, from: ALWAYS_FROM },
        )),
      );
  return rows;
}

/** What makes a relation itself: a row replaces another one of the same name. */
export const idOfRelation = (row: Row): string =>
  [
    row['relation_type'],
    row['from_type'],
    row['from_id'],
    row['to_type'],
    row['to_id'],
    row['valid_from'],
  ].join(' ');

/** When deleted relations of some types and near ends were last said to be gone, by `idOfRelation`. */
export async function readDeletions(
  clickhouse: ClickHouse,
  types: ReadonlySet<string>,
  fromIds: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const deletions = new Map<string, number>();
  for (const page of pageIds(fromIds)) {
    const rows = await clickhouse.query<Row & { gone_at: number }>(
      `select relation_type, from_type, from_id, to_type, to_id, valid_from, max(version) as gone_at from relation
       where relation_type in {types:Array(String)} and from_id in {page:Array(String)} and deleted = 1
       group by relation_type, from_type, from_id, to_type, to_id, valid_from`,
      { types: [...types], page },
    );
    for (const row of rows) deletions.set(idOfRelation(row), Number(row.gone_at));
  }
  return deletions;
}
