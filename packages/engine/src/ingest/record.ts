import type { ErrorCode } from '@wutong/contract';
import type { LinkKind, RawKey } from '../identity/index.ts';
import type { AttributeAction } from '../profile/index.ts';

interface RecordBase {
  /** Unique within its source; at most 255 characters. Records with the same one are stored once. */
  readonly messageId: string;
  /** When it happened: epoch ms UTC, corrected for the sender's clock. */
  readonly time: number;
}

/** Keys of a person; the first is the record's own. */
interface WithKeys {
  readonly keys: readonly RawKey[];
  readonly link: LinkKind;
}

export interface EventRecord extends RecordBase, WithKeys {
  readonly kind: 'event';
  readonly event: string;
  readonly properties: Record<string, unknown>;
}

export interface IdentityRecord extends RecordBase, WithKeys {
  readonly kind: 'identity';
}

export interface AttributesRecord extends RecordBase, WithKeys {
  readonly kind: 'attributes';
  readonly action: AttributeAction;
  /** For `unset` only the names count. */
  readonly attributes: Record<string, unknown>;
}

export interface EntityRecord extends RecordBase {
  readonly kind: 'entity';
  readonly operation: 'set' | 'delete';
  readonly entityType: string;
  readonly entityId: string;
  readonly attributes: Record<string, unknown>;
}

/** Names an entity. */
export interface EntityEnd {
  readonly type: string;
  readonly id: string;
}

export interface RelationRecord extends RecordBase, WithKeys {
  readonly kind: 'relation';
  readonly operation: 'set' | 'delete';
  readonly relationType: string;
  /** An end that is absent is the person of the keys. */
  readonly from?: EntityEnd | undefined;
  readonly to?: EntityEnd | undefined;
  /** Epoch ms UTC. */
  readonly validFrom?: number | undefined;
  readonly validTo?: number | undefined;
  readonly attributes: Record<string, unknown>;
}

export interface DetailRecord extends RecordBase, WithKeys {
  readonly kind: 'detail';
  readonly operation: 'set' | 'delete';
  readonly detailType: string;
  readonly detailId: string;
  /** When the business fact happened, epoch ms UTC; `time` is when this state of it was said. */
  readonly happenedAt: number;
  /** Absent when the owner is the person of the keys. */
  readonly owner?: EntityEnd | undefined;
  readonly attributes: Record<string, unknown>;
}

export interface ConsentRecord extends RecordBase, WithKeys {
  readonly kind: 'consent';
  readonly purpose: string;
  readonly channel: string;
  readonly granted: boolean;
}

/** One decoded record of any wire format. */
export type DecodedRecord =
  | EventRecord
  | IdentityRecord
  | AttributesRecord
  | EntityRecord
  | RelationRecord
  | DetailRecord
  | ConsentRecord;

/** Why a record was not taken. */
export interface Rejection {
  readonly code: ErrorCode;
  /** Names and limits only: no values of the record, which may be personal. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Whether decoding ended in a rejection. */
export function isRejection(result: DecodedRecord | Rejection): result is Rejection {
  return 'code' in result;
}
