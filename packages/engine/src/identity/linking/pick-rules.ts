import type { BlockingRule } from './choose-blocking.ts';
import { weightOf, type Model, type RulePattern } from './train-model.ts';

/** A rule that finds less than this share of the matches that the others do not find is not worth its pairs. */
const LEAST_GAIN = 0.0001;
/**
 * A rule that finds one match more among more new pairs than this is worth them only while pairs are free: what it is
 * expected to find is the sum of many probabilities near nothing. Half of the pairs of large files came by such rules;
 * without them F1 of every labelled set is the same to the third digit.
 */
const MOST_PAIRS_A_MATCH = 20_000;

/** Pairs of the records whose patterns are known. */
export interface PairBudget {
  /** No more than these are spent. */
  readonly most: number;
  /** Up to so many cost next to nothing. */
  readonly free: number;
}

/**
 * Of many rules those that find most matches for their pairs, by what some records have shown under all of them: again
 * and again the one with the most new expected matches for each new pair, until the pairs are spent or no rule finds
 * anything that matters.
 */
export function pickRules(
  rules: readonly BlockingRule[],
  patterns: readonly RulePattern[],
  model: Model,
  budget: PairBudget,
): BlockingRule[] {
  const prior = Math.log2(model.prior / (1 - model.prior));
  let open = patterns.map(({ levels, count, rules: proposers }) => ({
    proposers,
    count,
    expected: count / (1 + 2 ** -(prior + weightOf(model, levels))),
  }));
  const enough = LEAST_GAIN * open.reduce((sum, { expected }) => sum + expected, 0);
  const left = new Set(rules.keys());
  const picked: number[] = [];
  for (let spent = 0; left.size > 0;) {
    const yields = [...left].map((rule) => {
      const found = open.filter(({ proposers }) => proposers.has(rule));
      return {
        rule,
        pairs: found.reduce((sum, { count }) => sum + count, 0),
        matches: found.reduce((sum, { expected }) => sum + expected, 0),
      };
    });
    const [best] = yields
      .filter(
        ({ pairs, matches }) =>
          matches > enough &&
          (picked.length === 0 || spent + pairs <= budget.most) &&
          (spent + pairs <= budget.free || matches * MOST_PAIRS_A_MATCH > pairs),
      )
      .sort((a, b) => b.matches / b.pairs - a.matches / a.pairs);
    if (!best) break;
    spent += best.pairs;
    picked.push(best.rule);
    left.delete(best.rule);
    open = open.filter(({ proposers }) => !proposers.has(best.rule));
  }
  return picked.length === 0 ? rules.slice(0, 1) : picked.sort((a, b) => a - b).map((rule) => rules[rule]!);
}
