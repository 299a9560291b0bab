import type { Transaction } from '../platform/index.ts';
import type { AttemptState, Cascade, Channel, MessageState, Purpose } from './reservation.ts';

/** An attempt and its message, locked for a change of state. */
export interface LedgerRow {
  attempt_id: string;
  ordinal: number;
  supplier_id: string;
  attempt_state: AttemptState;
  answered_at: number | null;
  parts: number;
  receipt_wait_ms: number | null;
  key_number: number | null;
  message_id: string;
  person_id: number;
  step_id: number;
  entry: number;
  lane: number;
  channel: Channel;
  attempt_channel: Channel;
  purpose: Purpose;
  content_id: string;
  content_variant: string | null;
  cascade: Cascade | null;
  state: MessageState;
  reason: string | null;
  tried: string[];
  attempts: number;
  expires_at: number;
  sent_at: number | null;
  delivered_at: number | null;
  message_supplier_id: string | null;
  strategy_id: string;
  strategy_version: number;
  node_id: string;
  held: boolean;
}

/** Locks the messages of attempts, in one order for all, and reads both. */
export function lockLedger(transaction: Transaction, attemptIds: readonly string[]): Promise<LedgerRow[]> {
  return transaction.query<LedgerRow>(
    `select a.attempt_id, a.ordinal, a.supplier_id, a.state as attempt_state, a.answered_at, a.parts, a.receipt_wait_ms,
       a.key_number, a.channel as attempt_channel, m.message_id, m.person_id, m.step_id, m.entry, m.lane, m.channel,
       m.purpose, m.content_id, m.content_variant, m.cascade, m.state, m.reason, m.tried, m.attempts, m.expires_at,
       m.sent_at, m.delivered_at, m.supplier_id as message_supplier_id, s.strategy_id, s.strategy_version, s.node_id, s.held
     from hub.attempt a
     join hub.message m on m.message_id = a.message_id and m.person_id = a.person_id
     join hub.step s on s.step_id = m.step_id
     where a.attempt_id = any($1::uuid[])
     order by m.message_id, a.ordinal for update of m`,
    [attemptIds],
  );
}

export interface AttemptUpdate {
  readonly attemptId: string;
  readonly state: AttemptState;
  readonly code: string | null;
  readonly answeredAt: number | null;
  readonly finalAt: number | null;
  /** Epoch ms when the next supplier's turn comes; null when nothing is waited for. */
  readonly receiptDueAt: number | null;
}

export async function updateAttempts(
  transaction: Transaction,
  rows: readonly AttemptUpdate[],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `update hub.attempt a set state = c.state, code = coalesce(c.code, a.code), answered_at = c.answered_at,
       final_at = c.final_at, receipt_due_at = c.receipt_due_at
     from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
       as c(attempt_id, state, code, answered_at, final_at, receipt_due_at)
     where a.attempt_id = c.attempt_id`,
    [
      rows.map((row) => row.attemptId),
      rows.map((row) => row.state),
      rows.map((row) => row.code),
      rows.map((row) => row.answeredAt),
      rows.map((row) => row.finalAt),
      rows.map((row) => row.receiptDueAt),
    ],
  );
}

export interface MessageUpdate {
  readonly messageId: string;
  readonly personId: number;
  readonly state: MessageState;
  readonly reason: string | null;
  readonly tried: readonly string[];
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly supplierId: string | null;
}

export async function updateMessages(
  transaction: Transaction,
  rows: readonly MessageUpdate[],
): Promise<void> {
  if (rows.length === 0) return;
  // Arrays of arrays must be rectangular in PostgreSQL, so the suppliers tried travel as JSON.
  await transaction.execute(
    `update hub.message m set state = c.state, reason = c.reason,
       tried = case when c.tried is null then m.tried else array(select jsonb_array_elements_text(c.tried)) end,
       sent_at = c.sent_at, delivered_at = c.delivered_at, supplier_id = c.supplier_id
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::jsonb[], $6::bigint[], $7::bigint[], $8::text[])
       as c(message_id, person_id, state, reason, tried, sent_at, delivered_at, supplier_id)
     where m.message_id = c.message_id and m.person_id = c.person_id`,
    [
      rows.map((row) => row.messageId),
      rows.map((row) => row.personId),
      rows.map((row) => row.state),
      rows.map((row) => row.reason),
      rows.map((row) => (row.tried.length === 0 ? null : JSON.stringify(row.tried))),
      rows.map((row) => row.sentAt),
      rows.map((row) => row.deliveredAt),
      rows.map((row) => row.supplierId),
    ],
  );
}

export async function deleteWaiting(transaction: Transaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await transaction.execute('delete from hub.waiting where message_id = any($1::uuid[])', [messageIds]);
}

/** Adds to the numbers of suppliers by minute. */
export async function addMinutes(
  transaction: Transaction,
  rows: readonly {
    supplierId: string;
    minuteAt: number;
    sent: number;
    delivered: number;
    failed: number;
    uncertain: number;
    returned: number;
    parts: number;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.supplier_minute as t (supplier_id, minute_at, sent, delivered, failed, uncertain, returned, parts)
     select * from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[])
     order by 1, 2
     on conflict (supplier_id, minute_at) do update set sent = t.sent + excluded.sent,
       delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed,
       uncertain = t.uncertain + excluded.uncertain, returned = t.returned + excluded.returned,
       parts = t.parts + excluded.parts`,
    [
      rows.map((row) => row.supplierId),
      rows.map((row) => row.minuteAt),
      rows.map((row) => row.sent),
      rows.map((row) => row.delivered),
      rows.map((row) => row.failed),
      rows.map((row) => row.uncertain),
      rows.map((row) => row.returned),
      rows.map((row) => row.parts),
    ],
  );
}
