import type { Purpose } from '../reservation.ts';

/** One attempt as an adapter gets it: rendered, addressed, and committed to the ledger. */
export interface Submission {
  readonly attemptId: string;
  readonly messageId: string;
  readonly personId: number;
  /** Opened address; empty where the channel needs none. Never log it. */
  readonly address: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly purpose: Purpose;
  /** Epoch ms after which the supplier need not try any more. */
  readonly expiresAt: number;
}

/** What a supplier said to one submission. */
export type Answer =
  | {
      readonly kind: 'accepted';
      /** The supplier's id of each part, normalised. Empty when it gives no receipts. */
      readonly providerIds: readonly string[];
      /** Set when the answer itself says that the person has it. */
      readonly delivered?: boolean;
    }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      /** Nobody else can do better (bad address, a part is out already): no cascade to another supplier. */
      readonly final?: boolean;
      /** The address does not exist: suppress it. */
      readonly addressGone?: boolean;
    }
  /** The supplier asks to slow down; it has not taken the message. */
  | { readonly kind: 'throttled'; readonly code: string }
  /** Nothing was written to the wire: safe to try again. */
  | { readonly kind: 'not_sent'; readonly code: string }
  /** It was written and the answer was lost: nobody knows. */
  | { readonly kind: 'uncertain'; readonly code: string };

/** States a receipt can report. */
export type ReceiptState = 'sent' | 'delivered' | 'expired' | 'undeliverable' | 'rejected' | 'uncertain';

/** A delivery receipt, its id and state in our terms. */
export interface Receipt {
  /** Ways to read the supplier's id, the likeliest first; see normalize-provider-id.ts. */
  readonly providerIds: readonly string[];
  readonly state: ReceiptState;
  readonly code?: string;
  /** Address it is about, when the supplier says so. */
  readonly address?: string;
}

/** A message from a person. */
export interface Reply {
  readonly address: string;
  readonly text: string;
}

/** Where an adapter hands in what it hears. Both resolve when it is durable: acknowledge only then. */
export interface Hearing {
  receipt(receipt: Receipt): Promise<void>;
  reply(reply: Reply): Promise<void>;
  /** The session came up, or went down with a reason. */
  link(state: 'up' | 'down', reason?: string): void;
}

/** A supplier's session, owned by this process. */
export interface Adapter {
  /** Connects and keeps connected, by itself, until `stop`. */
  start(): void;
  /** Whether submissions can be taken now. */
  isUp(): boolean;
  /** Never rejects: whatever goes wrong is an answer. */
  submit(submission: Submission): Promise<Answer>;
  /** Waits for answers in flight (at most `graceMs` of real time), then closes in order. */
  stop(graceMs: number): Promise<void>;
}

/** How a supplier is configured, secrets opened. */
export interface SupplierSettings {
  readonly supplierId: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly window: number;
}
