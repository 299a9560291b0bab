import type { KeyRules } from './key-rules.ts';

/** What a guard needs to know of a key. `boundAt`: epoch ms of its first accepted link, if any. */
export interface GuardKey {
  readonly keyNumber: number;
  readonly type: string;
  readonly boundAt: number | undefined;
}

/** Why sets of keys cannot be one person; `keys` are those that were counted, at most 20. */
export interface Violation {
  readonly reason: 'cardinality' | 'limit' | 'window';
  readonly type: string;
  readonly count: number;
  readonly maximum: number;
  readonly keys: readonly number[];
}

/** No person has more keys than this, whatever the types say: a hub that glues thousands is no person. */
export const MAXIMUM_KEYS_PER_PERSON = 2_000;
const MAXIMUM_EVIDENCE_KEYS = 20;

/**
 * The first rule that the union of several persons would break, strongest type first.
 *
 * A type that only one of the parts has cannot be broken anew by the union. Every rule is monotone (a
 * union that keeps it has only subsets that keep it), on which the order-free path of linking rests.
 * `at`: time of the link, for keys that were never linked before.
 */
export function findViolation(
  parts: readonly (readonly GuardKey[])[],
  rules: KeyRules,
  at: number,
): Violation | undefined {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const byType = groupByType(parts);
  for (const [type, rule] of rules.byType) {
    const group = byType.get(type);
    if (!group) continue;
    const { keys, parts: partsWithType } = group;
    const maximum = rule.cardinality === 'one' ? 1 : (rule.maximumPerPerson ?? Number.POSITIVE_INFINITY);
    if (partsWithType > 1 && keys.length > maximum) {
      return violation(rule.cardinality === 'one' ? 'cardinality' : 'limit', type, maximum, keys);
    }
    if (rule.windowLimit && keys.length > rule.windowLimit.maximum) {
      const crowded = crowdedWindow(keys, rule.windowLimit.windowMs, rule.windowLimit.maximum, at);
      if (crowded) return violation('window', type, rule.windowLimit.maximum, crowded);
    }
  }
  if (parts.length > 1 && total > MAXIMUM_KEYS_PER_PERSON) {
    return violation(
      'limit',
      '*',
      MAXIMUM_KEYS_PER_PERSON,
      parts.flat().slice(0, MAXIMUM_EVIDENCE_KEYS),
      total,
    );
  }
  return undefined;
}

function groupByType(
  parts: readonly (readonly GuardKey[])[],
): Map<string, { keys: GuardKey[]; parts: number; last: number }> {
  const byType = new Map<string, { keys: GuardKey[]; parts: number; last: number }>();
  parts.forEach((part, index) => {
    for (const key of part) {
      let group = byType.get(key.type);
      if (!group) byType.set(key.type, (group = { keys: [], parts: 0, last: -1 }));
      group.keys.push(key);
      if (group.last !== index) {
        group.parts++;
        group.last = index;
      }
    }
  });
  return byType;
}

/** Keys of the first window (sliding, by first link) that holds more than the maximum. */
function crowdedWindow(
  keys: readonly GuardKey[],
  windowMs: number,
  maximum: number,
  at: number,
): GuardKey[] | undefined {
  const sorted = keys
    .map((key) => ({ key, boundAt: key.boundAt ?? at }))
    .sort((a, b) => a.boundAt - b.boundAt || a.key.keyNumber - b.key.keyNumber);
  for (let start = 0; start + maximum < sorted.length; start++) {
    if (sorted[start + maximum]!.boundAt - sorted[start]!.boundAt < windowMs) {
      return sorted.slice(start, start + maximum + 1).map((each) => each.key);
    }
  }
  return undefined;
}

function violation(
  reason: Violation['reason'],
  type: string,
  maximum: number,
  keys: readonly GuardKey[],
  count = keys.length,
): Violation {
  const numbers = keys.map((key) => key.keyNumber).sort((a, b) => a - b);
  return { reason, type, count, maximum, keys: numbers.slice(0, MAXIMUM_EVIDENCE_KEYS) };
}
