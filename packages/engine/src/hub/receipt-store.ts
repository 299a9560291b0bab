import type { Transaction } from '../platform/index.ts';

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
