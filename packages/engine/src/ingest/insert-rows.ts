import { CodedError } from '../platform/index.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import type { Lease } from './process-life.ts';
import { insertBlock, insertEvents, isDataError } from './event-store.ts';
import type { Rejection } from './record.ts';
import type { EventRow } from './write-row.ts';

/** A batch whose events are inserted. */
export interface InsertedBatch {
  readonly batchId: string;
  readonly lease: Lease;
}

/**
 * Inserts the rows of a batch and returns the refused ones by event id: when ClickHouse cannot read a block,
 * it is halved until the rows at fault stand alone.
 * @throws CodedError collection_unavailable when ClickHouse cannot store at the moment
 */
export async function insertRows(
  needs: PipelineNeeds,
  batch: InsertedBatch,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<string, Rejection>> {
  const refused = new Map<string, Rejection>();
  if (rows.length > 0) await insertOrSplit(needs, batch, rows, 'all', refused);
  return refused;
}

/** Inserts a block that was checked as a whole. @throws CodedError collection_unavailable, and what ClickHouse refuses */
export async function insertStaged(
  needs: PipelineNeeds,
  batch: InsertedBatch,
  pieces: readonly Uint8Array[],
): Promise<void> {
  const { clickhouse } = needs.platform;
  await insertPatiently(needs, batch, () =>
    insertBlock(clickhouse, batch.batchId, { format: 'Native', pieces }, 'staged'),
  );
}

async function insertOrSplit(
  needs: PipelineNeeds,
  batch: InsertedBatch,
  rows: readonly EventRow[],
  token: string,
  refused: Map<string, Rejection>,
): Promise<void> {
  try {
    await insertPatiently(needs, batch, () =>
      insertEvents(needs.platform.clickhouse, batch.batchId, rows, token),
    );
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (rows.length === 1) {
      const clickhouseCode = String((error as { code?: string | number }).code);
      refused.set(rows[0]!.eventId, { code: 'store_refused', details: { clickhouseCode } });
      return;
    }
    const middle = Math.ceil(rows.length / 2);
    await insertOrSplit(needs, batch, rows.slice(0, middle), `${token}0`, refused);
    await insertOrSplit(needs, batch, rows.slice(middle), `${token}1`, refused);
  }
}

const ATTEMPTS = 3;

/** The same token in each attempt: an insert whose answer was lost is not repeated in effect. */
async function insertPatiently(
  { platform }: PipelineNeeds,
  { batchId, lease }: InsertedBatch,
  insert: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Others may have settled the batch of a process that stood still: it must not insert after that.
    if (!lease.holds()) throw new CodedError('collection_unavailable', { details: { reason: 'lease_lost' } });
    try {
      return await insert();
    } catch (error) {
      if (isDataError(error)) throw error;
      platform.log.warn({ batchId, attempt, error: (error as Error).message }, 'event insert failed');
      if (attempt >= ATTEMPTS) throw new CodedError('collection_unavailable', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  }
}
