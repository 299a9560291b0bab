/** Pairs with the same levels of all comparisons, counted. 255: missing on one side. */
export interface Pattern {
  readonly levels: readonly number[];
  readonly count: number;
}

/** The same with the places of the rules that proposed them. */
export interface RulePattern extends Pattern {
  readonly rules: ReadonlySet<number>;
}

/** How often pairs show a level, by comparison. */
export interface Shares {
  readonly all: number[][];
  /** The same for each level of the comparison on which it depends. */
  readonly given: (number[][] | undefined)[];
}

/** What is known of strangers before matches are. */
export interface Strangers {
  readonly u: Shares;
  /**
   * For each comparison the one that it depends on, as a postcode does on the town: agreement on both is not the
   * evidence that the two would be by themselves.
   */
  readonly parents: readonly (number | undefined)[];
}

/** How often matches (`m`) and strangers (`u`) show each level. */
export interface Model extends Strangers {
  readonly m: Shares;
  /** Share of matches among all pairs that could be formed. */
  prior: number;
}

export const MISSING = 255;
const MAXIMUM_ITERATIONS = 200;
const TOLERANCE = 1e-6;
// No level is impossible: a probability of zero would let one column outvote all others.
const LEAST_PROBABILITY = 1e-6;
/** What is known of a level of the parent counts as much as so many pairs that show what all do. */
const SMOOTHING_PAIRS = 10;
/** Share of matches, at least, whose value has become another one: no single column speaks against a match for sure. */
const LEAST_CHANGED = 0.02;
/** With fewer columns, a match whose value has changed cannot be told from strangers. */
const COLUMNS_FOR_CHANGES = 5;

/** Counted levels by comparison, and within it by the level of its parent; the last row: it has none, or it is missing. */
export type Counts = number[][][];

/** No pairs yet, for comparisons with so many levels. */
export const noCounts = (levelCounts: readonly number[], parents: Strangers['parents']): Counts =>
  levelCounts.map((levels, index) => {
    const parent = parents[index];
    const rows = parent === undefined ? 1 : levelCounts[parent]! + 1;
    return Array.from({ length: rows }, () => Array.from<number>({ length: levels }).fill(0));
  });

/** Adds pairs of a pattern to the counts of the comparisons it has levels of. */
export function countPattern(
  counts: Counts,
  { levels }: Pattern,
  { parents }: Pick<Strangers, 'parents'>,
  pairs: number,
  isCounted: (comparison: number) => boolean = () => true,
): void {
  for (const [index, level] of levels.entries()) {
    if (level === MISSING || !isCounted(index)) continue;
    counts[index]![rowOf(counts[index]!.length, levels, parents[index])]![level]! += pairs;
  }
}

function rowOf(rows: number, levels: readonly number[], parent: number | undefined): number {
  const level = parent === undefined ? MISSING : levels[parent]!;
  return level === MISSING ? rows - 1 : level;
}

/** Shares of counted levels; given a level of the parent with few pairs, what all show. */
export function sharesOf(counts: Counts): Shares {
  const all = counts.map((rows) => normalised(columnSums(rows)));
  return { all, given: counts.map((rows, index) => rowsGiven(rows, () => all[index]!)) };
}

/**
 * The same of matches. Some are always wrong or out of date, and what depends on what differs is then as it is of
 * strangers: who has moved has another postcode too. Where nothing was counted, what `otherwise` says.
 */
export function sharesOfMatches(counts: Counts, { u }: Strangers, otherwise: Shares): Shares {
  const least = counts.length < COLUMNS_FOR_CHANGES ? 0 : LEAST_CHANGED;
  const changed = (row: readonly number[], strangers: readonly number[]): number[] =>
    normalised(row).map((share, level) => (1 - least) * share + least * strangers[level]!);
  const all = counts.map((rows, index) => {
    const sums = columnSums(rows);
    return sums.every((sum) => sum === 0) ? otherwise.all[index]! : changed(sums, u.all[index]!);
  });
  const given = counts.map((rows, index) =>
    rowsGiven(rows, (level, levels) =>
      level <= (levels - 1) / 2 ? all[index]! : u.given[index]![level]!,
    )?.map((row, level) => changed(row, u.given[index]![level]!)),
  );
  return { all, given };
}

const columnSums = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, level) => rows.reduce((sum, row) => sum + row[level]!, 0));

function rowsGiven(
  rows: readonly (readonly number[])[],
  usual: (level: number, levels: number) => readonly number[],
): number[][] | undefined {
  if (rows.length === 1) return undefined;
  const ofLevels = rows.slice(0, -1);
  return ofLevels.map((row, given) =>
    normalised(row.map((count, level) => count + SMOOTHING_PAIRS * usual(given, ofLevels.length)[level]!)),
  );
}

/** How much more often a match shows a level than strangers do: the shares of a level, m ÷ u. */
function likelihood(m: Shares, { u, parents }: Strangers, levels: readonly number[], index: number): number {
  const level = levels[index]!;
  if (level === MISSING) return 1;
  const parent = parents[index];
  const given = parent === undefined ? MISSING : levels[parent]!;
  return given === MISSING
    ? m.all[index]![level]! / u.all[index]![level]!
    : m.given[index]![given]![level]! / u.given[index]![given]![level]!;
}

/**
 * Expectation–maximisation (Fellegi & Sunter 1969; Winkler 1988) for `m` and the share of matches among
 * the pairs of one blocking rule. `u` is learnt with them, of the strangers within the block: those of one name have
 * similar e-mail addresses too, which is no evidence there; but where strangers are few they are taken to be as usual. `frozen`: comparisons on which the rule itself makes
 * pairs agree; they are left out. `matches`: about how many are expected. Returns the levels that matches were seen to
 * have, and the pairs less the matches.
 */
export function trainOnBlock(
  patterns: readonly Pattern[],
  start: Model,
  { frozen, matches: begun }: { frozen: ReadonlySet<number>; matches: number },
): { counts: Counts; matches: number; strangers: Pattern[] } {
  const levelCounts = start.u.all.map((levels) => levels.length);
  const total = patterns.reduce((sum, pattern) => sum + pattern.count, 0);
  const active = levelCounts.map((_, index) => index).filter((index) => !frozen.has(index));
  const isActive = (index: number): boolean => !frozen.has(index);
  let share = Math.min(0.3, begun / total);
  let { m } = start;
  let strange: Strangers = start;
  for (let iteration = 0; ; iteration++) {
    const counts = noCounts(levelCounts, start.parents);
    const others = pairsAsUsual(start, begun);
    const strangers: Pattern[] = [];
    let matches = 0;
    for (const pattern of patterns) {
      let odds = share / (1 - share);
      for (const index of active) odds *= likelihood(m, strange, pattern.levels, index);
      const likely = pattern.count * (odds === Infinity ? 1 : odds / (1 + odds));
      matches += likely;
      countPattern(counts, pattern, start, likely, isActive);
      countPattern(others, pattern, start, pattern.count - likely, isActive);
      strangers.push({ levels: pattern.levels, count: pattern.count - likely });
    }
    share = Math.min(0.999_999, Math.max(1e-9, matches / total));
    const updated = sharesOfMatches(counts, start, m);
    strange = { ...start, u: sharesOf(others) };
    const change = Math.max(
      ...active.flatMap((i) => updated.all[i]!.map((value, level) => Math.abs(value - m.all[i]![level]!))),
    );
    m = updated;
    if (change < TOLERANCE || iteration === MAXIMUM_ITERATIONS) return { counts, matches, strangers };
  }
}

/** So many pairs of strangers, as they are among all. */
function pairsAsUsual({ u, parents }: Strangers, pairs: number): Counts {
  return u.all.map((levels, index) => {
    const parent = parents[index];
    const given = u.given[index];
    if (parent === undefined || !given) return [levels.map((share) => pairs * share)];
    return [
      ...given.map((row, level) => row.map((share) => pairs * u.all[parent]![level]! * share)),
      levels.map(() => 0),
    ];
  });
}

/** The share of matches among all pairs, given `m` and `u`: pairs that no rule proposed count as none. */
export function estimatePrior(patterns: readonly Pattern[], model: Model, allPairs: number): number {
  const weighed = patterns.map(({ levels, count }) => ({ count, ratio: 2 ** weightOf(model, levels) }));
  let prior = model.prior;
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    let matches = 0;
    for (const { count, ratio } of weighed) {
      const odds = (prior / (1 - prior)) * ratio;
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
  return levels.reduce((sum, _, index) => sum + Math.log2(likelihood(model.m, model, levels, index)), 0);
}

function normalised(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  const kept = values.map((value) => Math.max(value / total, LEAST_PROBABILITY));
  const sum = kept.reduce((all, value) => all + value, 0);
  return kept.map((value) => Math.max(LEAST_PROBABILITY, value / sum));
}
