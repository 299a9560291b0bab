import type { Secrets } from '../platform/index.ts';
import type { RawKey, Resolution, ResolveRecord } from './resolution.ts';
import type { KeyCache } from './key-cache.ts';
import type { KeyRule, KeyRules } from './key-rules.ts';

/** A key of a batch's record. Numbers are 0 until it is found or made. */
export interface BatchKey {
  readonly fingerprint: string;
  readonly keyNumber: number;
  readonly personId: number;
}

/** A key that the cache does not know, once however often it occurs in the batch. */
export interface UnknownKey extends BatchKey {
  readonly rule: KeyRule;
  readonly rawValue: string;
  readonly normalised: string;
  /** Earliest time among the batch's records that carry it, epoch ms UTC. */
  firstSeenAt: number;
  keyNumber: number;
  personId: number;
}

/** A record that states a link, with its usable keys, the record's own first. */
export interface LinkingRecord {
  readonly keys: readonly BatchKey[];
  readonly record: ResolveRecord;
}

export interface PreparedBatch {
  /** The records' own keys, in the order of the input; undefined where nothing is usable. */
  readonly own: (BatchKey | undefined)[];
  readonly linking: LinkingRecord[];
  readonly rejections: Map<number, NonNullable<Resolution['rejected']>>;
  /** How many keys of a record are blocked, by its place; only those that have some. */
  readonly blocked: Map<number, number>;
  /** By fingerprint: keys that the cache does not know. */
  readonly unknown: Map<string, UnknownKey>;
}

type PreparedKey = UnknownKey | 'blocked_value' | 'unknown_key_type';

/** Normalises, checks and looks up in memory; no IO. */
export function prepareBatch(
  records: readonly ResolveRecord[],
  needs: { rules: KeyRules; cache: KeyCache; secrets: Secrets },
): PreparedBatch {
  /** Keys that the cache does not know. */
  const known = new Map<string, PreparedKey>();
  const batch: PreparedBatch = {
    own: [],
    linking: [],
    rejections: new Map(),
    blocked: new Map(),
    unknown: new Map(),
  };
  const knownKey = (type: string, value: string, at: number): PreparedKey => {
    const name = `${type}\0${value}`;
    let key = known.get(name);
    if (key === undefined) known.set(name, (key = prepareKey(type, value, at, needs, batch.unknown)));
    if (typeof key !== 'string' && at < key.firstSeenAt) key.firstSeenAt = at;
    return key;
  };
  records.forEach((record, index) => {
    // Nine records in ten state no link: only their first usable key counts, and nothing is made for them.
    let first: BatchKey | undefined;
    let keys: BatchKey[] | undefined;
    let rejection: NonNullable<Resolution['rejected']> = 'no_key';
    for (const { type, value } of record.keys) {
      const key = needs.cache.find(type, value) ?? knownKey(type, value, record.at);
      if (typeof key === 'string') {
        if (rejection === 'no_key') rejection = key;
        if (key === 'blocked_value') batch.blocked.set(index, (batch.blocked.get(index) ?? 0) + 1);
        continue;
      }
      first ??= key;
      if (record.link === 'none') break;
      if (!keys) keys = [key];
      else if (!keys.some((other) => other.fingerprint === key.fingerprint)) keys.push(key);
    }
    if (!first) batch.rejections.set(index, rejection);
    batch.own.push(first);
    if (keys) batch.linking.push({ keys, record });
  });
  return batch;
}

function prepareKey(
  type: string,
  rawValue: string,
  firstSeenAt: number,
  needs: { rules: KeyRules; secrets: Secrets },
  unknown: Map<string, UnknownKey>,
): PreparedKey {
  const rule = needs.rules.byType.get(type);
  if (!rule) return 'unknown_key_type';
  const normalised = rule.normalise(rawValue);
  if (rule.isBlocked(normalised)) return 'blocked_value';
  const fingerprint = fingerprintOf(needs.secrets, type, normalised);
  const same = unknown.get(fingerprint);
  if (same) return same;
  const key = { rule, rawValue, normalised, fingerprint, firstSeenAt, keyNumber: 0, personId: 0 };
  unknown.set(fingerprint, key);
  return key;
}

/** The fingerprint of a value as it was sent; undefined when nobody declared its type or it is blocked. */
export function usableFingerprint(
  secrets: Secrets,
  rules: KeyRules,
  { type, value }: RawKey,
): string | undefined {
  const rule = rules.byType.get(type);
  const normalised = rule?.normalise(value) ?? '';
  return !rule || rule.isBlocked(normalised) ? undefined : fingerprintOf(secrets, type, normalised);
}

/** Keyed hash of a key: type and normalised value. */
export function fingerprintOf(secrets: Secrets, type: string, normalised: string): string {
  return secrets.fingerprint(`${type}\0${normalised}`);
}
