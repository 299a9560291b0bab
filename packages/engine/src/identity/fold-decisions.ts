import type { FoldAssertion } from './assertion.ts';

/** What people decided, in the form in which the fold asks for it. */
export interface Decisions {
  /** Keys that glue although many persons have them. */
  readonly exempt: ReadonlySet<number>;
  /** Keys that a person declared to be shared. */
  readonly declaredShared: ReadonlySet<number>;
  /**
   * Whether somebody decided that a key of one set and a key of the other are different persons.
   * `since`: only decisions later than this time count (a newer decision outweighs an older one).
   */
  keepsApart(
    left: { has(key: number): boolean; keys(): Iterable<number> },
    right: { has(key: number): boolean; keys(): Iterable<number> },
    since?: number,
  ): boolean;
}

/** Reads the decisions among assertions; of two that contradict each other the later one holds. */
export function readDecisions(assertions: readonly FoldAssertion[]): Decisions {
  const exemptAt = new Map<number, number>();
  const sharedAt = new Map<number, number>();
  const apartAt = new Map<string, number>();
  const mergedAt = new Map<string, number>();
  for (const { kind, keyNumbers, lastAt } of assertions) {
    if (kind === 'exempt') for (const key of keyNumbers) raise(exemptAt, key, lastAt);
    if (kind === 'shared') for (const key of keyNumbers) raise(sharedAt, key, lastAt);
    if (kind === 'apart') for (const pair of pairsOf(keyNumbers)) raise(apartAt, pair, lastAt);
    if (kind === 'merge') for (const pair of pairsOf(keyNumbers)) raise(mergedAt, pair, lastAt);
  }
  const apart = new Map<number, { other: number; at: number }[]>();
  for (const [pair, at] of apartAt) {
    if ((mergedAt.get(pair) ?? Number.NEGATIVE_INFINITY) > at) continue;
    const [a, b] = pair.split(' ').map(Number) as [number, number];
    apart.set(a, [...(apart.get(a) ?? []), { other: b, at }]);
    apart.set(b, [...(apart.get(b) ?? []), { other: a, at }]);
  }
  const later = (map: Map<number, number>, than: Map<number, number>): Set<number> =>
    new Set(
      [...map].filter(([key, at]) => at > (than.get(key) ?? Number.NEGATIVE_INFINITY)).map(([key]) => key),
    );
  return {
    exempt: later(exemptAt, sharedAt),
    // At equal times the cautious decision holds: what glues nobody harms nobody.
    declaredShared: new Set(
      [...sharedAt.keys()].filter((key) => sharedAt.get(key)! >= (exemptAt.get(key) ?? -Infinity)),
    ),
    keepsApart(left, right, since = Number.NEGATIVE_INFINITY) {
      if (apart.size === 0) return false;
      for (const key of left.keys()) {
        for (const { other, at } of apart.get(key) ?? []) if (at > since && right.has(other)) return true;
      }
      return false;
    },
  };
}

function raise<Key>(map: Map<Key, number>, key: Key, at: number): void {
  if (at > (map.get(key) ?? Number.NEGATIVE_INFINITY)) map.set(key, at);
}

function pairsOf(keys: readonly number[]): string[] {
  const [anchor, ...others] = keys;
  return others.map((other) => (anchor! < other ? `${anchor} ${other}` : `${other} ${anchor}`));
}
