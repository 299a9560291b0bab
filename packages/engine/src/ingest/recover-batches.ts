import { recoverRows } from './claim-rows.ts';
import { endBatch, leftBatches, releaseAllBut, takeOver, type LeftBatch } from './claim-store.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import { eventsOfBatch, insertIsRunning } from './event-store.ts';
import { putIntoInbox } from './inbox-store.ts';
import { addToLedger, type LedgerEntry } from './ledger-store.ts';
import { settleOutbox } from './outbox-store.ts';
import type { EventRow } from './write-row.ts';

/**
 * Settles batches that were cut off: what ClickHouse holds of one is stored (inbox and ledger are written),
 * all else may come again. Returns how many were settled. Throws while an engine is away: nothing is decided
 * on a guess.
 */
export async function recoverBatches(needs: PipelineNeeds): Promise<number> {
  const { platform, life, underWay } = needs;
  const { processId } = life;
  const left = await leftBatches(platform.database, await life.deadProcesses(), processId, underWay);
  let settled = 0;
  for (const batch of left) {
    if (await insertIsRunning(platform.clickhouse, batch.batch_id)) continue;
    const isOurs = batch.process_id === processId;
    if (!isOurs && !(await takeOver(platform.database, batch, processId))) continue;
    await settle(needs, batch);
    settled++;
  }
  return settled;
}

async function settle(needs: PipelineNeeds, left: LeftBatch): Promise<void> {
  const { platform, life, profile, wantedEvents } = needs;
  const stored = await eventsOfBatch(platform.clickhouse, left.batch_id, left.started_at);
  const storedIds = stored.map((event) => event.eventId);
  await platform.database.transaction(async (transaction) => {
    if (!(await endBatch(transaction, left.batch, life.processId))) return;
    await releaseAllBut(transaction, left.batch, storedIds);
    await recoverRows(transaction, left.batch, storedIds);
    await settleOutbox(transaction, left.batch, storedIds);
    await profile.meet(
      transaction,
      stored.map((event) => event.personId),
    );
    await putIntoInbox(transaction, stored, wantedEvents);
    await addToLedger(transaction, storedLedger(needs, stored));
  });
  platform.log.info({ batch: left.batch, stored: stored.length }, 'settled a batch that was cut off');
}

/** Stored records counted by source and day of arrival. */
export function storedLedger(
  { days }: Pick<PipelineNeeds, 'days'>,
  stored: readonly EventRow[],
): LedgerEntry[] {
  const ledger = new Map<string, LedgerEntry>();
  for (const { sourceId, receivedAt } of stored) {
    const day = days.dayOf(receivedAt);
    const counts = ledger.get(`${sourceId} ${day}`) ?? {
      sourceId,
      day,
      received: 0,
      stored: 0,
      duplicate: 0,
      rejected: 0,
    };
    counts.received++;
    counts.stored++;
    ledger.set(`${sourceId} ${day}`, counts);
  }
  return [...ledger.values()];
}
