import type { Violation } from './guards.ts';
import type { KeyRules } from './key-rules.ts';

/** Kinds of assertion. `merge`, `apart`, `exempt` and `shared` are decisions of people; so is `retract`. */
export type AssertionKind =
  'bind' | 'seen' | 'sign_up' | 'unbind' | 'merge' | 'apart' | 'exempt' | 'shared' | 'retract';

/**
 * One statement about keys. The same statement made again only widens `firstAt`..`lastAt` (epoch ms
 * UTC): taking a minimum and a maximum does not depend on the order of arrival.
 */
export interface FoldAssertion {
  readonly assertionId: string;
  readonly kind: AssertionKind;
  readonly keyNumbers: readonly number[];
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A key as the fold sees it. `shared`: found to be shared by an earlier fold that saw all its links. */
export interface FoldKey {
  readonly keyNumber: number;
  readonly type: string;
  readonly fingerprint: string;
  readonly blocked: boolean;
  readonly shared: boolean;
}

export interface FoldInput {
  readonly rules: KeyRules;
  readonly keys: ReadonlyMap<number, FoldKey>;
  /** Those in force: neither retracted nor held. In any order. */
  readonly assertions: readonly FoldAssertion[];
}

/** A link that a guard stopped and that is still undone at the end of the fold. */
export interface Refusal extends Violation {
  readonly anchor: number;
  readonly other: number;
  readonly at: number;
  readonly assertionId: string;
}

/** A key that is linked to too many persons. */
export interface SharedKey {
  readonly keyNumber: number;
  /** Persons that it is linked to, at least (counted by keys of cardinality one), or other keys. */
  readonly count: number;
  readonly maximum: number;
  /** Some of them, at most 20. */
  readonly partners: readonly number[];
}

export interface FoldResult {
  /** Person (smallest key number of its set) of every key of the input. */
  readonly personOf: Map<number, number>;
  /** Time of the first accepted link of each linked key of a type of which a person may have many. */
  readonly boundAt: Map<number, number>;
  readonly shared: Map<number, SharedKey>;
  readonly refusals: Refusal[];
  /**
   * Persons of whose history some part depended on order (a refusal, a take-over, an unbind, a
   * decision). All others are plain: any new link that no guard stops can be added in any order.
   */
  readonly ordered: Set<number>;
}
