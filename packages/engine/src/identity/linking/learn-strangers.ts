import type { Block } from './learn-weights.ts';
import {
  countPattern,
  MISSING,
  noCounts,
  sharesOf,
  weightOf,
  type Model,
  type Pattern,
  type Strangers,
} from './train-model.ts';

/** Agreement on a column that strangers show more often than this tells little. */
const TELLING_BELOW = 0.1;
/** A column depends on another when strangers agree on both so many times as often as by chance, and not by luck. */
const LEAST_LIFT = 4;
const LEAST_DEVIATIONS = 5;
const LEAST_PAIRS = 10;
const LEAST_PAIRS_OF_BLOCK = 50;
/** Share of the matches of a block that may have been taken for strangers. */
const MATCHES_MISSED = 0.25;
/** Less is not known of pairs drawn at random. */
const LEAST_SHARE = 1e-4;

interface Tie {
  readonly one: number;
  readonly other: number;
  /** Bits of evidence that would be counted twice, times how often. */
  readonly bits: number;
}

/**
 * What strangers show, from pairs drawn at random: how often each level, and which columns hang together though no match
 * is (town and postcode, given name and sex), each with at most one other, its parent (Chow & Liu 1968). The few
 * matches among the pairs, which agree on most columns, are left out. `matchesAmongThem`: how many
 * may be left all the same. `blocks` show what chance shows too rarely.
 */
export function learnStrangers(
  random: readonly Pattern[],
  levelCounts: readonly number[],
  matchesAmongThem: number,
  blocks: readonly Block[] = [],
): Strangers {
  const leastPairs = Math.max(LEAST_PAIRS, matchesAmongThem);
  const agrees = (levels: readonly number[], index: number): boolean =>
    levels[index]! <= (levelCounts[index]! - 1) / 2;
  const telling = levelCounts.map((_, index) => {
    const filled = random.filter(({ levels }) => levels[index] !== MISSING);
    return pairsOf(filled.filter(({ levels }) => agrees(levels, index))) < TELLING_BELOW * pairsOf(filled);
  });
  /** Whether more than half of the telling columns agree, but for some. */
  const isAlike = ({ levels }: Pattern, least: number, but: readonly number[] = []): boolean => {
    const looked = levels.flatMap((level, index) =>
      level === MISSING || !telling[index] || but.includes(index) ? [] : [agrees(levels, index)],
    );
    const agreeing = looked.filter(Boolean).length;
    return agreeing >= least && 2 * agreeing > looked.length;
  };
  const strangers = random.filter((pattern) => !isAlike(pattern, 2));
  const ties: Tie[] = [];
  for (const one of levelCounts.keys()) {
    for (let other = one + 1; other < levelCounts.length; other++) {
      const filled = random.filter(
        (pattern) =>
          pattern.levels[one] !== MISSING &&
          pattern.levels[other] !== MISSING &&
          !isAlike(pattern, 1, [one, other]),
      );
      const first = filled.filter(({ levels }) => agrees(levels, one));
      const both = pairsOf(first.filter(({ levels }) => agrees(levels, other)));
      const second = pairsOf(filled.filter(({ levels }) => agrees(levels, other)));
      const expected = (pairsOf(first) * second) / Math.max(1, pairsOf(filled));
      if (both < leastPairs || both < LEAST_LIFT * expected) continue;
      if (both - expected < LEAST_DEVIATIONS * Math.sqrt(expected)) continue;
      ties.push({ one, other, bits: both * Math.log2(both / expected) });
    }
  }
  for (const { given, strangers: others, matches } of blocks) {
    for (const other of levelCounts.keys()) {
      if (other === given) continue;
      const filled = others.filter(
        (pattern) => pattern.levels[other] !== MISSING && !isAlike(pattern, 1, [given, other]),
      );
      const both = pairsOf(filled.filter(({ levels }) => agrees(levels, other)));
      const known = strangers.filter(({ levels }) => levels[other] !== MISSING);
      const usual =
        pairsOf(known.filter(({ levels }) => agrees(levels, other))) / Math.max(1, pairsOf(known));
      const expected = Math.max(usual, LEAST_SHARE) * pairsOf(filled);
      if (both < Math.max(LEAST_PAIRS_OF_BLOCK, MATCHES_MISSED * matches) || both < LEAST_LIFT * expected)
        continue;
      ties.push({ one: given, other, bits: both * Math.log2(both / expected) });
    }
  }
  const parents = plantTrees(ties, levelCounts.length);
  const counts = noCounts(levelCounts, parents);
  for (const levels of counts) levels.at(-1)!.fill(0.5);
  for (const pattern of strangers) countPattern(counts, pattern, { parents }, pattern.count);
  for (const { given, strangers: others } of blocks) {
    for (const pattern of others) {
      countPattern(counts, pattern, { parents }, pattern.count, (index) => parents[index] === given);
    }
  }
  return { u: sharesOf(counts), parents };
}

const pairsOf = (patterns: readonly Pattern[]): number => patterns.reduce((sum, { count }) => sum + count, 0);

/** The strongest ties that make no ring, each turned towards the first of its tree. */
function plantTrees(ties: readonly Tie[], count: number): (number | undefined)[] {
  const treeOf = Array.from({ length: count }, (_, index) => index);
  const neighbours = treeOf.map((): number[] => []);
  for (const { one, other } of ties.toSorted((a, b) => b.bits - a.bits)) {
    const [kept, gone] = [treeOf[one]!, treeOf[other]!];
    if (kept === gone) continue;
    for (const [index, tree] of treeOf.entries()) if (tree === gone) treeOf[index] = kept;
    neighbours[one]!.push(other);
    neighbours[other]!.push(one);
  }
  const parents = Array.from<number | undefined>({ length: count });
  const seen = new Set<number>();
  const visit = (index: number): void => {
    seen.add(index);
    for (const neighbour of neighbours[index]!) {
      if (seen.has(neighbour)) continue;
      parents[neighbour] = index;
      visit(neighbour);
    }
  };
  for (const index of treeOf.keys()) if (!seen.has(index)) visit(index);
  return parents;
}

/** The pairs less what a first model takes for matches. */
export const withoutMatches = (patterns: readonly Pattern[], model: Model): Pattern[] => {
  const prior = Math.log2(model.prior / (1 - model.prior));
  return patterns.map(({ levels, count }) => ({
    levels,
    count: count / (1 + 2 ** (prior + weightOf(model, levels))),
  }));
};
