import type { Database, Transaction } from '../platform/index.ts';
import type { Channel } from './reservation.ts';

/** Attempts that dead processes left in the middle of a call. */
export async function selectLeftCalling(
  transaction: Transaction,
  processes: readonly number[],
  limit: number,
): Promise<string[]> {
  const rows = await transaction.query<{ attempt_id: string }>(
    `select attempt_id from hub.attempt where state = 'calling' and process_number = any($1::bigint[]) limit $2`,
    [processes, limit],
  );
  return rows.map((row) => row.attempt_id);
}

export async function deleteProcesses(transaction: Transaction, processes: readonly number[]): Promise<void> {
  await transaction.execute('delete from hub.process where process_number = any($1::bigint[])', [processes]);
}

/**
 * Attempts of a supplier whose receipt is overdue. The time runs anew from the instant its session was bound:
 * receipts that waited at the supplier while we were away come first.
 */
export async function selectOverdue(
  transaction: Transaction,
  query: { supplierId: string; now: number; boundAt: number; limit: number },
): Promise<string[]> {
  const rows = await transaction.query<{ attempt_id: string }>(
    `select attempt_id from hub.attempt
     where supplier_id = $1 and receipt_due_at is not null and receipt_due_at <= $2 and receipt_wait_ms <= $2 - $3
     order by receipt_due_at limit $4 for update skip locked`,
    [query.supplierId, query.now, query.boundAt, query.limit],
  );
  return rows.map((row) => row.attempt_id);
}

export interface ExpiredRow {
  message_id: string;
  person_id: number;
  channel: Channel;
  content_id: string;
  content_variant: string | null;
  entry: number;
  attempts: number;
  supplier_id: string | null;
  state: 'failed' | 'sent';
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  due_at: number;
}

/** Ends messages that waited past their time: failed, or sent where an earlier attempt was accepted. */
export function expireWaiting(transaction: Transaction, now: number, limit: number): Promise<ExpiredRow[]> {
  return transaction.query<ExpiredRow>(
    `with late as (
       select w.message_id, w.due_at, m.person_id from hub.waiting w join hub.message m on m.message_id = w.message_id
       where w.due_at <= $1 and m.expires_at <= $1 limit $2 for update of w skip locked
     ), gone as (
       delete from hub.waiting w using late l where w.message_id = l.message_id
     )
     update hub.message m set state = case when m.sent_at is null then 'failed' else 'sent' end,
       reason = case when m.sent_at is null then 'expired' end
     from late l, hub.step s
     where m.message_id = l.message_id and m.person_id = l.person_id and s.step_id = m.step_id
     returning m.message_id, m.person_id, m.channel, m.content_id, m.content_variant, m.entry, m.attempts, m.supplier_id,
       m.state, s.strategy_id, s.strategy_version, s.node_id, l.due_at`,
    [now, limit],
  );
}

/** Holds what slipped into the queue of a held strategy while it was being held. */
export async function holdStragglers(transaction: Transaction): Promise<void> {
  await transaction.execute(
    `update hub.waiting w set held = true from hub.message m, hub.step s
     where s.held and m.step_id = s.step_id and w.message_id = m.message_id and not w.held`,
  );
}

export async function expireTasks(transaction: Transaction, now: number): Promise<void> {
  await transaction.execute(
    `update hub.task set state = 'expired' where state in ('open', 'claimed') and expires_at <= $1`,
    [now],
  );
}

/** Class of this room's lock for adding up the books. */
const FOLD_LOCK = 7_508_001;
const FOLD_LINES = 20_000;

/**
 * Adds lines of the books up. One process at a time; readers always see either the lines or their sum. What is added
 * up already stays: an installation at rest writes nothing.
 */
export async function foldTally(transaction: Transaction): Promise<boolean> {
  const [lock] = await transaction.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [
    FOLD_LOCK,
  ]);
  if (!lock!.got) return false;
  const [row] = await transaction.query<{ taken: number }>(
    `with line as (
       select tally_id, count(*) over group_of_line as lines from hub.tally
       window group_of_line as (partition by step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked)
     ), taken as (
       delete from hub.tally where tally_id in (select tally_id from line where lines > 1 limit $1) returning *
     ), summed as (
       insert into hub.tally (step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked, messages)
       select step_id, state, reason, channel, supplier_id, content_variant, delivered, clicked, sum(messages)
       from taken group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(messages) <> 0
     )
     select count(*) as taken from taken`,
    [FOLD_LINES],
  );
  return row!.taken === FOLD_LINES;
}

/** Number of the newest line of the books: unless it changed, there is nothing to add up. */
export async function newestTallyLine(database: Database): Promise<number> {
  const [row] = await database.query<{ newest: number }>(
    'select coalesce(max(tally_id), 0) as newest from hub.tally',
  );
  return row!.newest;
}
