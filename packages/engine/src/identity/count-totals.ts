import type { Transaction } from '../platform/index.ts';

/** People and keys of the map; `…Since`: new since the instant asked about. */
export interface IdentityTotals {
  readonly people: number;
  readonly peopleSince: number;
  readonly keys: number;
  readonly keysSince: number;
  /** People that turned out to be somebody already known. */
  readonly merged: number;
  readonly mergedSince: number;
  /** People with more than one key. */
  readonly identified: number;
}

/** Counts the map in one statement; a sequential scan of the keys, so not for every request. */
export async function countTotals(transaction: Transaction, sinceMs: number): Promise<IdentityTotals> {
  const [row] = await transaction.query<Record<keyof IdentityTotals, number>>(
    `with keys as (
       select count(*) as keys,
              count(*) filter (where first_seen_at >= $1) as "keysSince",
              count(*) filter (where key_number = person_id) as people,
              count(*) filter (where key_number = person_id and first_seen_at >= $1) as "peopleSince"
         from identity.key where not blocked
     ), merges as (
       select count(distinct old_person_id) as merged,
              count(distinct old_person_id) filter (where at >= $1) as "mergedSince"
         from identity.person_change where key_number = old_person_id
     ), identified as (
       select count(*) as identified
         from (select person_id from identity.key where not blocked group by person_id having count(*) > 1) people
     )
     select * from keys, merges, identified`,
    [sinceMs],
  );
  return row!;
}
