import type { Transaction } from '../platform/index.ts';
import type { InboxEvent } from './outcome.ts';
import type { WantedEvents } from './ports.ts';
import type { EventRow } from './write-row.ts';

/** Lays the events that later rooms wait for into the inbox, one row for each consumer that wants it. */
export async function putIntoInbox(
  transaction: Transaction,
  events: readonly EventRow[],
  wanted: WantedEvents,
): Promise<void> {
  const rows: object[] = [];
  for (const [consumer, names] of Object.entries(wanted)) {
    const wantedNames = names();
    if (wantedNames.size === 0) continue;
    for (const event of events) {
      if (!wantedNames.has(event.event)) continue;
      rows.push({
        consumer,
        person_id: event.personId,
        key_number: event.keyNumber,
        event: event.event,
        event_id: event.eventId,
        time: Math.round(event.time),
        source_id: event.sourceId,
        properties: event.properties,
      });
    }
  }
  if (rows.length === 0) return;
  await transaction.execute(
    `insert into ingest.inbox (consumer, person_id, key_number, event, event_id, time, source_id, properties)
     select consumer, person_id, key_number, event, event_id, time, source_id, properties
     from jsonb_populate_recordset(null::ingest.inbox, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

/**
 * The oldest waiting events of a consumer; taken when the transaction commits. Several processes may take
 * at the same time: each gets others.
 */
export async function takeInbox(
  transaction: Transaction,
  consumer: string,
  limit: number,
): Promise<InboxEvent[]> {
  const rows = await transaction.query<InboxEvent>(
    `delete from ingest.inbox where consumer = $1 and sequence in (
       select sequence from ingest.inbox where consumer = $1
       order by sequence limit $2 for update skip locked)
     returning sequence, person_id as "personId", key_number as "keyNumber", event, event_id as "eventId", time,
       source_id as "sourceId", properties`,
    [consumer, limit],
  );
  return rows.sort((left, right) => left.sequence - right.sequence);
}
