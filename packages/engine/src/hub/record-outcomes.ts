import { isEngineUnavailable, type Platform, type Transaction } from '../platform/index.ts';
import { applyOutcomes, type OutcomeItem, type OutcomeNeeds } from './apply-outcomes.ts';
import type { Answer, Receipt, ReceiptState } from './channels/adapter.ts';
import {
  deleteOrphans,
  insertParts,
  insertReceipts,
  selectAdoptable,
  selectPartsOf,
  takeOrphans,
  updateParts,
  type PartRow,
  type ReceiptRow,
} from './ledger-store.ts';
import {
  matchReceipts,
  nextPartState,
  wholeState,
  type HeardReceipt,
  type MatchedReceipt,
} from './match-receipts.ts';
import { comparableAddress, readingsOfReceiptId } from './normalize-provider-id.ts';

/** An attempt whose answer is awaited. */
export interface AwaitedAttempt {
  readonly attemptId: string;
  readonly supplierId: string;
}

/**
 * Writes what suppliers say. Answers and receipts are gathered and written many at a time; while one batch is
 * being committed the next one gathers, so the batch grows with the load. One batch at a time: an answer
 * and its receipt cannot pass each other unseen.
 */
export interface Recorder {
  /** Resolves when the answer is in the ledger. */
  answer(attempt: AwaitedAttempt, answer: Answer): Promise<void>;
  /** Resolves when the receipt is in the ledger: acknowledge it only then. */
  receipt(supplierId: string, receipt: Receipt): Promise<void>;
  /** Applies outcomes that do not come from suppliers, in the caller's transaction. */
  apply(transaction: Transaction, items: readonly OutcomeItem[]): Promise<Set<number>>;
  /** Gives orphans of these suppliers to the attempts whose answers were lost. True when there may be more. */
  adoptOrphans(suppliers: readonly string[]): Promise<boolean>;
  /** Answers and receipts heard but not yet written. */
  backlog(): number;
  /** Resolves when everything heard so far is written. */
  drain(): Promise<void>;
}

type Heard =
  | { kind: 'answer'; attempt: AwaitedAttempt; answer: Answer; at: number; done: () => void }
  | { kind: 'receipt'; heard: HeardReceipt; done: () => void };

const BATCH = 1_000;
const ADOPTED_AT_ONCE = 500;
// Gathering this long (real time) makes batches under light load; under heavy load the commit itself gathers.
const GATHER_MS = 4;
const RETRY_MS = 250;
const GIVE_UP_AFTER = 4;

/** The recorder of this process. */
export function createRecorder(platform: Platform, needs: OutcomeNeeds): Recorder {
  const { database, clock, secrets, log } = platform;
  let queue: Heard[] = [];
  let inHand = 0;
  let running: Promise<void> | undefined;

  function hear(item: Heard): void {
    queue.push(item);
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      if (queue.length < BATCH) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const batch = queue.slice(0, BATCH);
      queue = queue.slice(batch.length);
      inHand = batch.length;
      await writeUntilDone(batch);
      inHand = 0;
      for (const item of batch) item.done();
    }
  }

  /**
   * The engine may be away for a while: what was heard is kept until it is back. A batch that fails for another
   * reason is halved until the item at fault stands alone, so that it cannot hold up the others.
   */
  async function writeUntilDone(batch: readonly Heard[]): Promise<void> {
    for (let failures = 0; ;) {
      try {
        await database.transaction((transaction) => write(transaction, batch));
        return;
      } catch (error) {
        const away = isEngineUnavailable(error);
        log.warn(
          { error: (error as Error).message, items: batch.length },
          'recording answers and receipts failed',
        );
        if (!away && batch.length > 1) {
          const half = Math.ceil(batch.length / 2);
          await writeUntilDone(batch.slice(0, half));
          return writeUntilDone(batch.slice(half));
        }
        if (!away && ++failures >= GIVE_UP_AFTER) {
          log.error({ error: (error as Error).stack }, 'one answer or receipt cannot be recorded');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async function write(transaction: Transaction, batch: readonly Heard[]): Promise<void> {
    const items: OutcomeItem[] = [];
    const parts: PartRow[] = [];
    const heard: HeardReceipt[] = [];
    for (const item of batch) {
      if (item.kind === 'receipt') {
        heard.push(item.heard);
        continue;
      }
      const { attemptId, supplierId } = item.attempt;
      items.push({ attemptId, outcome: { kind: 'answer', answer: item.answer, at: item.at } });
      if (item.answer.kind !== 'accepted') continue;
      for (const [index, providerId] of item.answer.providerIds.entries()) {
        parts.push({
          supplier_id: supplierId,
          provider_id: providerId,
          attempt_id: attemptId,
          part: index + 1,
          state: 'sent',
        });
      }
    }
    await insertParts(transaction, parts);
    const orphans = await takeOrphans(transaction, parts.flatMap(keysOfOrphans));
    const matched = await matchReceipts(transaction, platform.ids, [...orphans.map(heardAgain), ...heard]);
    await record(transaction, items, matched);
  }

  async function record(
    transaction: Transaction,
    answers: readonly OutcomeItem[],
    matched: readonly MatchedReceipt[],
  ): Promise<void> {
    const known = matched.flatMap(({ part }) => part ?? []);
    const whole = new Map<string, (PartRow & { of_parts: number })[]>();
    for (const part of await selectPartsOf(transaction, [...new Set(known.map((part) => part.attempt_id))])) {
      whole.set(part.attempt_id, [...(whole.get(part.attempt_id) ?? []), part]);
    }
    const items: OutcomeItem[] = [...answers];
    const itemOfReceipt: (number | undefined)[] = [];
    const moved = new Set<PartRow>();
    for (const { row, part } of matched) {
      const parts = part && whole.get(part.attempt_id);
      const mine = parts?.find((each) => each.provider_id === part!.provider_id);
      if (parts === undefined || mine === undefined) {
        itemOfReceipt.push(undefined);
        continue;
      }
      const before = mine.state;
      mine.state = nextPartState(before, row.state as ReceiptState);
      if (mine.state !== before) moved.add(mine);
      const state =
        mine.of_parts === 1
          ? (row.state as ReceiptState)
          : wholeState(
              parts.map((each) => each.state),
              mine.of_parts,
            );
      items.push({
        attemptId: mine.attempt_id,
        outcome: { kind: 'receipt', state, code: row.code ?? undefined, at: row.received_at },
      });
      itemOfReceipt.push(items.length - 1);
    }
    const changed = await applyOutcomes(transaction, needs, items);
    await updateParts(transaction, [...moved]);
    await insertReceipts(
      transaction,
      matched.map(({ row }, place) => {
        const item = itemOfReceipt[place];
        return { ...row, changed: item !== undefined && changed.has(item) };
      }),
    );
  }

  return {
    answer: (attempt, answer) =>
      new Promise((done) => hear({ kind: 'answer', attempt, answer, at: clock.now(), done })),
    receipt: (supplierId, receipt) =>
      new Promise((done) => {
        const addressPrint =
          receipt.address === undefined ? null : secrets.fingerprint(comparableAddress(receipt.address));
        hear({ kind: 'receipt', heard: { supplierId, receipt, addressPrint, at: clock.now() }, done });
      }),
    apply: (transaction, items) => applyOutcomes(transaction, needs, items),
    async adoptOrphans(suppliers) {
      if (suppliers.length === 0) return false;
      return database.transaction(async (transaction) => {
        const orphans = await selectAdoptable(transaction, suppliers, ADOPTED_AT_ONCE);
        if (orphans.length === 0) return false;
        const matched = adopt(orphans);
        await insertParts(
          transaction,
          matched.flatMap(({ part }) => part ?? []),
        );
        await deleteOrphans(
          transaction,
          matched.map(({ row }) => row.receipt_id),
        );
        await record(transaction, [], matched);
        return orphans.length === ADOPTED_AT_ONCE;
      });
    },
    backlog: () => queue.length + inHand,
    async drain() {
      while (running !== undefined) await running;
    },
  };
}

/** Ids under which an orphan may have been kept: its supplier may write the same id in another base. */
function keysOfOrphans(part: PartRow): { supplierId: string; providerId: string; attemptId: string }[] {
  return readingsOfReceiptId(part.provider_id, 'auto').map((providerId) => ({
    supplierId: part.supplier_id,
    providerId,
    attemptId: part.attempt_id,
  }));
}

function heardAgain(row: ReceiptRow): HeardReceipt {
  return {
    supplierId: row.supplier_id,
    receipt: {
      providerIds: readingsOfReceiptId(row.provider_id, 'auto'),
      state: row.state as ReceiptState,
      code: row.code ?? undefined,
    },
    addressPrint: row.address_print,
    at: row.received_at,
  };
}

/** Orphans with the attempt they must be about. */
function adopt(
  orphans: readonly (ReceiptRow & { lost_attempt_id: string; parts: number; known_parts: number })[],
): MatchedReceipt[] {
  const known = new Map<string, Map<string, PartRow>>();
  return orphans.flatMap((orphan) => {
    const parts = known.get(orphan.lost_attempt_id) ?? new Map<string, PartRow>();
    known.set(orphan.lost_attempt_id, parts);
    let part = parts.get(orphan.provider_id);
    if (part === undefined) {
      // More ids than the attempt has parts: this one is about something else.
      if (orphan.known_parts + parts.size >= orphan.parts) return [];
      part = {
        supplier_id: orphan.supplier_id,
        provider_id: orphan.provider_id,
        attempt_id: orphan.lost_attempt_id,
        part: orphan.known_parts + parts.size + 1,
        state: 'sent',
      };
      parts.set(orphan.provider_id, part);
    }
    const { receipt_id, supplier_id, provider_id, state, code, address_print, received_at } = orphan;
    return [
      {
        row: {
          receipt_id,
          supplier_id,
          provider_id,
          attempt_id: orphan.lost_attempt_id,
          state,
          code,
          address_print,
          received_at,
        },
        part,
      },
    ];
  });
}
