import type { Answer, ReceiptState } from './channels/adapter.ts';
import type { AttemptState, Cascade, Channel, MessageState } from './reservation.ts';

/** What the ledger knows of a message when something happens to one of its attempts. */
export interface LedgerMessage {
  readonly state: MessageState;
  readonly reason: string | null;
  /** Ordinal of the newest attempt. */
  readonly attempts: number;
  /** Suppliers that had their chance and did not deliver. */
  readonly tried: readonly string[];
  readonly cascade: Cascade | null;
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
}

/** What the ledger knows of an attempt. */
export interface LedgerAttempt {
  readonly state: AttemptState;
  readonly ordinal: number;
  readonly supplierId: string;
  readonly channel: Channel;
  /** When the supplier answered, epoch ms; null: it has not, or the answer was lost. */
  readonly answeredAt: number | null;
}

/** Something that happened to an attempt, at an instant in epoch ms. */
export type Outcome = { readonly at: number } & (
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'receipt'; readonly state: ReceiptState; readonly code?: string }
  /** The receipt did not come in the time the step promises. */
  | { readonly kind: 'no_receipt' }
  /** The process that called died before it recorded the answer. */
  | { readonly kind: 'caller_died' }
);

/** Facts that a change adds to the person's events. */
export type MessageFact = 'sent' | 'delivered' | 'failed' | 'uncertain';

/** The rows as they are afterwards; `undefined` from `decideOutcome` means that nothing changes. */
export interface Change {
  readonly attempt: {
    state: AttemptState;
    code: string | null;
    answeredAt: number | null;
    finalAt: number | null;
  };
  readonly message: Pick<LedgerMessage, 'state' | 'reason' | 'tried' | 'sentAt' | 'deliveredAt'>;
  /** `queue`: wait for another call; `unqueue`: no further call is needed. */
  readonly queue?: 'queue' | 'unqueue';
  readonly facts: readonly MessageFact[];
}

/** What holds when a step promises nothing: a certain reject may go to one other supplier. */
export const DEFAULT_CASCADE: Cascade = { onReject: true, maximumAttempts: 2, nextChannels: [] };

/**
 * Receipts only move an attempt up: "sent" can arrive 23 s after "delivered". A supplier's UNKNOWN (uncertain)
 * stands above sent and below every certain end; delivered stands above all, for the phone has it.
 */
const RANK: Readonly<Record<AttemptState, number>> = {
  calling: 0,
  returned: 0,
  sent: 10,
  no_receipt: 15,
  uncertain: 20,
  rejected: 30,
  expired: 30,
  undeliverable: 30,
  delivered: 40,
};

/**
 * What an outcome does to an attempt and its message. Pure.
 * @param canCascade whether another supplier or channel is left, given the suppliers tried
 */
export function decideOutcome(
  message: LedgerMessage,
  attempt: LedgerAttempt,
  outcome: Outcome,
  canCascade: (tried: readonly string[]) => boolean,
): Change | undefined {
  const next = nextAttemptState(attempt, outcome);
  if (next === undefined) return undefined;
  const changed = {
    state: next.state,
    code: next.code,
    answeredAt:
      outcome.kind === 'answer' && outcome.answer.kind !== 'uncertain' ? outcome.at : attempt.answeredAt,
    finalAt: RANK[next.state] >= RANK.rejected ? outcome.at : null,
  };
  return { attempt: changed, ...decideMessage(message, attempt, next.state, outcome, canCascade) };
}

function nextAttemptState(
  attempt: LedgerAttempt,
  outcome: Outcome,
): { state: AttemptState; code: string | null } | undefined {
  switch (outcome.kind) {
    case 'answer': {
      // An answer that arrives after its process was taken for dead still counts: it is knowledge.
      const awaited =
        attempt.state === 'calling' || (attempt.state === 'uncertain' && attempt.answeredAt === null);
      return awaited ? stateOfAnswer(outcome.answer) : undefined;
    }
    case 'receipt': {
      const lostAnswer = attempt.state === 'uncertain' && attempt.answeredAt === null;
      const up = RANK[outcome.state] > RANK[attempt.state] || (lostAnswer && outcome.state === 'sent');
      return up ? { state: outcome.state, code: outcome.code ?? null } : undefined;
    }
    case 'no_receipt':
      return attempt.state === 'sent' ? { state: 'no_receipt', code: null } : undefined;
    case 'caller_died':
      return attempt.state === 'calling' ? { state: 'uncertain', code: 'caller_died' } : undefined;
  }
}

function stateOfAnswer(answer: Answer): { state: AttemptState; code: string | null } {
  switch (answer.kind) {
    case 'accepted':
      return { state: answer.delivered ? 'delivered' : 'sent', code: null };
    case 'rejected':
      return { state: 'rejected', code: answer.code };
    case 'throttled':
    case 'not_sent':
      return { state: 'returned', code: answer.code };
    case 'uncertain':
      return { state: 'uncertain', code: answer.code };
  }
}

type MessageChange = Omit<Change, 'attempt'>;

function decideMessage(
  message: LedgerMessage,
  attempt: LedgerAttempt,
  state: AttemptState,
  outcome: Outcome,
  canCascade: (tried: readonly string[]) => boolean,
): MessageChange {
  const unchanged: MessageChange = { message: pick(message), facts: [] };
  const isNewest = attempt.ordinal === message.attempts;
  if (state === 'delivered') return delivered(message, outcome.at);
  // An older attempt's late failure says nothing about the newer one; a delivery is not undone.
  if (!isNewest || message.deliveredAt !== null) return unchanged;
  switch (state) {
    case 'sent':
      return {
        message: { ...pick(message), state: 'sent', reason: null, sentAt: message.sentAt ?? outcome.at },
        facts: message.sentAt === null ? ['sent'] : [],
      };
    case 'returned':
      return { message: { ...pick(message), state: 'pending', reason: null }, queue: 'queue', facts: [] };
    case 'uncertain':
      return {
        message: { ...pick(message), state: 'uncertain', reason: reasonOfUncertain(outcome) },
        facts: message.state === 'uncertain' ? [] : ['uncertain'],
      };
    case 'rejected':
    case 'expired':
    case 'undeliverable':
    case 'no_receipt':
      return failed(message, attempt, state, outcome, canCascade);
    case 'calling':
      return unchanged;
  }
}

function delivered(message: LedgerMessage, at: number): MessageChange {
  const facts: MessageFact[] = [];
  if (message.sentAt === null) facts.push('sent');
  if (message.deliveredAt === null) facts.push('delivered');
  return {
    message: {
      ...pick(message),
      state: 'sent',
      reason: null,
      sentAt: message.sentAt ?? at,
      deliveredAt: message.deliveredAt ?? at,
    },
    queue: 'unqueue',
    facts,
  };
}

function failed(
  message: LedgerMessage,
  attempt: LedgerAttempt,
  state: 'rejected' | 'expired' | 'undeliverable' | 'no_receipt',
  outcome: Outcome,
  canCascade: (tried: readonly string[]) => boolean,
): MessageChange {
  const isFinal =
    outcome.kind === 'answer' && outcome.answer.kind === 'rejected' && outcome.answer.final === true;
  const tried = withTried(message.tried, attempt, isFinal);
  const cascade = message.cascade ?? DEFAULT_CASCADE;
  const promised = state === 'no_receipt' ? cascade.noReceiptAfterMs !== undefined : cascade.onReject;
  if (promised && canCascade(tried)) {
    return {
      message: { ...pick(message), tried, state: 'pending', reason: null },
      queue: 'queue',
      facts: [],
    };
  }
  // Accepted, never confirmed, and nobody left to try: it stays sent.
  if (state === 'no_receipt') return { message: { ...pick(message), tried }, facts: [] };
  return { message: { ...pick(message), tried, state: 'failed', reason: state }, facts: ['failed'] };
}

/** Stands among the suppliers tried when no other supplier of a channel can do better: a dead address, say. */
export function exhausted(channel: Channel): string {
  return `${channel}:*`;
}

function withTried(tried: readonly string[], attempt: LedgerAttempt, isFinal: boolean): readonly string[] {
  return [...new Set([...tried, attempt.supplierId, ...(isFinal ? [exhausted(attempt.channel)] : [])])];
}

function reasonOfUncertain(outcome: Outcome): string {
  return outcome.kind === 'receipt' ? 'unknown_receipt' : 'answer_lost';
}

function pick(message: LedgerMessage): Change['message'] {
  const { state, reason, tried, sentAt, deliveredAt } = message;
  return { state, reason, tried, sentAt, deliveredAt };
}
