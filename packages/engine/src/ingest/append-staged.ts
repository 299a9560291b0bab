import { CodedError } from '../platform/index.ts';
import { claimRecords, endBatch } from './claim-store.ts';
import { eventsOfBatch } from './event-store.ts';
import { putIntoInbox } from './inbox-store.ts';
import { insertStaged } from './insert-rows.ts';
import { addToLedger } from './ledger-store.ts';
import type { Sources } from './manage-sources.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import { readStaged, usesOf, type StagedBlock } from './read-staged.ts';
import {
  earlierClaims,
  insertRowClaims,
  lockFile,
  settleRowClaim,
  type RowClaim,
} from './row-claim-store.ts';
import type { EventUse, StagedEvents, StagedRows } from './staged-events.ts';

/** Appends events that lie in ClickHouse already. */
export interface StagedAppender {
  /**
   * Names of staged events that must be appended one by one, because the tracking plan has to look at each value or may
   * refuse them. The plan learns the others.
   */
  doubtful(sourceId: string, staged: StagedRows): Promise<string[]>;
  /**
   * Durable when it resolves: how many were stored. Undefined when some of their rows were claimed before: then each
   * must be appended by itself. Their persons are in the population already (`meet`).
   * @throws CodedError collection_unavailable: recovery decides what is stored; nothing is counted twice
   */
  append(sourceId: string, staged: StagedEvents): Promise<number | undefined>;
}

export function createStagedAppender(
  needs: PipelineNeeds,
  sources: Pick<Sources, 'settingsOf'>,
): StagedAppender {
  return {
    async doubtful(sourceId, staged) {
      const { mode } = await sources.settingsOf(sourceId);
      const uses = await usesOf(needs.platform.clickhouse, staged);
      return uses.filter((use) => !needs.plan.takes(use, mode)).map((use) => use.event);
    },
    append: (sourceId, staged) => appendStaged(needs, sourceId, staged),
  };
}

/**
 * Stores staged events the way of a batch (`commit-batch.ts`): claim → insert → finish, a few steps for all of them
 * instead of a few for each.
 */
async function appendStaged(
  needs: PipelineNeeds,
  sourceId: string,
  staged: StagedEvents,
): Promise<number | undefined> {
  const { clickhouse } = needs.platform;
  const uses = await usesOf(clickhouse, staged);
  if (uses.length === 0) return 0;
  const batchId = needs.platform.ids.newId();
  const receivedAt = needs.platform.clock.now();
  const lease = await needs.life.prepare();
  const block = await readStaged(clickhouse, staged, { sourceId, batchId, receivedAt });
  if (block.rows.length !== uses.reduce((sum, use) => sum + use.events, 0))
    throw new CodedError('engine_unavailable', { details: { engine: 'clickhouse', reason: 'restarted' } });
  needs.underWay.add(batchId);
  try {
    const claim = claimOf(sourceId, staged, block);
    const batch = await claimBlock(needs, batchId, claim, receivedAt);
    if (batch === undefined) return undefined;
    await insertStaged(needs, { batchId, lease }, block.pieces);
    await finish(needs, { batch, batchId, claim, block, receivedAt, uses });
  } finally {
    needs.underWay.delete(batchId);
  }
  return block.rows.length;
}

function claimOf(sourceId: string, { file, record }: StagedEvents, { rows }: StagedBlock): RowClaim {
  let [firstRow, lastRow] = [Number.POSITIVE_INFINITY, 0];
  for (const row of rows) {
    if (row < firstRow) firstRow = row;
    if (row > lastRow) lastRow = row;
  }
  return { sourceId, file, record, firstRow, lastRow };
}

/** Opens a batch that claims the rows; undefined where one of them was claimed before. */
async function claimBlock(
  { platform, life }: PipelineNeeds,
  batchId: string,
  claim: RowClaim,
  now: number,
): Promise<number | undefined> {
  return platform.database.transaction(async (transaction) => {
    await lockFile(transaction, claim.sourceId, claim.file);
    if ((await earlierClaims(transaction, claim)).length > 0) return undefined;
    const opened = { batchId, processId: life.processId, startedAt: now };
    const { batch } = await claimRecords(transaction, opened, life.claimWeeks(now), []);
    await insertRowClaims(transaction, batch, [claim], now);
    return batch;
  });
}

interface InsertedBlock {
  readonly batch: number;
  readonly batchId: string;
  readonly claim: RowClaim;
  readonly block: StagedBlock;
  readonly receivedAt: number;
  readonly uses: readonly EventUse[];
}

async function finish(needs: PipelineNeeds, inserted: InsertedBlock): Promise<void> {
  const { platform, life, wantedEvents, days, plan } = needs;
  const { batch, batchId, claim, block, receivedAt, uses } = inserted;
  const names = new Set(Object.values(wantedEvents).flatMap((wanted) => [...wanted()]));
  const isWanted = uses.some((use) => names.has(use.event));
  // What others wait for is read back: only they need it row by row.
  const waitedFor = isWanted ? await eventsOfBatch(platform.clickhouse, batchId, receivedAt, [...names]) : [];
  await platform.database.transaction(async (transaction) => {
    if (!(await endBatch(transaction, batch, life.processId, receivedAt)))
      throw new CodedError('collection_unavailable', { details: { reason: 'batch_taken_over' } });
    await settleRowClaim(transaction, batch, claim, block.rows);
    await putIntoInbox(transaction, waitedFor, wantedEvents);
    const stored = block.rows.length;
    const day = days.dayOf(receivedAt);
    await addToLedger(transaction, [
      { sourceId: claim.sourceId, day, received: stored, stored, duplicate: 0, rejected: 0 },
    ]);
  });
  for (const use of uses) plan.count(use);
}
