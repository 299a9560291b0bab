import { claimRecords, endBatch } from './claim-store.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import { OWN_SOURCE } from './event-id.ts';
import { insertRows } from './insert-rows.ts';
import { putIntoInbox } from './inbox-store.ts';
import { addToLedger } from './ledger-store.ts';
import { deleteOutbox, putIntoBatch, takeOutbox, type OutboxRow } from './outbox-store.ts';
import type { Rejection } from './record.ts';
import { storedLedger } from './recover-batches.ts';
import { keepRejected } from './rejected-store.ts';
import type { EventRow } from './write-row.ts';

const RELAY_LIMIT = 10_000;

/**
 * Carries committed facts into ClickHouse and the inbox, each once: take and claim → insert → finish, with
 * the same recovery as for collected batches. True when there may be more.
 */
export async function relayOutbox(needs: PipelineNeeds): Promise<boolean> {
  const { platform, underWay } = needs;
  const now = platform.clock.now();
  const lease = await needs.life.prepare();
  const batchId = platform.ids.newId();
  underWay.add(batchId);
  try {
    const taken = await takeAndClaim(needs, batchId, now);
    if (!taken) return false;
    const rows = taken.rows.map((row) => toEventRow(row, now));
    const refused = await insertRows(needs, { batchId, lease }, rows);
    await finish(needs, taken, rows, refused);
    return taken.full;
  } finally {
    underWay.delete(batchId);
  }
}

interface Taken {
  readonly batch: number;
  readonly rows: readonly OutboxRow[];
  /** As many as one round takes: there may be more. */
  readonly full: boolean;
}

async function takeAndClaim(needs: PipelineNeeds, batchId: string, now: number): Promise<Taken | undefined> {
  return needs.platform.database.transaction(async (transaction) => {
    const taken = await takeOutbox(transaction, RELAY_LIMIT);
    if (taken.length === 0) return undefined;
    const firstOnes = new Map<string, OutboxRow>();
    for (const row of taken) if (!firstOnes.has(row.event_id)) firstOnes.set(row.event_id, row);
    const { batch, settled, pending } = await claimRecords(
      transaction,
      { batchId, processId: needs.life.processId, startedAt: now },
      needs.life.claimWeeks(now),
      [...firstOnes.keys()],
    );
    const rows = [...firstOnes.values()].filter(
      (row) => !settled.has(row.event_id) && !pending.has(row.event_id),
    );
    const going = new Set(rows.map((row) => row.outbox_id));
    // Enqueued twice: the second one has nothing to add. Pending ones wait until their batch is settled.
    const doubles = taken.filter((row) => !going.has(row.outbox_id) && !pending.has(row.event_id));
    await deleteOutbox(
      transaction,
      doubles.map((row) => row.outbox_id),
    );
    await putIntoBatch(transaction, batch, [...going]);
    return { batch, rows, full: taken.length === RELAY_LIMIT };
  });
}

/** A person's number is the number of its oldest key, so it serves as the key of a fact about the person. */
function toEventRow(row: OutboxRow, now: number): EventRow {
  return {
    personId: row.person_id,
    keyNumber: row.person_id,
    time: row.time,
    receivedAt: now,
    event: row.event,
    eventId: row.event_id,
    sourceId: OWN_SOURCE,
    properties: row.properties,
  };
}

async function finish(
  needs: PipelineNeeds,
  taken: Taken,
  rows: readonly EventRow[],
  refused: ReadonlyMap<string, Rejection>,
): Promise<void> {
  const { platform, days } = needs;
  const stored = rows.filter((row) => !refused.has(row.eventId));
  const rejected = rows.filter((row) => refused.has(row.eventId));
  await platform.database.transaction(async (transaction) => {
    // Ended by another process in the meantime: recovery has done all of this.
    if (!(await endBatch(transaction, taken.batch, needs.life.processId, rows[0]?.receivedAt))) return;
    await deleteOutbox(
      transaction,
      taken.rows.map((row) => row.outbox_id),
    );
    await putIntoInbox(transaction, stored, needs.wantedEvents);
    await keepRejected(
      transaction,
      platform.secrets,
      rejected.map((row) => ({
        rejectedId: platform.ids.newId(),
        sourceId: row.sourceId,
        receivedAt: row.receivedAt,
        day: days.dayOf(row.receivedAt),
        format: 'fact',
        unit: 'record',
        event: row.event,
        raw: JSON.stringify(row),
        rawEncoding: 'text',
        context: {},
        ...refused.get(row.eventId)!,
      })),
    );
    await addToLedger(transaction, [
      ...storedLedger(needs, stored),
      ...storedLedger(needs, rejected).map((entry) => ({ ...entry, stored: 0, rejected: entry.received })),
    ]);
  });
}
