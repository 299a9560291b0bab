import type { ClickHouse } from '../platform/index.ts';
import type { CheckedRelation } from './check-facts.ts';
import { isPerson } from './check-facts.ts';
import type { Row } from './row.ts';
import { pageIds } from './page-ids.ts';

export type Side = 'from' | 'to';

/** Key numbers of persons. */
export type KeysOf = (personIds: readonly number[]) => Promise<Map<number, readonly { keyNumber: number }[]>>;

/** Who stands at the ends of relations: a person is the same one whichever of their keys a row names. */
export interface Ends {
  /** Name of the end of a row; the same for all keys of a person. */
  nameOf(row: Row, side: Side): string;
  /** Ids under which rows of the same ends may lie. */
  idsOf(rows: readonly Row[], side: Side): Set<string>;
}

/** Reads all keys of the persons that relations name. */
export async function endsOf(keysOf: KeysOf, facts: readonly CheckedRelation[]): Promise<Ends> {
  const personIds = new Set<number>();
  for (const { from, to } of facts)
    for (const end of [from, to]) if (isPerson(end)) personIds.add(end.personId);
  const keys = personIds.size > 0 ? await keysOf([...personIds]) : new Map<number, { keyNumber: number }[]>();
  const personOf = new Map<string, number>();
  for (const [personId, list] of keys)
    for (const { keyNumber } of list) personOf.set(String(keyNumber), personId);
  return {
    nameOf(row, side) {
      const id = row[`${side}_id`] as string;
      const personId = row[`${side}_type`] === 'person' ? personOf.get(id) : undefined;
      return personId === undefined ? `${String(row[`${side}_type`])} ${id}` : `person #${personId}`;
    },
    idsOf(rows, side) {
      const ids = new Set<string>();
      for (const row of rows) {
        const id = row[`${side}_id`] as string;
        const personId = row[`${side}_type`] === 'person' ? personOf.get(id) : undefined;
        ids.add(id);
        for (const { keyNumber } of (personId !== undefined && keys.get(personId)) || [])
          ids.add(String(keyNumber));
      }
      return ids;
    },
  };
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
