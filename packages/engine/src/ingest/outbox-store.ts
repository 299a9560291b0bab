import type { Transaction } from '../platform/index.ts';
import { eventIdOf, OWN_SOURCE } from './event-id.ts';
import type { OutboxEvent } from './outcome.ts';

/** A fact on its way to ClickHouse. */
export interface OutboxRow {
  outbox_id: number;
  event_id: string;
  person_id: number;
  event: string;
  time: number;
  properties: Record<string, unknown>;
}

/** Writes facts in the transaction that makes them true; they reach ClickHouse and the inbox after it commits. */
export async function enqueue(transaction: Transaction, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    event_id: eventIdOf(OWN_SOURCE, event.messageId),
    person_id: event.personId,
    event: event.event,
    time: Math.round(event.time),
    properties: event.properties,
  }));
  await transaction.execute(
    `insert into ingest.outbox (event_id, person_id, event, time, properties)
     select event_id, person_id, event, time, properties
     from json_populate_recordset(null::ingest.outbox, $1::json)`,
    [JSON.stringify(rows)],
  );
}

/** Locks the oldest facts that belong to no batch yet. */
export async function takeOutbox(transaction: Transaction, limit: number): Promise<OutboxRow[]> {
  return transaction.query<OutboxRow>(
    `select outbox_id, event_id, person_id, event, time, properties from ingest.outbox
     where batch is null order by outbox_id limit $1 for update skip locked`,
    [limit],
  );
}

export async function putIntoBatch(
  transaction: Transaction,
  batch: number,
  outboxIds: readonly number[],
): Promise<void> {
  await transaction.execute('update ingest.outbox set batch = $1 where outbox_id = any($2::bigint[])', [
    batch,
    [...outboxIds],
  ]);
}

export async function deleteOutbox(transaction: Transaction, outboxIds: readonly number[]): Promise<void> {
  if (outboxIds.length === 0) return;
  await transaction.execute('delete from ingest.outbox where outbox_id = any($1::bigint[])', [
    [...outboxIds],
  ]);
}

/** Ends the facts of a batch: the stored ones are done, the others wait again. */
export async function settleOutbox(
  transaction: Transaction,
  batch: number,
  storedIds: readonly string[],
): Promise<void> {
  await transaction.execute('delete from ingest.outbox where batch = $1 and event_id = any($2::uuid[])', [
    batch,
    `{${storedIds.join(',')}}`,
  ]);
  await transaction.execute('update ingest.outbox set batch = null where batch = $1', [batch]);
}
