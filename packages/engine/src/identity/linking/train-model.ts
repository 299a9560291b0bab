/** Pairs with the same levels of all comparisons, counted. 255: missing on one side. */
export interface Pattern {
  readonly levels: readonly number[];
  readonly count: number;
}

/** The same with the places of the rules that proposed them. */
export interface RulePattern extends Pattern {
  readonly rules: ReadonlySet<number>;
}

/** Per comparison and level: how often matches (`m`) and non-matches (`u`) show it. */
export interface Model {
  readonly m: number[][];
  readonly u: number[][];
  /** Share of matches among all pairs that could be formed. */
  prior: number;
}

const MISSING = 255;
const MAXIMUM_ITERATIONS = 200;
const TOLERANCE = 1e-6;
// No level is impossible: a probability of zero would let one column outvote all others.
const LEAST_PROBABILITY = 1e-6;

/** Shares of levels among pairs drawn at random, of which nearly none are matches: `u`. */
export function levelShares(patterns: readonly Pattern[], levelCounts: readonly number[]): number[][] {
  return levelCounts.map((levels, comparison) => {
    const counts = Array.from<number>({ length: levels }).fill(0.5);
    for (const pattern of patterns) {
      const level = pattern.levels[comparison]!;
      if (level !== MISSING) counts[level]! += pattern.count;
    }
    return normalised(counts);
  });
}

/**
 * Expectation–maximisation (Fellegi & Sunter 1969; Winkler 1988) for `m` and the share of matches among
 * the pairs of one blocking rule, with `u` given. `frozen`: comparisons on which the rule itself makes
 * pairs agree; they are left out. `matches`: about how many are expected; begun with far too many, columns that hang
 * together (town and postcode) are taken for what makes a match.
 */
export function trainOnBlock(
  patterns: readonly Pattern[],
  start: Model,
  { frozen, matches: expected }: { frozen: ReadonlySet<number>; matches: number },
): { m: number[][]; matches: number } {
  let m = start.m.map((levels) => [...levels]);
  const total = patterns.reduce((sum, pattern) => sum + pattern.count, 0);
  let share = Math.min(0.3, expected / total);
  const active = m.map((_, index) => index).filter((index) => !frozen.has(index));
  let matches = 0;
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    const next = m.map((levels) => levels.map(() => LEAST_PROBABILITY));
    matches = 0;
    for (const { levels, count } of patterns) {
      let odds = share / (1 - share);
      for (const index of active) {
        const level = levels[index]!;
        if (level !== MISSING) odds *= m[index]![level]! / start.u[index]![level]!;
      }
      const likely = count * (odds === Infinity ? 1 : odds / (1 + odds));
      matches += likely;
      for (const index of active) {
        const level = levels[index]!;
        if (level !== MISSING) next[index]![level]! += likely;
      }
    }
    share = Math.min(0.999_999, Math.max(1e-9, matches / total));
    const updated = m.map((levels, index) => (frozen.has(index) ? levels : normalised(next[index]!)));
    const change = Math.max(
      ...active.flatMap((i) => updated[i]!.map((value, level) => Math.abs(value - m[i]![level]!))),
    );
    m = updated;
    if (change < TOLERANCE) break;
  }
  return { m, matches };
}

/** The share of matches among all pairs, given `m` and `u`: pairs that no rule proposed count as none. */
export function estimatePrior(patterns: readonly Pattern[], model: Model, allPairs: number): number {
  let prior = model.prior;
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    let matches = 0;
    for (const { levels, count } of patterns) {
      const odds = (prior / (1 - prior)) * 2 ** weightOf(model, levels);
      matches += count * (odds === Infinity ? 1 : odds / (1 + odds));
    }
    const next = Math.min(0.5, Math.max(1e-12, matches / allPairs));
    if (Math.abs(next - prior) < prior * 1e-4) return next;
    prior = next;
  }
  return prior;
}

/** Sum of the base-2 logarithms of m ÷ u over the comparisons: the evidence without the prior. */
export function weightOf(model: Model, levels: readonly number[]): number {
  return levels.reduce(
    (sum, level, index) =>
      level === MISSING ? sum : sum + Math.log2(model.m[index]![level]! / model.u[index]![level]!),
    0,
  );
}

export function normalised(values: readonly number[]): number[] {
  const kept = values.map((value) => Math.max(value, LEAST_PROBABILITY));
  const sum = kept.reduce((total, value) => total + value, 0);
  return kept.map((value) => Math.max(LEAST_PROBABILITY, value / sum));
}
