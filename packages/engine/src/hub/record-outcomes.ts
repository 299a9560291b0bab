import type { Platform, Transaction } from '../platform/index.ts';
import { applyOutcomes, type OutcomeItem, type OutcomeNeeds } from './apply-outcomes.ts';
import { adoptOrphans } from './adopt-orphans.ts';
import type { Answer, Receipt, ReceiptState } from './channels/adapter.ts';
import { createGatherer, writeSafely } from './gather-writes.ts';
import {
  deleteOrphans,
  insertHeard,
  insertParts,
  insertReceipts,
  selectAdoptable,
  selectPartsOf,
  takeHeard,
  takeOrphans,
  updateParts,
  type HeardRow,
  type PartRow,
  type ReceiptRow,
} from './receipt-store.ts';
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
  /** Resolves when the receipt is durable: acknowledge it only then. It is applied soon after. */
  receipt(supplierId: string, receipt: Receipt): Promise<void>;
  /** Applies receipts that an earlier process acknowledged and did not live to apply. */
  resume(): void;
  /** Applies outcomes that do not come from suppliers, in the caller's transaction. */
  apply(transaction: Transaction, items: readonly OutcomeItem[]): Promise<Set<number>>;
  /** Gives orphans of these suppliers to the attempts whose answers were lost. True when there may be more. */
  adoptOrphans(suppliers: readonly string[]): Promise<boolean>;
  /** Whether something was heard that is not yet in the ledger. */
  isBusy(): boolean;
  /** Resolves when everything heard so far is in the ledger. */
  drain(): Promise<void>;
}

interface HeardAnswer {
  readonly attempt: AwaitedAttempt;
  readonly answer: Answer;
  readonly at: number;
  readonly done: () => void;
}

const BATCH = 1_000;
const ADOPTED_AT_ONCE = 500;
// Gathering this long (real time) makes batches under light load; under heavy load the commit itself gathers.
const GATHER_MS = 4;

/** The recorder of this process. */
export function createRecorder(platform: Platform, needs: OutcomeNeeds): Recorder {
  const { database, clock, secrets, log } = platform;
  let answers: HeardAnswer[] = [];
  let receiptsWait = false;
  let running: Promise<void> | undefined;
  const arrivals = createGatherer<HeardRow>(log, {
    gatherMs: GATHER_MS,
    most: BATCH,
    async write(rows) {
      await insertHeard(database, rows);
      receiptsWait = true;
      run();
    },
  });

  function run(): void {
    running ??= work().finally(() => {
      running = undefined;
      if (answers.length > 0 || receiptsWait) run();
    });
  }

  async function work(): Promise<void> {
    while (answers.length > 0 || receiptsWait) {
      if (answers.length < BATCH) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const batch = answers.slice(0, BATCH);
      answers = answers.slice(batch.length);
      receiptsWait = false;
      await writeSafely(log, batch, async (items) => {
        const taken = await database.transaction((transaction) => write(transaction, items));
        receiptsWait ||= taken === BATCH;
      });
      for (const item of batch) item.done();
    }
  }

  /** Answers first: the receipts taken after them find the parts. Returns how many receipts were taken. */
  async function write(transaction: Transaction, batch: readonly HeardAnswer[]): Promise<number> {
    const items: OutcomeItem[] = [];
    const parts: PartRow[] = [];
    for (const { attempt, answer, at } of batch) {
      items.push({ attemptId: attempt.attemptId, outcome: { kind: 'answer', answer, at } });
      if (answer.kind !== 'accepted') continue;
      for (const [index, providerId] of answer.providerIds.entries()) {
        const from = { supplier_id: attempt.supplierId, attempt_id: attempt.attemptId };
        parts.push({ ...from, provider_id: providerId, part: index + 1, state: 'sent' });
      }
    }
    await insertParts(transaction, parts);
    const orphans = await takeOrphans(transaction, parts.flatMap(keysOfOrphans));
    const heard = await takeHeard(transaction, BATCH);
    const matched = await matchReceipts(transaction, platform.ids, [
      ...orphans.map(heardAgain),
      ...heard.map(heardReceipt),
    ]);
    await record(transaction, items, matched);
    return heard.length;
  }

  async function record(
    transaction: Transaction,
    answers: readonly OutcomeItem[],
    matched: readonly MatchedReceipt[],
  ): Promise<void> {
    const whole = await readWholes(
      transaction,
      matched.flatMap(({ part }) => part ?? []),
    );
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
      // The state of an only part is the state of its attempt.
      if (mine.state !== before && mine.of_parts > 1) moved.add(mine);
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
      new Promise((done) => {
        answers.push({ attempt, answer, at: clock.now(), done });
        run();
      }),
    receipt: (supplierId, receipt) =>
      arrivals.put({
        supplier_id: supplierId,
        provider_ids: receipt.providerIds.join(' '),
        state: receipt.state,
        code: receipt.code ?? null,
        address_print:
          receipt.address === undefined ? null : secrets.fingerprint(comparableAddress(receipt.address)),
        received_at: clock.now(),
      }),
    resume() {
      receiptsWait = true;
      run();
    },
    apply: (transaction, items) => applyOutcomes(transaction, needs, items),
    async adoptOrphans(suppliers) {
      if (suppliers.length === 0) return false;
      return database.transaction(async (transaction) => {
        const orphans = await selectAdoptable(transaction, suppliers, ADOPTED_AT_ONCE);
        if (orphans.length === 0) return false;
        const matched = adoptOrphans(orphans);
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
    isBusy: () => running !== undefined || arrivals.isBusy(),
    async drain() {
      await arrivals.drain();
      while (running !== undefined) await running;
    },
  };
}

/** All parts of the attempts that receipts are about; most have one part, and that one is at hand. */
async function readWholes(
  transaction: Transaction,
  known: readonly (PartRow & { of_parts: number })[],
): Promise<Map<string, (PartRow & { of_parts: number })[]>> {
  const whole = new Map(known.filter((part) => part.of_parts === 1).map((part) => [part.attempt_id, [part]]));
  const several = new Set(known.filter((part) => part.of_parts > 1).map((part) => part.attempt_id));
  for (const part of await selectPartsOf(transaction, [...several])) {
    whole.set(part.attempt_id, [...(whole.get(part.attempt_id) ?? []), part]);
  }
  return whole;
}

/** Ids under which an orphan may have been kept: its supplier may write the same id in another base. */
function keysOfOrphans(part: PartRow): { supplierId: string; providerId: string; attemptId: string }[] {
  return readingsOfReceiptId(part.provider_id, 'auto').map((providerId) => ({
    supplierId: part.supplier_id,
    providerId,
    attemptId: part.attempt_id,
  }));
}

function heardReceipt(row: HeardRow): HeardReceipt {
  return {
    supplierId: row.supplier_id,
    receipt: {
      providerIds: row.provider_ids.split(' '),
      state: row.state as ReceiptState,
      code: row.code ?? undefined,
    },
    addressPrint: row.address_print,
    at: row.received_at,
  };
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
