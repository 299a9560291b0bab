import type { Database, Transaction } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import { SHARING_COLUMNS, type Sharing } from './sharing.ts';

/** Touches that are kept; a process that missed more reads its values anew. */
const KEPT_TOUCHES = 10_000;

/**
 * Notes in the transaction that makes a change known that values of these people changed, of one tag or of all.
 * Takes the one lock under which touches are numbered: late in a transaction, so that it is held shortly.
 */
export async function touchPeople(
  transaction: Transaction,
  tagId: string | undefined,
  people: Iterable<number>,
): Promise<void> {
  const ids = [...new Set(people)];
  if (ids.length === 0) return;
  await transaction.execute(
    `with next as (update audience.tag_touch_state set touch = touch + 1 returning touch),
       gone as (delete from audience.tag_touch where touch <= (select touch - ${KEPT_TOUCHES} from next))
     insert into audience.tag_touch (touch, tag_id, people) select touch, $1, $2::bigint[] from next`,
    [tagId ?? null, ids],
  );
}

/** Notes that any value of these tags may have changed. */
export async function restampTags(transaction: Transaction, tagIds: readonly string[]): Promise<void> {
  await transaction.execute(
    'update audience.tag set values_stamp = values_stamp + 1 where tag_id = any($1)',
    [tagIds],
  );
}

/** Whether anything changed since: a print of all tags, and the newest touch. One row, however many tags. */
export async function selectTagChange(
  database: Pick<Database, 'query'>,
): Promise<{ print: string; touch: number }> {
  const [row] = await database.query<{ print: string; touch: number }>(
    // A row's xmin changes with every update of it.
    `select (select coalesce(sum(hashtextextended(tag_id, xmin::text::bigint)), 0)::text from audience.tag) as print,
            (select touch from audience.tag_touch_state) as touch`,
  );
  return row!;
}

/** A tag in use as look-ups know it. */
export type KnownTag = Sharing & {
  readonly tag_id: string;
  readonly name: string;
  readonly value_type: EqlType;
  readonly values_stamp: number;
};

/** Tags in use in the order of their ids. */
export async function selectKnownTags(database: Pick<Database, 'query'>): Promise<KnownTag[]> {
  return database.query<KnownTag>(
    `select tag_id, name, value_type, values_stamp, ${SHARING_COLUMNS}
     from audience.tag where not archived order by tag_id collate "C"`,
  );
}

/** Touches after one, oldest first; undefined when some of them are deleted already. */
export async function selectTouches(
  database: Pick<Database, 'query'>,
  after: number,
): Promise<{ touch: number; tag_id: string | null; people: number[] }[] | undefined> {
  const rows = await database.query<{ touch: number; tag_id: string | null; people: number[] }>(
    'select touch, tag_id, array_to_json(people) as people from audience.tag_touch where touch > $1 order by touch',
    [after],
  );
  return rows[0] && rows[0].touch > after + 1 ? undefined : rows;
}
