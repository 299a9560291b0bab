import type { KafkaSecrets, OutputDestination } from '@wutong/contract';
import type { OutputRow } from '../subjects/output-subject.ts';

/** Passwords and keys of an output. */
export interface OutputSecrets extends KafkaSecrets {
  /** Signs webhooks: `whsec_` and base64, as Standard Webhooks writes it. */
  readonly signingSecret?: string | undefined;
}

/** A portion that is about to be sent. */
export interface OpenPortion<Destination extends OutputDestination = OutputDestination> {
  readonly outputId: string;
  readonly subject: string;
  /** Grows by one with each portion of the output. */
  readonly slice: number;
  readonly columns: readonly string[];
  readonly destination: Destination;
  readonly secrets: OutputSecrets;
  /** Epoch ms UTC. */
  readonly now: number;
}

/** Rows that go in one piece. */
export interface Delivery {
  /** Stable: the same piece has the same id at each sending. */
  readonly deliveryId: string;
  readonly rows: readonly OutputRow[];
}

/** What became of a portion. */
export interface SentPortion {
  readonly bytes: number;
  readonly file?: string;
  readonly sha256?: string;
}

/** A portion on its way. */
export interface PortionSender {
  /** Resolves when the rows are durable at the receiver, or, for files, in the unfinished file. @throws DeliveryError */
  send(delivery: Delivery): Promise<void>;
  /** After the last row: what is visible from now on. */
  finish(): Promise<SentPortion>;
  /** Gives up; nothing unfinished stays behind. Never throws. */
  abandon(): Promise<void>;
}

/** A place that rows are sent to: one file each, listed in `output-destinations.ts`. */
export interface Destination<Settings extends OutputDestination = OutputDestination> {
  /** Rows of one delivery. */
  rowsADelivery(settings: Settings): number;
  /** Fewer rows go where they are longer than so many bytes as JSON; a row that is longer by itself goes alone. */
  readonly bytesADelivery?: number;
  /** A file holds the whole portion and is begun anew after a failure; others go on after the last delivery. */
  readonly isWhole: boolean;
  /** Refuses what can never work. @throws CodedError */
  check(settings: Settings): Promise<void>;
  open(portion: OpenPortion<Settings>): Promise<PortionSender>;
  /** A delivery without data. @throws Error that says why deliveries would fail */
  test(settings: Settings, secrets: OutputSecrets, outputId: string): Promise<void>;
  /** Closes what is kept open between portions. */
  stop(): Promise<void>;
}

/** Why a delivery did not go through. */
export class DeliveryError extends Error {
  /** `refused`: the receiver will never take it; otherwise it is tried again. */
  constructor(
    readonly kind: 'refused' | 'failed',
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = 'DeliveryError';
  }
}
