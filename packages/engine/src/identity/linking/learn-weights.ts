import type { BlockingRule } from './choose-blocking.ts';
import type { Comparison } from './comparisons.ts';
import { estimatePrior, normalised, trainOnBlock, type Model, type RulePattern } from './train-model.ts';

/** With which learning begins. */
const MATCHES_A_RECORD = 0.2;

/**
 * `m` from the pairs of each rule in turn, for the comparisons on which the rule does not itself make pairs agree,
 * averaged by the matches that each rule found; then the prior, of `allPairs` that could be formed. `u` is given. `rows`: records whose
 * pairs these are.
 */
export function learnWeights(
  patterns: readonly RulePattern[],
  {
    comparisons,
    rules,
    u,
  }: { comparisons: readonly Comparison[]; rules: readonly BlockingRule[]; u: number[][] },
  { rows, allPairs }: { rows: number; allPairs: number },
): Model {
  const levelCounts = comparisons.map((comparison) => comparison.levels.length);
  const start: Model = { m: levelCounts.map(firstGuess), u, prior: 1 / Math.max(rows, 2) };
  const sums = levelCounts.map((levels) => Array.from<number>({ length: levels }).fill(0));
  for (const [index, rule] of rules.entries()) {
    const frozen = new Set(
      comparisons.flatMap((comparison, i) => (rule.columns.includes(comparison.profile.column) ? [i] : [])),
    );
    const proposed = patterns.filter((pattern) => pattern.rules.has(index));
    if (proposed.length === 0 || frozen.size === comparisons.length) continue;
    const trained = trainOnBlock(proposed, start, { frozen, matches: MATCHES_A_RECORD * rows });
    trained.m.forEach((levels, i) => {
      if (frozen.has(i)) return;
      levels.forEach((value, level) => (sums[i]![level]! += value * trained.matches));
    });
  }
  const m = sums.map((levels, i) =>
    levels.some((value) => value > 0) ? normalised(shares(levels)) : start.m[i]!,
  );
  const model: Model = { m, u, prior: start.prior };
  model.prior = estimatePrior(patterns, model, allPairs);
  return model;
}

function shares(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Matches mostly agree: nine in ten on the best level, the rest spread. */
function firstGuess(levels: number): number[] {
  return Array.from({ length: levels }, (_, level) => (level === 0 ? 0.9 : 0.1 / (levels - 1)));
}
