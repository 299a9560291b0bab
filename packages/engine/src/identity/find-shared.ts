import type { FoldInput, FoldKey, SharedKey } from './assertion.ts';
import type { Decisions } from './fold-decisions.ts';

/** Beyond this many different partners a key is a hub, whatever its type says. */
export const MAXIMUM_PARTNERS = 5_000;
const MAXIMUM_EVIDENCE_KEYS = 20;

/**
 * Keys that are linked to too many persons: a family's phone, a branch's tablet, a test device.
 *
 * Persons are counted by the keys of cardinality one that were ever asserted together with the key:
 * two customer numbers are two persons, whoever else is glued to whom. The count belongs to the whole
 * log, not to a moment, so that the fold takes back what such a key glued before it was found out.
 */
export function findShared(input: FoldInput, decisions: Decisions): Map<number, SharedKey> {
  const shared = new Map<number, SharedKey>();
  for (const key of input.keys.values()) {
    const declared = decisions.declaredShared.has(key.keyNumber);
    if ((key.shared && !decisions.exempt.has(key.keyNumber)) || declared) {
      shared.set(key.keyNumber, { keyNumber: key.keyNumber, count: 0, maximum: 0, partners: [] });
    }
  }
  for (const [keyNumber, partners] of partnersOf(input)) {
    if (shared.has(keyNumber) || decisions.exempt.has(keyNumber)) continue;
    const found = judge(input, input.keys.get(keyNumber)!, partners);
    if (found) shared.set(keyNumber, found);
  }
  return shared;
}

function partnersOf(input: FoldInput): Map<number, Set<number>> {
  const partners = new Map<number, Set<number>>();
  for (const { kind, keyNumbers } of input.assertions) {
    if (kind !== 'bind' && kind !== 'seen' && kind !== 'sign_up') continue;
    const usable = keyNumbers.filter((number) => input.keys.get(number)?.blocked === false);
    for (const key of usable) {
      let set = partners.get(key);
      if (!set) partners.set(key, (set = new Set()));
      for (const other of usable) if (other !== key) set.add(other);
    }
  }
  return partners;
}

function judge(input: FoldInput, key: FoldKey, partners: ReadonlySet<number>): SharedKey | undefined {
  const evidence = (keys: readonly number[], maximum: number): SharedKey => ({
    keyNumber: key.keyNumber,
    count: keys.length,
    maximum,
    partners: [...keys].sort((a, b) => a - b).slice(0, MAXIMUM_EVIDENCE_KEYS),
  });
  const rule = input.rules.byType.get(key.type);
  if (partners.size > MAXIMUM_PARTNERS) return evidence([...partners], MAXIMUM_PARTNERS);
  if (rule?.sharedAbove === undefined || partners.size <= rule.sharedAbove) return undefined;
  const byType = new Map<string, number[]>();
  for (const partner of partners) {
    const type = input.keys.get(partner)!.type;
    if (input.rules.byType.get(type)?.cardinality === 'one')
      byType.set(type, [...(byType.get(type) ?? []), partner]);
  }
  let most: number[] = [];
  for (const keys of byType.values()) if (keys.length > most.length) most = keys;
  return most.length > rule.sharedAbove ? evidence(most, rule.sharedAbove) : undefined;
}
