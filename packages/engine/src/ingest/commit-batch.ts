import { CodedError, isEngineUnavailable } from '../platform/index.ts';
import {
  openBatch,
  outcomesOf,
  reject,
  rowOf,
  snapshot,
  type Batch,
  type Entry,
  type Submission,
} from './batch.ts';
import { claimRows, isRow, lookAtRows } from './claim-rows.ts';
import { claimRecords, releaseClaims } from './claim-store.ts';
import { finishBatch } from './finish-batch.ts';
import { insertRows } from './insert-rows.ts';
import type { AppendOutcome } from './outcome.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import type { IdentityPort } from './ports.ts';
import type { Lease } from './process-life.ts';

/** Requests in, what became of their records out; undefined for a request that must come back. */
export type CommitBatch = (submissions: readonly Submission[]) => Promise<(AppendOutcome | undefined)[]>;

/**
 * The way of a batch: plan → claim → identity → insert → finish. When it resolves, all is durable and
 * counted. When it fails or the process dies in between, recovery looks into ClickHouse which records are
 * there: those are stored, the others are free to come again. Nothing was acknowledged, so clients send again.
 */
export function createCommitBatch(needs: PipelineNeeds): CommitBatch {
  const oneAtATime = createQueue();
  return async (submissions) => {
    const now = needs.platform.clock.now();
    const lease = await needs.life.prepare();
    const batch = openBatch(needs.platform.ids.newId(), submissions);
    checkPlan(needs, batch);
    needs.underWay.add(batch.batchId);
    try {
      // Claims and identity one batch after the other: two would only wait for each other's rows.
      await oneAtATime(() => claimAndResolve(needs, batch, now));
      await insertOpenEvents(needs, batch, lease);
      await finishBatch(needs, batch);
    } finally {
      needs.underWay.delete(batch.batchId);
    }
    return outcomesOf(batch);
  };
}

/** Step 1: the tracking plan. */
function checkPlan({ plan }: PipelineNeeds, batch: Batch): void {
  for (const entry of batch.entries) {
    if (entry.state !== 'open' || entry.record?.kind !== 'event') continue;
    const refusal = plan.check(entry.record, entry.submission.mode);
    if (refusal) reject(entry, refusal);
  }
}

/** Steps 2 and 3, one transaction: who was here before, and whose records these are. */
async function claimAndResolve(needs: PipelineNeeds, batch: Batch, now: number): Promise<void> {
  const open = batch.entries.filter((entry) => entry.state === 'open');
  const restore = snapshot(batch);
  await needs.platform.database.transaction(async (transaction) => {
    restore();
    const rows = await lookAtRows(transaction, open);
    const singly = open.filter((entry) => !isRow(entry) || rows.again.has(entry.eventId));
    const claims = await claimRecords(
      transaction,
      { batchId: batch.batchId, processId: needs.life.processId, startedAt: now },
      needs.life.claimWeeks(now),
      singly.map((entry) => entry.eventId),
    );
    batch.batch = claims.batch;
    const settled = new Set([...claims.settled, ...rows.settled]);
    const pending = new Set([...claims.pending, ...rows.pending]);
    for (const entry of open) if (settled.has(entry.eventId)) entry.state = 'duplicate';
    for (const entry of singly)
      entry.claimed = !claims.settled.has(entry.eventId) && !claims.pending.has(entry.eventId);
    if (pending.size > 0) {
      withdraw(batch, pending);
      const given = singly.filter((entry) => entry.state === 'withdrawn' && entry.claimed);
      await releaseClaims(
        transaction,
        batch.batch,
        given.map((entry) => entry.eventId),
      );
    }
    await claimRows(transaction, batch, now);
    await resolvePersons(needs, transaction, open);
  });
}

/**
 * A request with a record whose first sending is still under way elsewhere must come back as a whole; so
 * must one whose record is a duplicate of a withdrawn one.
 */
function withdraw(batch: Batch, pending: ReadonlySet<string>): void {
  const gone = new Set(pending);
  const withdrawn = new Set<Submission>();
  for (let before = -1; before !== withdrawn.size;) {
    before = withdrawn.size;
    for (const entry of batch.entries) {
      if (gone.has(entry.eventId)) withdrawn.add(entry.submission);
    }
    for (const entry of batch.entries) {
      if (withdrawn.has(entry.submission) && (entry.claimed || isRow(entry))) gone.add(entry.eventId);
    }
  }
  for (const entry of batch.entries) {
    if (withdrawn.has(entry.submission)) entry.state = 'withdrawn';
  }
}

async function resolvePersons(
  { identity }: PipelineNeeds,
  transaction: Parameters<IdentityPort['resolve']>[0],
  open: readonly Entry[],
): Promise<void> {
  const named = open.flatMap((entry) => {
    const { record } = entry;
    return entry.state === 'open' && record && 'keys' in record && record.keys.length > 0
      ? [{ entry, record }]
      : [];
  });
  if (named.length === 0) return;
  const resolutions = await identity.resolve(
    transaction,
    named.map(({ entry, record }) => ({
      keys: record.keys,
      link: record.link,
      at: Math.round(record.time),
      sourceId: entry.submission.sourceId,
      messageId: record.messageId,
    })),
  );
  named.forEach(({ entry }, index) => {
    const resolution = resolutions[index]!;
    if (resolution.rejected) reject(entry, { code: 'key_refused', details: { reason: resolution.rejected } });
    else entry.resolution = resolution;
  });
}

/** Step 4: events into ClickHouse, durable. What only one record is at fault for is that record's rejection. */
async function insertOpenEvents(needs: PipelineNeeds, batch: Batch, lease: Lease): Promise<void> {
  const open = batch.entries.filter((entry) => entry.state === 'open' && entry.record?.kind === 'event');
  const rows = open.map((entry) => rowOf(entry)!);
  const refused = await insertRows(needs, { batchId: batch.batchId, lease }, rows);
  if (refused.size === 0) return;
  for (const entry of open) {
    const rejection = refused.get(entry.eventId);
    if (rejection) reject(entry, rejection);
  }
}

/** Whether the answer to a failed batch is "come back": an engine is away, or somebody else settled it. */
export function isPassing(error: unknown): boolean {
  if (error instanceof CodedError) return error.status === 503;
  return isEngineUnavailable(error);
}

type Queue = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs one piece of work after the other. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
