/** A key as a source sends it. */
export interface RawKey {
  readonly type: string;
  readonly value: string;
}

/**
 * What a record says about its keys:
 * - `none`: nothing; only the record's own key (the first valid one) is looked up;
 * - `seen`: they occurred together on an ordinary event (weak, dated to the UTC day after the first time);
 * - `bind`: they are declared to be one person (Sensors `track_id_bind`, identify calls);
 * - `sign_up`: `keys[0]` is the login, the others were anonymous until now (Sensors `track_signup`,
 *   Segment `alias`): a second login never takes an anonymous key away from the first;
 * - `unbind`: the weaker keys leave the person of the strongest (Sensors `track_id_unbind`).
 */
export type LinkKind = 'bind' | 'seen' | 'unbind' | 'none' | 'sign_up';

/** One record of a batch. `at` is the record's own time in epoch ms UTC; it decides the order of the fold. */
export interface ResolveRecord {
  readonly keys: readonly RawKey[];
  readonly link: LinkKind;
  readonly at: number;
  readonly sourceId: string;
  readonly messageId: string;
}

/** The person of a record. `rejected` set: there is no usable key, and both numbers are 0. */
export interface Resolution {
  personId: number;
  keyNumber: number;
  rejected?: 'blocked_value' | 'unknown_key_type' | 'no_key';
  /** Keys that were passed over because their values are blocked; absent: none. */
  blockedKeys?: number;
}
