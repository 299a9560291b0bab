import type { Rejection } from './record.ts';

/** What became of the records of one request; `received = stored + duplicate + rejected`. */
export interface AppendOutcome {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** In the order of the request; `index` is the position in the request. */
  readonly rejections: readonly (Rejection & { readonly index: number })[];
}

/** A fact of our own, appended through the outbox. */
export interface OutboxEvent {
  readonly personId: number;
  /** Starts with `$`, e.g. `$message_sent`. */
  readonly event: string;
  /** Epoch ms UTC. */
  readonly time: number;
  /** Deterministic: the same fact enqueued twice is stored once. */
  readonly messageId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An event waiting for a consumer. */
export interface InboxEvent {
  readonly sequence: number;
  readonly personId: number;
  readonly keyNumber: number;
  readonly event: string;
  readonly eventId: string;
  /** Epoch ms UTC. */
  readonly time: number;
  readonly sourceId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
