/** What becomes of one message at a supplier. Shares are of all messages, 0 to 1, drawn by the seed. */
export interface Behaviour {
  /** Refused in the answer. */
  readonly rejectShare: number;
  /** Accepted, and never heard of again: neither delivered nor reported. */
  readonly noReceiptShare: number;
  /** Accepted, reported as undeliverable. */
  readonly undeliverableShare: number;
  /** Delivered; the receipt comes twice. */
  readonly duplicateReceiptShare: number;
  /** Delivered; "delivered" comes before "accepted by the network". */
  readonly outOfOrderShare: number;
  /** Delivered; the receipt takes `lateReceiptMs`. */
  readonly lateShare: number;
  /** Delivered; the receipt overtakes the answer. */
  readonly earlyReceiptShare: number;
  /** Accepted and delivered, but the answer is never sent. */
  readonly lostAnswerShare: number;
  /** Real ms, from and to. */
  readonly receiptDelayMs: readonly [number, number];
  readonly lateReceiptMs: number;
  readonly answerDelayMs: number;
  /** Submits a second above which it answers "throttled"; 0: never. */
  readonly throttleAbove: number;
  /** Ids of answers and receipts: alike, or hexadecimal there and decimal here, or padded with zeros here. */
  readonly receiptIds: 'same' | 'decimal' | 'padded' | 'upper';
}

export const FLAWLESS: Behaviour = {
  rejectShare: 0,
  noReceiptShare: 0,
  undeliverableShare: 0,
  duplicateReceiptShare: 0,
  outOfOrderShare: 0,
  lateShare: 0,
  earlyReceiptShare: 0,
  lostAnswerShare: 0,
  receiptDelayMs: [2, 10],
  lateReceiptMs: 500,
  answerDelayMs: 0,
  throttleAbove: 0,
  receiptIds: 'same',
};

/** The ways a message can go; the first that the draw falls into. */
export type Fate =
  | 'reject'
  | 'no_receipt'
  | 'undeliverable'
  | 'duplicate'
  | 'out_of_order'
  | 'late'
  | 'early'
  | 'lost_answer'
  | 'deliver';

/** A number in [0, 1) that depends on nothing but its arguments (FNV-1a, then mixed as in MurmurHash3). */
export function draw(seed: number, ...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of parts.join('\u001f')) {
    hash ^= character.codePointAt(0)!;
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 0x1_0000_0000;
}

/** The fate of a message with this draw. */
export function fateOf(behaviour: Behaviour, drawn: number): Fate {
  const shares: [Fate, number][] = [
    ['reject', behaviour.rejectShare],
    ['no_receipt', behaviour.noReceiptShare],
    ['undeliverable', behaviour.undeliverableShare],
    ['duplicate', behaviour.duplicateReceiptShare],
    ['out_of_order', behaviour.outOfOrderShare],
    ['late', behaviour.lateShare],
    ['early', behaviour.earlyReceiptShare],
    ['lost_answer', behaviour.lostAnswerShare],
  ];
  let upTo = 0;
  for (const [fate, share] of shares) {
    upTo += share;
    if (drawn < upTo) return fate;
  }
  return 'deliver';
}
