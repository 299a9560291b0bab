import type { Transaction } from '../platform/index.ts';
import type { CheckedFact } from './check-facts.ts';
import { jsonLines } from './person-store.ts';

/** Puts facts on the queue to ClickHouse. */
export async function insertFacts(transaction: Transaction, facts: readonly CheckedFact[]): Promise<void> {
  await transaction.execute(
    `insert into profile.fact (operation)
     select f::jsonb from unnest(string_to_array($1, E'\\n')) with ordinality as u(f, position) order by position`,
    [jsonLines(facts)],
  );
}

/** Takes the oldest facts off the queue; they are gone when the transaction commits. */
export async function takeFacts(transaction: Transaction, limit: number): Promise<CheckedFact[]> {
  const rows = await transaction.query<{ sequence: number; operation: CheckedFact }>(
    `with taken as (select sequence from profile.fact order by sequence limit $1 for update)
     delete from profile.fact using taken where fact.sequence = taken.sequence
     returning fact.sequence, fact.operation`,
    [limit],
  );
  return rows.sort((a, b) => a.sequence - b.sequence).map((row) => row.operation);
}

/** Puts persons on the queue whose relations are to be placed anew. */
export async function queueLines(transaction: Transaction, personIds: readonly number[]): Promise<void> {
  await transaction.execute('insert into profile.line (person_id) select unnest($1::bigint[])', [personIds]);
}

/** Takes the persons off the queue that wait longest; they are gone when the transaction commits. */
export async function takeLines(transaction: Transaction, limit: number): Promise<number[]> {
  const rows = await transaction.query<{ person_id: number }>(
    `with taken as (select sequence from profile.line order by sequence limit $1 for update)
     delete from profile.line using taken where line.sequence = taken.sequence returning line.person_id`,
    [limit],
  );
  return rows.map((row) => row.person_id);
}

/**
 * Takes the oldest changes of persons off the queue, those that no other process is at; with `wait` all, of `personIds`
 * only if given, once the others are through with theirs.
 */
export async function takeChanges(
  transaction: Transaction,
  limit: number,
  { wait = false, personIds }: { wait?: boolean; personIds?: readonly number[] | undefined } = {},
): Promise<{ personId: number; what: string }[]> {
  const rows = await transaction.query<{ person_id: number; what: string }>(
    `with taken as (
       select sequence from profile.change where ($2::bigint[] is null or person_id = any($2))
       order by sequence limit $1 for update ${wait ? '' : 'skip locked'})
     delete from profile.change using taken where change.sequence = taken.sequence
     returning change.person_id, change.what`,
    [limit, personIds ?? null],
  );
  return rows.map((row) => ({ personId: row.person_id, what: row.what }));
}

/**
 * How much waits on the queues to ClickHouse, each counted up to `most` and one more; persons whose relations are to be
 * placed anew count among the facts.
 */
export async function countWaiting(
  transaction: Transaction,
  most: number,
): Promise<{ changes: number; facts: number }> {
  const [row] = await transaction.query<{ changes: number; facts: number }>(
    `select (select count(*) from (select from profile.change limit $1 + 1) as c)::int as changes,
            ((select count(*) from (select from profile.fact limit $1 + 1) as f)
             + (select count(*) from (select from profile.line limit $1 + 1) as l))::int as facts`,
    [most],
  );
  return row!;
}

/** A version greater than any given before. */
export async function nextVersion(transaction: Transaction): Promise<number> {
  const rows = await transaction.query<{ version: number }>(
    `select nextval('profile.version_number') as version`,
  );
  return rows[0]!.version;
}

/** All suppressions of persons, lifted ones included, as the mirror writes them. */
export async function readSuppressionRows(
  transaction: Transaction,
  personIds: readonly number[],
): Promise<
  {
    suppression_id: string;
    person_id: number;
    key_number: number;
    scope: string;
    channel: string;
    purpose: string;
    reason: string;
    at: number;
    expires_at: number | null;
    lifted_at: number | null;
  }[]
> {
  return transaction.query(
    `select suppression_id, person_id, key_number, scope, channel, purpose, reason, at, expires_at, lifted_at
     from profile.suppression where person_id = any($1::bigint[])`,
    [personIds],
  );
}
