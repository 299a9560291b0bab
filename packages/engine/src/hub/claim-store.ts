import type { Transaction } from '../platform/index.ts';
import type { Cascade, Channel, MessageState, Purpose } from './reservation.ts';

/** A message taken from the queue, with all that a call needs; locked until the transaction ends. */
export interface ClaimedMessage {
  message_id: string;
  person_id: number;
  step_id: number;
  entry: number;
  lane: number;
  channel: Channel;
  purpose: Purpose;
  content_id: string;
  content_version: number;
  content_variant: string | null;
  cascade: Cascade | null;
  policy: (Record<string, unknown> & { isTest?: boolean }) | null;
  context: string | null;
  state: MessageState;
  tried: string[];
  attempts: number;
  reserved_at: number;
  expires_at: number;
  sent_at: number | null;
  due_at: number;
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  held: boolean;
}

/**
 * Takes due messages of a channel out of the queue, urgent lanes first. Several processes take different
 * ones. The queue rows are gone when the transaction commits: by then there is an attempt, an end, or a
 * new place in the queue.
 */
export async function claimWaiting(
  transaction: Transaction,
  claim: { channel: string; now: number; limit: number; elsewhere: readonly string[] },
): Promise<ClaimedMessage[]> {
  return transaction.query<ClaimedMessage>(
    `with turn as (
       select message_id from hub.waiting
       where channel = $1 and not held and due_at <= $2 and (supplier_id is null or supplier_id <> all($4::text[]))
       order by lane, due_at limit $3 for update skip locked
     ), taken as (
       delete from hub.waiting w using turn t where w.message_id = t.message_id returning w.message_id, w.due_at
     )
     select m.message_id, m.person_id, m.step_id, m.entry, m.lane, m.channel, m.purpose, m.content_id, m.content_version,
       m.content_variant, m.cascade, m.policy, m.context, m.state, m.tried, m.attempts, m.reserved_at, m.expires_at,
       m.sent_at, t.due_at, s.strategy_id, s.strategy_version, s.node_id, s.held
     from taken t join hub.message m on m.message_id = t.message_id join hub.step s on s.step_id = m.step_id
     where m.state = 'pending'
     order by m.lane, t.due_at, m.message_id`,
    [claim.channel, claim.now, claim.limit, claim.elsewhere],
  );
}

/** Channels with anything due. */
export async function dueChannels(
  transaction: Transaction,
  channels: readonly string[],
  now: number,
): Promise<string[]> {
  const rows = await transaction.query<{ channel: string }>(
    `select c.channel from unnest($1::text[]) as c(channel)
     where exists (select 1 from hub.waiting w where w.channel = c.channel and w.lane = any('{0,1,2}') and not w.held
       and w.due_at <= $2)`,
    [channels, now],
  );
  return rows.map((row) => row.channel);
}

/** Attempts to commit before their calls. */
export interface NewAttempt {
  readonly attemptId: string;
  readonly messageId: string;
  readonly personId: number;
  readonly ordinal: number;
  readonly channel: string;
  readonly supplierId: string;
  readonly processNumber: number;
  readonly state: 'calling' | 'sent';
  readonly keyNumber: number | null;
  readonly addressPrint: string | null;
  readonly addressMasked: string | null;
  readonly parts: number;
  readonly rendered: string;
  readonly calledAt: number;
  readonly answeredAt: number | null;
  readonly receiptWaitMs: number | null;
}

/** Writes attempts; (message, ordinal) is unique, so no call is ever made twice for one row. */
export async function insertAttempts(transaction: Transaction, rows: readonly NewAttempt[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.attempt (attempt_id, message_id, person_id, ordinal, channel, supplier_id, process_number, state,
       key_number, address_print, address_masked, parts, rendered, called_at, answered_at, receipt_wait_ms)
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::smallint[], $5::text[], $6::text[], $7::bigint[],
       $8::text[], $9::bigint[], $10::uuid[], $11::text[], $12::smallint[], $13::text[], $14::bigint[], $15::bigint[],
       $16::bigint[])`,
    [
      rows.map((row) => row.attemptId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.ordinal),
      rows.map((row) => row.channel),
      rows.map((row) => row.supplierId),
      rows.map((row) => row.processNumber),
      rows.map((row) => row.state),
      rows.map((row) => row.keyNumber),
      rows.map((row) => row.addressPrint),
      rows.map((row) => row.addressMasked),
      rows.map((row) => row.parts),
      rows.map((row) => row.rendered),
      rows.map((row) => row.calledAt),
      rows.map((row) => row.answeredAt),
      rows.map((row) => row.receiptWaitMs),
    ],
  );
}

/** What a claim makes of a message. */
export interface ClaimedUpdate {
  readonly messageId: string;
  readonly personId: number;
  readonly state: MessageState;
  readonly reason: string | null;
  readonly channel: string;
  readonly supplierId: string | null;
  readonly attempts: number;
  readonly sentAt: number | null;
}

/** Writes what a claim made of its messages. */
export async function updateClaimed(transaction: Transaction, rows: readonly ClaimedUpdate[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `update hub.message m set state = c.state, reason = c.reason, channel = c.channel, supplier_id = c.supplier_id,
       attempts = c.attempts, sent_at = c.sent_at
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::bigint[])
       as c(message_id, person_id, state, reason, channel, supplier_id, attempts, sent_at)
     where m.message_id = c.message_id and m.person_id = c.person_id`,
    [
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.state),
      rows.map((row) => row.reason),
      rows.map((row) => row.channel),
      rows.map((row) => row.supplierId),
      rows.map((row) => row.attempts),
      rows.map((row) => row.sentAt),
    ],
  );
}
