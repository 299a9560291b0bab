import type { BlockingRule } from './choose-blocking.ts';
import type { Comparison } from './comparisons.ts';
import {
  estimatePrior,
  noCounts,
  sharesOfMatches,
  trainOnBlock,
  type Model,
  type Pattern,
  type RulePattern,
  type Shares,
  type Strangers,
} from './train-model.ts';

/** Strangers who agree, or nearly, on one comparison. */
export interface Block {
  readonly given: number;
  readonly strangers: readonly Pattern[];
  /** Expected matches among the pairs of the block, which are not in `strangers` but for those that were not known. */
  readonly matches: number;
}

/** With which learning begins. */
const MATCHES_A_RECORD = 0.2;

/**
 * `m` from the pairs of each rule in turn, for the comparisons on which the rule does not itself make pairs agree,
 * over the matches that each rule found; then the prior, of `allPairs` that could be formed. `rows`: records whose pairs
 * these are.
 */
export function learnWeights(
  patterns: readonly RulePattern[],
  {
    comparisons,
    rules,
    strangers,
  }: { comparisons: readonly Comparison[]; rules: readonly BlockingRule[]; strangers: Strangers },
  { rows, allPairs }: { rows: number; allPairs: number },
): Model & { blocks: Block[] } {
  const levelCounts = comparisons.map((comparison) => comparison.levels.length);
  const start: Model = { ...strangers, m: firstGuess(strangers.u), prior: 1 / Math.max(rows, 2) };
  const blocks: Block[] = [];
  const sums = noCounts(levelCounts, strangers.parents);
  for (const [index, rule] of rules.entries()) {
    const frozen = new Set(
      comparisons.flatMap((comparison, i) => (rule.columns.includes(comparison.profile.column) ? [i] : [])),
    );
    const proposed = patterns.filter((pattern) => pattern.rules.has(index));
    if (proposed.length === 0 || frozen.size === comparisons.length) continue;
    const {
      counts,
      matches,
      strangers: others,
    } = trainOnBlock(proposed, start, { frozen, matches: MATCHES_A_RECORD * rows });
    const [given] = frozen;
    if (frozen.size === 1 && given !== undefined && matches < sumOf(others))
      blocks.push({ given, strangers: others, matches });
    // A rule that sees more matches than there are records has learnt something else, and does not outvote the others.
    const worth = Math.min(1, rows / Math.max(1, matches));
    counts.forEach((table, i) =>
      table.forEach((row, given) =>
        row.forEach((count, level) => (sums[i]![given]![level]! += worth * count)),
      ),
    );
  }
  const model = { ...start, m: sharesOfMatches(sums, strangers, start.m), blocks };
  model.prior = estimatePrior(patterns, model, allPairs);
  return model;
}

const sumOf = (patterns: readonly Pattern[]): number => patterns.reduce((sum, { count }) => sum + count, 0);

/** Matches mostly agree: nine in ten on the best level, the rest spread. */
function firstGuess(u: Shares): Shares {
  const guess = (levels: readonly number[]): number[] =>
    levels.map((_, level) => (level === 0 ? 0.9 : 0.1 / (levels.length - 1)));
  return { all: u.all.map(guess), given: u.given.map((rows) => rows?.map(guess)) };
}
