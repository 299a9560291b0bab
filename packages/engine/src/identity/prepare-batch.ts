import type { Secrets } from '../platform/index.ts';
import type { Resolution, ResolveRecord } from './resolution.ts';
import type { KeyCache } from './key-cache.ts';
import type { KeyRule, KeyRules } from './key-rules.ts';

/** A key of a batch, once however often it occurs. Numbers are 0 until it is found or made. */
export interface BatchKey {
  readonly rule: KeyRule;
  readonly rawValue: string;
  readonly normalised: string;
  readonly fingerprint: string;
  /** Earliest time among the batch's records that carry it, epoch ms UTC. */
  firstSeenAt: number;
  keyNumber: number;
  personId: number;
}

/** A record with its usable keys, the record's own first. */
export interface BatchRecord {
  readonly keys: readonly BatchKey[];
  readonly record: ResolveRecord;
}

export interface PreparedBatch {
  /** In the order of the input; undefined where nothing is usable. */
  readonly records: (BatchRecord | undefined)[];
  readonly rejections: Map<number, NonNullable<Resolution['rejected']>>;
  /** By fingerprint: keys that the cache does not know. */
  readonly unknown: Map<string, BatchKey>;
}

type PreparedKey = BatchKey | 'blocked_value' | 'unknown_key_type';

/** Normalises, checks and looks up in memory; no IO. */
export function prepareBatch(
  records: readonly ResolveRecord[],
  needs: { rules: KeyRules; cache: KeyCache; secrets: Secrets },
): PreparedBatch {
  /** Keys that the cache does not know. */
  const known = new Map<string, PreparedKey>();
  const batch: PreparedBatch = { records: [], rejections: new Map(), unknown: new Map() };
  const knownKey = (type: string, value: string, at: number): PreparedKey => {
    const name = `${type}\0${value}`;
    let key = known.get(name);
    if (key === undefined) known.set(name, (key = prepareKey(type, value, at, needs, batch.unknown)));
    return key;
  };
  records.forEach((record, index) => {
    const keys: BatchKey[] = [];
    let rejection: NonNullable<Resolution['rejected']> = 'no_key';
    // Without a link only the record's own key is needed: its first usable one.
    const wanted = record.link === 'none' ? 1 : Number.POSITIVE_INFINITY;
    for (const { type, value } of record.keys) {
      if (keys.length >= wanted) break;
      const key = cachedKey(type, value, record.at, needs) ?? knownKey(type, value, record.at);
      if (typeof key === 'string') {
        if (rejection === 'no_key') rejection = key;
      } else {
        if (record.at < key.firstSeenAt) key.firstSeenAt = record.at;
        if (!keys.some((other) => other.fingerprint === key.fingerprint)) keys.push(key);
      }
    }
    if (keys.length === 0) batch.rejections.set(index, rejection);
    batch.records.push(keys.length === 0 ? undefined : { keys, record });
  });
  return batch;
}

/** A key that the cache knows; most are, and nothing else need be asked about them. */
function cachedKey(
  type: string,
  rawValue: string,
  firstSeenAt: number,
  { rules, cache }: { rules: KeyRules; cache: KeyCache },
): BatchKey | undefined {
  const cached = cache.find(type, rawValue);
  const rule = cached && rules.byType.get(type);
  if (!rule) return undefined;
  const { fingerprint, keyNumber, personId } = cached;
  return { rule, rawValue, normalised: '', fingerprint, firstSeenAt, keyNumber, personId };
}

function prepareKey(
  type: string,
  rawValue: string,
  firstSeenAt: number,
  needs: { rules: KeyRules; secrets: Secrets },
  unknown: Map<string, BatchKey>,
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

/** Keyed hash of a key: type and normalised value. */
export function fingerprintOf(secrets: Secrets, type: string, normalised: string): string {
  return secrets.fingerprint(`${type}\0${normalised}`);
}
