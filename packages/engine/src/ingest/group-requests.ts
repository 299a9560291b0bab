import { CodedError } from '../platform/index.ts';
import type { Submission } from './batch.ts';
import type { CommitBatch } from './commit-batch.ts';
import type { AppendOutcome } from './outcome.ts';

/** Group commit: requests that arrive together share one batch. */
export interface RequestGroups {
  /**
   * What became of the request's records, once they are durable.
   * @throws CodedError collection_busy, collection_unavailable: send it again; what was stored all the same is a
   * duplicate then
   */
  submit(submission: Submission, sizeBytes: number): Promise<AppendOutcome>;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
}

// A batch closes when the first request has waited this long: little against the cost of a commit, enough
// to gather a thousand events at 40,000/s.
const WAIT_MS = 20;
const BATCH_RECORDS = 20_000;
const BATCH_BYTES = 32 * 1024 * 1024;
// Two: while ClickHouse stores one batch, PostgreSQL claims the next.
const BATCHES_AT_ONCE = 2;
// What may wait; more is refused, so that memory is bounded and clients slow down.
const QUEUED_RECORDS = 200_000;
const QUEUED_BYTES = 256 * 1024 * 1024;
/**
 * Whoever waited this long is told to come back: SDKs give up at 10 s themselves, and would count an answer that
 * never came as a broken network. What is stored nevertheless is a duplicate when it comes again.
 */
const ANSWER_WITHIN_MS = 8_000;

interface Waiting {
  readonly submission: Submission;
  readonly sizeBytes: number;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
  giveUp?: NodeJS.Timeout;
}

export function createRequestGroups(commit: CommitBatch): RequestGroups {
  let queue: Waiting[] = [];
  let queuedRecords = 0;
  let queuedBytes = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  let idle: (() => void)[] = [];

  function schedule(): void {
    if (queue.length === 0 || running >= BATCHES_AT_ONCE) return;
    if (queuedRecords >= BATCH_RECORDS || queuedBytes >= BATCH_BYTES) {
      void run();
    } else {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (queue.length > 0 && running < BATCHES_AT_ONCE) void run();
      }, WAIT_MS);
    }
  }

  function nextBatch(): Waiting[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    while (count < queue.length) {
      const { submission, sizeBytes } = queue[count]!;
      if (count > 0 && (records + submission.items.length > BATCH_RECORDS || bytes + sizeBytes > BATCH_BYTES))
        break;
      records += submission.items.length;
      bytes += sizeBytes;
      count++;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queuedRecords -= records;
    queuedBytes -= bytes;
    return batch;
  }

  /** Takes out what no batch has begun with. */
  function forget(waiting: Waiting): void {
    const place = queue.indexOf(waiting);
    if (place === -1) return;
    queue.splice(place, 1);
    queuedRecords -= waiting.submission.items.length;
    queuedBytes -= waiting.sizeBytes;
  }

  async function run(): Promise<void> {
    const batch = nextBatch();
    running++;
    try {
      const outcomes = await commit(batch.map((waiting) => waiting.submission));
      batch.forEach((waiting, index) => {
        const outcome = outcomes[index];
        if (outcome) waiting.resolve(outcome);
        else
          waiting.reject(
            new CodedError('collection_unavailable', { details: { reason: 'first_sending_under_way' } }),
          );
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      for (const { giveUp } of batch) clearTimeout(giveUp);
      running--;
      schedule();
      if (running === 0 && queue.length === 0) {
        for (const wake of idle) wake();
        idle = [];
      }
    }
  }

  return {
    submit(submission, sizeBytes) {
      if (
        queuedRecords + submission.items.length > QUEUED_RECORDS ||
        queuedBytes + sizeBytes > QUEUED_BYTES
      ) {
        return Promise.reject(new CodedError('collection_busy'));
      }
      return new Promise((resolve, reject) => {
        const waiting: Waiting = { submission, sizeBytes, resolve, reject };
        queue.push(waiting);
        queuedRecords += submission.items.length;
        queuedBytes += sizeBytes;
        waiting.giveUp = setTimeout(() => {
          forget(waiting);
          reject(new CodedError('collection_unavailable', { details: { reason: 'slow' } }));
        }, ANSWER_WITHIN_MS);
        schedule();
      });
    },
    drained() {
      if (running === 0 && queue.length === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
  };
}
