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

/** A supplier's id of one part of an attempt. */
export interface PartRow {
  supplier_id: string;
  provider_id: string;
  attempt_id: string;
  part: number;
  state: string;
}

export async function insertParts(transaction: Transaction, rows: readonly PartRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.part (supplier_id, provider_id, attempt_id, part, state)
     select * from unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::text[]) on conflict do nothing`,
    [
      rows.map((row) => row.supplier_id),
      rows.map((row) => row.provider_id),
      rows.map((row) => row.attempt_id),
      rows.map((row) => row.part),
      rows.map((row) => row.state),
    ],
  );
}

/** A part, the print of the address it went to, and how many parts its attempt has. */
export interface FoundPart extends PartRow {
  address_print: string | null;
  of_parts: number;
}

/** Parts with these ids, with the print of the address their attempt went to. */
export function selectParts(
  transaction: Transaction,
  keys: readonly { supplierId: string; providerId: string }[],
): Promise<FoundPart[]> {
  return transaction.query(
    `select p.supplier_id, p.provider_id, p.attempt_id, p.part, p.state, a.address_print, a.parts as of_parts
     from (select distinct * from unnest($1::text[], $2::text[])) as k(supplier_id, provider_id)
     join hub.part p using (supplier_id, provider_id) join hub.attempt a using (attempt_id)`,
    [keys.map((key) => key.supplierId), keys.map((key) => key.providerId)],
  );
}

/** All parts of attempts, and how many each has: the whole is delivered when all parts are. */
export function selectPartsOf(
  transaction: Transaction,
  attemptIds: readonly string[],
): Promise<(PartRow & { of_parts: number })[]> {
  if (attemptIds.length === 0) return Promise.resolve([]);
  return transaction.query(
    `select p.supplier_id, p.provider_id, p.attempt_id, p.part, p.state, a.parts as of_parts
     from hub.part p join hub.attempt a using (attempt_id) where p.attempt_id = any($1::uuid[])`,
    [attemptIds],
  );
}

export async function updateParts(transaction: Transaction, rows: readonly PartRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `update hub.part p set state = c.state
     from unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) as c(supplier_id, provider_id, attempt_id, state)
     where p.supplier_id = c.supplier_id and p.provider_id = c.provider_id and p.attempt_id = c.attempt_id`,
    [
      rows.map((row) => row.supplier_id),
      rows.map((row) => row.provider_id),
      rows.map((row) => row.attempt_id),
      rows.map((row) => row.state),
    ],
  );
}

/** A receipt on its way into the ledger. */
export interface HeardRow {
  supplier_id: string;
  provider_ids: string;
  state: string;
  code: string | null;
  address_print: string | null;
  received_at: number;
}

/** Makes receipts durable, so that they can be acknowledged. */
export async function insertHeard(transaction: Transaction, rows: readonly HeardRow[]): Promise<void> {
  await transaction.execute(
    `insert into hub.heard (supplier_id, provider_ids, state, code, address_print, received_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[])`,
    [
      rows.map((row) => row.supplier_id),
      rows.map((row) => row.provider_ids),
      rows.map((row) => row.state),
      rows.map((row) => row.code),
      rows.map((row) => row.address_print),
      rows.map((row) => row.received_at),
    ],
  );
}

/** Takes receipts to be applied in this transaction, oldest first; also those that a dead process acknowledged. */
export function takeHeard(transaction: Transaction, limit: number): Promise<HeardRow[]> {
  return transaction.query<HeardRow>(
    `with turn as (select heard_id from hub.heard order by heard_id limit $1 for update skip locked),
     taken as (delete from hub.heard h using turn t where h.heard_id = t.heard_id returning h.*)
     select supplier_id, provider_ids, state, code, address_print, received_at from taken order by heard_id`,
    [limit],
  );
}

/** A receipt as it is kept. */
export interface ReceiptRow {
  receipt_id: string;
  supplier_id: string;
  provider_id: string;
  attempt_id: string | null;
  state: string;
  code: string | null;
  address_print: string | null;
  received_at: number;
  changed: boolean;
}

export async function insertReceipts(transaction: Transaction, rows: readonly ReceiptRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into hub.receipt (receipt_id, supplier_id, provider_id, attempt_id, state, code, address_print, received_at, changed)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::bigint[],
       $9::boolean[])`,
    [
      rows.map((row) => row.receipt_id),
      rows.map((row) => row.supplier_id),
      rows.map((row) => row.provider_id),
      rows.map((row) => row.attempt_id),
      rows.map((row) => row.state),
      rows.map((row) => row.code),
      rows.map((row) => row.address_print),
      rows.map((row) => row.received_at),
      rows.map((row) => row.changed),
    ],
  );
}

/**
 * Orphans that these ids have been waiting for; taken out to be recorded again with their attempt. Suppliers reuse
 * ids, so an orphan older than the call, or about another address, is not meant.
 */
export function takeOrphans(
  transaction: Transaction,
  keys: readonly { supplierId: string; providerId: string; attemptId: string }[],
): Promise<ReceiptRow[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return transaction.query(
    `delete from hub.receipt r
     using unnest($1::text[], $2::text[], $3::uuid[]) as k(supplier_id, provider_id, attempt_id)
       join hub.attempt a using (attempt_id)
     where r.supplier_id = k.supplier_id and r.provider_id = k.provider_id and r.attempt_id is null
       and r.received_at >= a.called_at and (r.address_print is null or r.address_print = a.address_print)
     returning r.receipt_id, r.supplier_id, r.provider_id, r.attempt_id, r.state, r.code, r.address_print, r.received_at,
       r.changed`,
    [keys.map((key) => key.supplierId), keys.map((key) => key.providerId), keys.map((key) => key.attemptId)],
  );
}

/**
 * Orphans that can only be about one attempt whose answer was lost: same supplier and address, and nothing to
 * that address is in the middle of a call. Oldest first.
 */
export function selectAdoptable(
  transaction: Transaction,
  suppliers: readonly string[],
  limit: number,
): Promise<(ReceiptRow & { lost_attempt_id: string; parts: number; known_parts: number })[]> {
  return transaction.query(
    `select r.*, a.attempt_id as lost_attempt_id, a.parts,
       (select count(*) from hub.part p where p.attempt_id = a.attempt_id) as known_parts
     from hub.receipt r
     join hub.attempt a on a.supplier_id = r.supplier_id and a.address_print = r.address_print
       and a.state = 'uncertain' and a.answered_at is null and a.called_at <= r.received_at
     where r.attempt_id is null and r.supplier_id = any($1)
       and not exists (select 1 from hub.attempt c
         where c.state = 'calling' and c.supplier_id = r.supplier_id and c.address_print = r.address_print)
       and not exists (select 1 from hub.attempt o where o.state = 'uncertain' and o.supplier_id = r.supplier_id
         and o.address_print = r.address_print and o.answered_at is null and o.attempt_id <> a.attempt_id)
     order by r.receipt_id limit $2 for update of r skip locked`,
    [suppliers, limit],
  );
}

/** Forgets orphans that are about to be recorded again with their attempt. */
export async function deleteOrphans(transaction: Transaction, receiptIds: readonly string[]): Promise<void> {
  await transaction.execute(
    'delete from hub.receipt where receipt_id = any($1::uuid[]) and attempt_id is null',
    [receiptIds],
  );
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
