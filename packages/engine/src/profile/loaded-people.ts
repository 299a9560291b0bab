import type { AttributeAction } from './operation.ts';

/** Attributes of many persons, checked and coerced already; members of one place belong together. */
export interface LoadedPeople {
  readonly sourceId: string;
  readonly action: Exclude<AttributeAction, 'increment' | 'unset'>;
  readonly personIds: readonly number[];
  readonly keyNumbers: readonly number[];
  /** Epoch ms at which each was so. */
  readonly times: readonly number[];
  /** Attributes by name as JSON, an object each: instants as epoch ms, nothing missing, nothing sealed. */
  readonly documents: readonly string[];
  /** Every attribute that a document may name; all are declared. */
  readonly names: readonly string[];
}
