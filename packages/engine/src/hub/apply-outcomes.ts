import type { Transaction } from '../platform/index.ts';
import {
  decideOutcome,
  type LedgerAttempt,
  type LedgerMessage,
  type MessageFact,
  type Outcome,
} from './decide-outcome.ts';
import type { HubNeeds, OutboxFact } from './front-door.ts';
import {
  addMinutes,
  deleteWaiting,
  lockLedger,
  updateAttempts,
  updateMessages,
  type AttemptUpdate,
  type LedgerRow,
} from './ledger-store.ts';
import { insertWaiting, type WaitingRow } from './reserve-store.ts';
import { stateFact } from './state-facts.ts';

/** Something that happened to one attempt. */
export interface OutcomeItem {
  readonly attemptId: string;
  readonly outcome: Outcome;
}

/** What applying outcomes asks of the hub. */
export interface OutcomeNeeds {
  readonly ingest: HubNeeds['ingest'];
  readonly profile: Pick<HubNeeds['profile'], 'suppressAddress'>;
  /** Whether some supplier or channel is left for a message. */
  canCascade(message: Pick<LedgerRow, 'channel' | 'purpose' | 'cascade'>, tried: readonly string[]): boolean;
}

interface WorkingMessage extends LedgerMessage {
  readonly row: LedgerRow;
  readonly supplierId: string | null;
  queue: 'queue' | 'unqueue' | undefined;
  changed: boolean;
}

interface WorkingAttempt extends LedgerAttempt {
  readonly row: LedgerRow;
  readonly update: AttemptUpdate | undefined;
}

/**
 * Applies outcomes to the ledger, set by set, in the order given: locks the messages, decides in memory, and
 * writes attempts, messages, queue, facts and suppliers' numbers. Returns the places of the items that
 * changed something. Statements do not depend on the number of items.
 */
export async function applyOutcomes(
  transaction: Transaction,
  needs: OutcomeNeeds,
  items: readonly OutcomeItem[],
): Promise<Set<number>> {
  const changed = new Set<number>();
  if (items.length === 0) return changed;
  const rows = await lockLedger(transaction, [...new Set(items.map((item) => item.attemptId))]);
  const attempts = new Map<string, WorkingAttempt>();
  const messages = new Map<string, WorkingMessage>();
  for (const row of rows) {
    attempts.set(row.attempt_id, { ...attemptOf(row), row, update: undefined });
    messages.set(row.message_id, {
      ...messageOf(row),
      row,
      supplierId: row.message_supplier_id,
      queue: undefined,
      changed: false,
    });
  }
  const facts: OutboxFact[] = [];
  const minutes = new MinuteCounts();

  for (const [place, { attemptId, outcome }] of items.entries()) {
    const attempt = attempts.get(attemptId);
    if (attempt === undefined) continue;
    const message = messages.get(attempt.row.message_id)!;
    const change = decideOutcome(message, attempt, outcome, (tried) => needs.canCascade(attempt.row, tried));
    if (change === undefined) continue;
    changed.add(place);
    const supplierId =
      change.message.deliveredAt !== message.deliveredAt ? attempt.supplierId : message.supplierId;
    messages.set(attempt.row.message_id, {
      ...message,
      ...change.message,
      supplierId,
      queue: change.queue ?? message.queue,
      changed: true,
    });
    attempts.set(attemptId, {
      ...attempt,
      state: change.attempt.state,
      answeredAt: change.attempt.answeredAt,
      update: {
        attemptId,
        ...change.attempt,
        receiptDueAt: receiptDueAt(attempt.row, change.attempt, outcome.at),
      },
    });
    facts.push(...change.facts.map((fact) => factOf(attempt.row, fact, change.message.reason, outcome.at)));
    minutes.count(attempt.row, attempt.state, change.attempt.state, outcome.at);
    if (outcome.kind === 'answer') await suppressGoneAddress(transaction, needs, attempt.row, outcome);
  }

  await writeChanges(transaction, [...attempts.values()], [...messages.values()]);
  await needs.ingest.enqueue(transaction, facts);
  await addMinutes(transaction, minutes.rows());
  return changed;
}

async function writeChanges(
  transaction: Transaction,
  attempts: readonly WorkingAttempt[],
  messages: readonly WorkingMessage[],
): Promise<void> {
  await updateAttempts(
    transaction,
    attempts.flatMap((attempt) => attempt.update ?? []),
  );
  const touched = messages.filter((message) => message.changed);
  await updateMessages(
    transaction,
    touched
      .filter((message) => differs(message))
      .map((message) => ({ ...message, messageId: message.row.message_id, personId: message.row.person_id })),
  );
  const queued = touched.filter((message) => message.queue === 'queue' && message.state === 'pending');
  await insertWaiting(transaction, queued.map(waitingOf));
  await deleteWaiting(
    transaction,
    touched
      .filter((message) => message.queue === 'unqueue' && message.row.state === 'pending')
      .map((message) => message.row.message_id),
  );
}

function waitingOf({ row }: WorkingMessage): WaitingRow {
  // Due since ever: who waited for one supplier does not queue behind the rest again.
  return { messageId: row.message_id, channel: row.channel, lane: row.lane, dueAt: 0, held: row.held };
}

function differs(message: WorkingMessage): boolean {
  const { row } = message;
  return (
    message.state !== row.state ||
    message.reason !== row.reason ||
    message.sentAt !== row.sent_at ||
    message.deliveredAt !== row.delivered_at ||
    message.supplierId !== row.message_supplier_id ||
    message.tried.length !== row.tried.length
  );
}

function receiptDueAt(
  row: LedgerRow,
  change: { state: string; answeredAt: number | null },
  at: number,
): number | null {
  if (change.state !== 'sent' || row.receipt_wait_ms === null) return null;
  return (change.answeredAt ?? at) + row.receipt_wait_ms;
}

function factOf(row: LedgerRow, fact: MessageFact, reason: string | null, at: number): OutboxFact {
  return stateFact(
    {
      messageId: row.message_id,
      personId: row.person_id,
      strategyId: row.strategy_id,
      strategyVersion: row.strategy_version,
      nodeId: row.node_id,
      entry: row.entry,
      channel: row.attempt_channel,
      supplierId: row.supplier_id,
      contentId: row.content_id,
      contentVariant: row.content_variant,
      reason: fact === 'failed' || fact === 'uncertain' ? reason : null,
    },
    fact,
    at,
  );
}

async function suppressGoneAddress(
  transaction: Transaction,
  needs: OutcomeNeeds,
  row: LedgerRow,
  outcome: Extract<Outcome, { kind: 'answer' }>,
): Promise<void> {
  const { answer } = outcome;
  if (answer.kind !== 'rejected' || !answer.addressGone || row.key_number === null) return;
  await needs.profile.suppressAddress(transaction, {
    personId: row.person_id,
    keyNumber: row.key_number,
    channel: row.attempt_channel,
    at: outcome.at,
    messageId: row.message_id,
    reason: answer.code,
  });
}

function attemptOf(row: LedgerRow): LedgerAttempt {
  return {
    state: row.attempt_state,
    ordinal: row.ordinal,
    supplierId: row.supplier_id,
    channel: row.attempt_channel,
    answeredAt: row.answered_at,
  };
}

function messageOf(row: LedgerRow): LedgerMessage {
  return {
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    tried: row.tried,
    cascade: row.cascade,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
  };
}

const MINUTE_MS = 60_000;
const FAILED = new Set(['rejected', 'expired', 'undeliverable']);

/** Attempts by supplier and minute of Wutong's clock. */
class MinuteCounts {
  readonly #counts = new Map<string, Parameters<typeof addMinutes>[1][number]>();

  count(row: LedgerRow, before: string, after: string, at: number): void {
    const minuteAt = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const key = `${row.supplier_id} ${minuteAt}`;
    const old = this.#counts.get(key) ?? {
      supplierId: row.supplier_id,
      minuteAt,
      sent: 0,
      delivered: 0,
      failed: 0,
      uncertain: 0,
      returned: 0,
      parts: 0,
    };
    const accepted = before === 'calling' && (after === 'sent' || after === 'delivered');
    this.#counts.set(key, {
      ...old,
      sent: old.sent + (accepted ? 1 : 0),
      parts: old.parts + (accepted ? row.parts : 0),
      delivered: old.delivered + (after === 'delivered' ? 1 : 0),
      failed: old.failed + (FAILED.has(after) ? 1 : 0),
      uncertain: old.uncertain + (after === 'uncertain' ? 1 : 0),
      returned: old.returned + (after === 'returned' ? 1 : 0),
    });
  }

  rows(): Parameters<typeof addMinutes>[1][number][] {
    return [...this.#counts.values()];
  }
}
