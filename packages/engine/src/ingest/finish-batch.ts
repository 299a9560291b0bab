import { CodedError, isEngineUnavailable, type Transaction } from '../platform/index.ts';
import type { Operation, Rejection as ProfileRejection } from '../profile/index.ts';
import { reject, rowOf, snapshot, type Batch, type Entry } from './batch.ts';
import { settleRows } from './claim-rows.ts';
import { endBatch, releaseClaims } from './claim-store.ts';
import type { PipelineNeeds } from './pipeline-needs.ts';
import { putIntoInbox } from './inbox-store.ts';
import { addToLedger, type LedgerEntry } from './ledger-store.ts';
import { keepRejected, type RejectedEntry } from './rejected-store.ts';
import { toOperation } from './to-operation.ts';

/**
 * Step 5, one transaction: the model is changed, the rejected are kept, the inbox and the ledger are
 * written, and the batch ends. @throws CodedError collection_unavailable when recovery was faster
 */
export async function finishBatch(needs: PipelineNeeds, batch: Batch): Promise<void> {
  const restore = snapshot(batch);
  await needs.platform.database.transaction(async (transaction) => {
    restore();
    const receivedFrom = Math.min(...batch.submissions.map((submission) => submission.receivedAt));
    if (!(await endBatch(transaction, batch.batch, needs.life.processId, receivedFrom))) {
      throw new CodedError('collection_unavailable', { details: { reason: 'batch_taken_over' } });
    }
    const partial = await changeModel(needs, transaction, batch);
    for (const entry of batch.entries) if (entry.state === 'open') entry.state = 'stored';

    const rejected = batch.entries.filter((entry) => entry.state === 'rejected');
    const claimed = rejected.filter((entry) => entry.claimed);
    await releaseClaims(
      transaction,
      batch.batch,
      claimed.map((entry) => entry.eventId),
    );
    await settleRows(transaction, batch);
    await keepRejected(transaction, needs.platform.secrets, [
      // A row of a file is kept by its import, whole and with all that is wrong with it.
      ...rejected
        .filter(({ submission }) => submission.rows === undefined)
        .map((entry) => rejectedEntry(needs, entry)),
      ...partial.map(({ entry, rejection }) => rejectedEntry(needs, { ...entry, rejection })),
    ]);
    const stored = batch.entries.filter((entry) => entry.state === 'stored');
    const events = stored.flatMap((entry) => rowOf(entry) ?? []);
    await needs.profile.meet(
      transaction,
      events.map((event) => event.personId),
    );
    await putIntoInbox(transaction, events, needs.wantedEvents);
    await addToLedger(transaction, ledgerOf(needs, batch.entries));
  });
}

interface Partial {
  readonly entry: Entry;
  readonly rejection: NonNullable<Entry['rejection']>;
}

/**
 * Hands the changes to profile. Refusals of whole changes reject their records; refusals of single values
 * are returned, to be kept beside the record that was stored without them.
 */
async function changeModel(needs: PipelineNeeds, transaction: Transaction, batch: Batch): Promise<Partial[]> {
  const changing = batch.entries.flatMap((entry) => {
    const operation = entry.state === 'open' ? toOperation(entry) : undefined;
    return operation ? [{ entry, operation }] : [];
  });
  if (changing.length === 0) return [];
  const rejections = await applyOrIsolate(
    needs,
    transaction,
    changing.map(({ operation }) => operation),
  );
  const partial: Partial[] = [];
  for (const { index, code, field, detail } of rejections) {
    const { entry } = changing[index]!;
    const details = { reason: detail, ...(field === undefined ? {} : { field }) };
    if (field === undefined) reject(entry, { code, details });
    else partial.push({ entry, rejection: { code, details } });
  }
  return partial.filter(({ entry }) => entry.state === 'open');
}

/** All at once; when that fails for another reason than an engine's absence, one by one, so that one bad change blocks nobody. */
async function applyOrIsolate(
  { profile, platform }: PipelineNeeds,
  transaction: Transaction,
  operations: readonly Operation[],
): Promise<ProfileRejection[]> {
  await transaction.execute('savepoint model');
  try {
    const outcome = await profile.apply(transaction, operations);
    await transaction.execute('release savepoint model');
    return [...outcome.rejections];
  } catch (error) {
    const repeatable = ['40001', '40P01'].includes((error as { code?: string }).code ?? '');
    if (repeatable || isEngineUnavailable(error)) throw error;
    await transaction.execute('rollback to savepoint model');
    if (operations.length === 1) {
      platform.log.error({ error: (error as Error).message, kind: operations[0]!.kind }, 'a change failed');
      return [{ index: 0, code: 'profile_refused', detail: 'the change could not be applied' }];
    }
    const middle = Math.ceil(operations.length / 2);
    const needs = { profile, platform } as PipelineNeeds;
    const left = await applyOrIsolate(needs, transaction, operations.slice(0, middle));
    const right = await applyOrIsolate(needs, transaction, operations.slice(middle));
    return [...left, ...right.map((each) => ({ ...each, index: each.index + middle }))];
  }
}

function rejectedEntry({ platform, days }: PipelineNeeds, entry: Entry): RejectedEntry {
  const { submission, record } = entry;
  return {
    rejectedId: platform.ids.newId(),
    sourceId: submission.sourceId,
    receivedAt: submission.receivedAt,
    day: days.dayOf(submission.receivedAt),
    code: entry.rejection!.code,
    details: entry.rejection!.details,
    event: record?.kind === 'event' ? record.event : undefined,
    ...submission.rawOf(entry.index),
  };
}

/** Counts per source and day of arrival; withdrawn records do not count: they come again. */
function ledgerOf({ days }: PipelineNeeds, entries: readonly Entry[]): LedgerEntry[] {
  const ledger = new Map<string, LedgerEntry>();
  for (const { state, submission } of entries) {
    if (state === 'withdrawn' || state === 'open') continue;
    const day = days.dayOf(submission.receivedAt);
    const place = `${submission.sourceId} ${day}`;
    let counts = ledger.get(place);
    if (!counts) {
      counts = { sourceId: submission.sourceId, day, received: 0, stored: 0, duplicate: 0, rejected: 0 };
      ledger.set(place, counts);
    }
    counts.received++;
    counts[state]++;
  }
  return [...ledger.values()];
}
