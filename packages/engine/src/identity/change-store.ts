import type { Transaction } from '../platform/index.ts';
import type { PersonChange } from './front-door.ts';
import { plainArray } from './sql-array.ts';

/** A move as it is kept. */
export interface ChangeRow {
  sequence: number;
  transaction_id: string;
  key_number: number;
  old_person_id: number;
  new_person_id: number;
  at: number;
  cause: string;
}

/**
 * The next changes for a consumer, oldest first; taken once the transaction commits.
 *
 * Transactions commit in another order than they draw sequence numbers, so a cursor over the sequence
 * alone would pass over a change that commits late. Only changes of transactions older than every open
 * one of this database are given out, in the order (transaction, sequence).
 */
export async function takePersonChanges(
  transaction: Transaction,
  consumer: string,
  limit: number,
): Promise<PersonChange[]> {
  // Most rounds find nothing: they lock no row, so that their commit writes nothing.
  const [known] = await transaction.query<{ waits: boolean }>(WAITS, [consumer]);
  if (known && !known.waits) return [];
  if (!known) {
    await transaction.execute(
      'insert into identity.person_change_consumer (consumer) values ($1) on conflict do nothing',
      [consumer],
    );
  }
  // The row's lock keeps a second process from taking the same changes.
  const [cursor] = await transaction.query<{ transaction_id: string; sequence: number }>(
    `select transaction_id, sequence, pg_stat_clear_snapshot() from identity.person_change_consumer
     where consumer = $1 for update`,
    [consumer],
  );
  const [{ horizon } = { horizon: null }] = await transaction.query<{ horizon: string | null }>(HORIZON, [
    cursor!.transaction_id,
    cursor!.sequence,
  ]);
  if (horizon === null) return [];
  const rows = await transaction.query<ChangeRow>(
    `select sequence, transaction_id, key_number, old_person_id, new_person_id, at
     from identity.person_change
     where (transaction_id, sequence) > ($1::text::xid8, $2) and transaction_id < $4::text::xid8
     order by transaction_id, sequence limit $3`,
    [cursor!.transaction_id, cursor!.sequence, limit, horizon],
  );
  const last = rows.at(-1);
  if (last) {
    await transaction.execute(
      'update identity.person_change_consumer set transaction_id = $2::text::xid8, sequence = $3 where consumer = $1',
      [consumer, last.transaction_id, last.sequence],
    );
  }
  return rows.map((row) => ({
    sequence: row.sequence,
    keyNumber: row.key_number,
    oldPersonId: row.old_person_id,
    newPersonId: row.new_person_id,
    at: row.at,
  }));
}

/** Whether a change waits behind the cursor, which another process may move on before it is locked; no row at first. */
const WAITS = `
  select exists (select from identity.person_change
    where (transaction_id, sequence) > (mine.transaction_id, mine.sequence)) as waits
  from identity.person_change_consumer as mine where mine.consumer = $1`;

/**
 * The oldest transaction that may still write changes; no row when none wait behind the cursor. PostgreSQL counts
 * transactions for all databases of the server together: those of other databases, which a neighbour may leave open
 * for hours, are told apart by the list of sessions. A transaction that is missing from the list has ended after the
 * snapshot was made, so the statement after this one sees what it wrote. Where this role may not see what another
 * role's session in this database does, all open transactions of the server count.
 */
const HORIZON = `
  with session as materialized (
    select backend_xid, usesysid is not null and not pg_has_role(usesysid, 'usage')
      and not pg_has_role('pg_read_all_stats', 'usage') as hidden
    from pg_stat_activity where datname = current_database())
  select coalesce(
    (select running from (
       select pg_snapshot_xip(pg_current_snapshot()) as running union all select pg_current_xact_id()) as open
     where running::xid in (select backend_xid from session) or (select bool_or(hidden) from session)
     order by running limit 1),
    pg_snapshot_xmax(pg_current_snapshot()))::text as horizon
  where exists (select from identity.person_change where (transaction_id, sequence) > ($1::text::xid8, $2))`;

/** Moves of the given keys, newest first. */
export function readChanges(
  transaction: Transaction,
  keyNumbers: Iterable<number>,
  limit: number,
): Promise<ChangeRow[]> {
  return transaction.query<ChangeRow>(
    `select sequence, key_number, old_person_id, new_person_id, at, cause from identity.person_change
     where key_number = any($1::bigint[]) order by sequence desc limit $2`,
    [plainArray(keyNumbers), limit],
  );
}

/** Moves of any key to or from the persons, newest first. */
export function readChangesOfPersons(
  transaction: Transaction,
  personIds: readonly number[],
  limit: number,
): Promise<ChangeRow[]> {
  return transaction.query<ChangeRow>(
    `select sequence, key_number, old_person_id, new_person_id, at, cause from identity.person_change
     where old_person_id = any($1::bigint[])
     union
     select sequence, key_number, old_person_id, new_person_id, at, cause from identity.person_change
     where new_person_id = any($1::bigint[])
     order by sequence desc limit $2`,
    [plainArray(personIds), limit],
  );
}

/**
 * A restored copy counts its transactions from a low number again, below those noted in it. Their order
 * is over anyway: all noted changes become the oldest there are. Consumers see again what they had taken
 * from the first change that one of them had not.
 */
export async function forgetForeignTransactions(transaction: Transaction): Promise<void> {
  await transaction.execute(
    `with present as materialized (select pg_current_xact_id() as id),
     untaken as (
       select consumer.consumer, min(change.sequence) as first
       from identity.person_change_consumer as consumer
       join identity.person_change as change
         on (change.transaction_id, change.sequence) > (consumer.transaction_id, consumer.sequence)
       where consumer.transaction_id > (select id from present)
       group by consumer.consumer
     )
     update identity.person_change_consumer as consumer
     set transaction_id = '0', sequence = coalesce((select first - 1 from untaken
           where untaken.consumer = consumer.consumer), (select max(sequence) from identity.person_change), 0)
     where consumer.transaction_id > (select id from present)`,
  );
  await transaction.execute(
    "update identity.person_change set transaction_id = '0' where transaction_id > pg_current_xact_id()",
  );
}
