import type { BlockingRule } from './choose-blocking.ts';
import { weightOf, type Model, type RulePattern } from './train-model.ts';

/** A rule that finds less than this share of the matches that the others do not find is not worth its pairs. */
const LEAST_GAIN = 0.0001;

/**
 * Of many rules those that find most matches for their pairs, by what some records have shown under all of them: again
 * and again the one with the most new expected matches for each new pair, until `maximumPairs` of these records are
 * spent or no rule finds anything that matters.
 */
export function pickRules(
  rules: readonly BlockingRule[],
  patterns: readonly RulePattern[],
  model: Model,
  maximumPairs: number,
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
        ({ pairs, matches }) => matches > enough && (picked.length === 0 || spent + pairs <= maximumPairs),
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
