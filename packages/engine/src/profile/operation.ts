import type { ErrorCode } from '@wutong/contract';

/** What an attribute or field may hold once read: dates `YYYY-MM-DD`, instants epoch ms UTC. */
export type Value = string | number | boolean | string[];

/** How a value changes an attribute of a person. */
export type AttributeAction = 'set' | 'set_once' | 'increment' | 'append' | 'unset';

/** Where an operation came from and when it happened (epoch ms UTC). */
export interface Provenance {
  readonly at: number;
  readonly sourceId: string;
  /** Unique within the source: the same message applied twice counts once. */
  readonly messageId: string;
}

/** An end of a relation or the owner of a detail: a person by the key that named them, or an entity. */
export type End =
  | { readonly type: 'person'; readonly personId: number; readonly keyNumber: number }
  | { readonly type: string; readonly id: string };

/** Attributes of a person, asserted by one key. For `unset` the values are ignored. */
export interface AttributesOperation extends Provenance {
  readonly kind: 'attributes';
  readonly action: AttributeAction;
  readonly personId: number;
  readonly keyNumber: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A new state of an entity. `whole` says that the record carries all that is known, so that nothing need
 * be read before it is written; otherwise fields not named keep their values.
 */
export interface EntityOperation extends Provenance {
  readonly kind: 'entity';
  readonly type: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly whole?: boolean;
  readonly deleted?: boolean;
}

/** A new state of the relation between two ends; without bounds it holds always. */
export interface RelationOperation extends Provenance {
  readonly kind: 'relation';
  readonly type: string;
  readonly from: End;
  readonly to: End;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Epoch ms UTC. */
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly deleted?: boolean;
}

/** A new state of a detail record. `time` is when the business fact happened, `at` when this state was said. */
export interface DetailOperation extends Provenance {
  readonly kind: 'detail';
  readonly type: string;
  readonly id: string;
  readonly owner: End;
  readonly time: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly whole?: boolean;
  readonly deleted?: boolean;
}

/** A consent to one purpose on one channel (`*`: on each known channel), or its withdrawal. */
export interface ConsentOperation extends Provenance {
  readonly kind: 'consent';
  readonly personId: number;
  readonly keyNumber: number;
  readonly purpose: string;
  /** Default: the present version of the purpose. */
  readonly purposeVersion?: number;
  readonly channel: string;
  readonly granted: boolean;
  readonly proof?: Readonly<Record<string, unknown>>;
}

export type FactOperation = EntityOperation | RelationOperation | DetailOperation;
export type Operation = AttributesOperation | FactOperation | ConsentOperation;

/** An operation, or one value of it, that was not taken; the rest of the batch was. */
export interface Rejection {
  /** Position in the batch. */
  readonly index: number;
  readonly code: ErrorCode;
  /** Attribute or field, when only that value was refused and the rest of the operation taken. */
  readonly field?: string;
  readonly detail: string;
}

export interface ApplyOutcome {
  /** Operations of which at least a part was taken. */
  readonly applied: number;
  readonly rejections: readonly Rejection[];
}

/** The present consent of a person for a purpose on a channel. */
export interface ConsentState {
  readonly purpose: string;
  readonly purposeVersion: number;
  readonly channel: string;
  readonly granted: boolean;
  /** Granted, and for the present version of the purpose. */
  readonly valid: boolean;
  readonly at: number;
  readonly sourceId: string;
  readonly proof: Readonly<Record<string, unknown>>;
}

/** A standing order not to send. `*` means any channel or any purpose. */
export interface SuppressionState {
  readonly suppressionId: string;
  readonly personId: number;
  /** The address it is about (scope `address`), or the key through which the person said it. */
  readonly keyNumber: number;
  readonly scope: 'person' | 'address';
  readonly channel: string;
  readonly purpose: string;
  /** e.g. `opted_out`, `bounced`, `complaint`, `deceased`, `manual`. */
  readonly reason: string;
  readonly at: number;
  readonly expiresAt: number | undefined;
}

export interface SuppressionOrder {
  readonly personId: number;
  readonly keyNumber: number;
  readonly scope: 'person' | 'address';
  readonly channel: string;
  readonly purpose: string;
  readonly reason: string;
  readonly at: number;
  readonly expiresAt?: number;
  readonly sourceId: string;
  /** The same message suppresses once. */
  readonly messageId: string;
}
