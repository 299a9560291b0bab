import type { AttributionModel } from '@wutong/contract';

/** Paths alike: touches in order (numbers from 0), and what came of them. */
export interface TouchPath {
  readonly touches: readonly number[];
  readonly conversions: number;
  readonly value: number;
  /** How many such paths ended without a conversion. */
  readonly lost: number;
}

export interface Credit {
  conversions: number;
  value: number;
}

/** Models that need the order of touches only. */
export type PathModel = Exclude<AttributionModel, 'time_decay'>;

/** Credit of each touch (by its number) under a model; the credits add up to all conversions of paths with touches. */
export function attributePaths(paths: readonly TouchPath[], touches: number, model: PathModel): Credit[] {
  if (model === 'markov') return markovCredits(paths, touches);
  const credits = Array.from({ length: touches }, () => ({ conversions: 0, value: 0 }));
  for (const path of paths) {
    if (path.touches.length === 0 || path.conversions === 0) continue;
    for (const [touch, weight] of weightsOf(path.touches, model)) {
      credits[touch]!.conversions += weight * path.conversions;
      credits[touch]!.value += weight * path.value;
    }
  }
  return credits;
}

/** Shares of one conversion; they add up to 1. A touch may occur several times. */
function weightsOf(touches: readonly number[], model: Exclude<PathModel, 'markov'>): [number, number][] {
  const [first, last] = [touches[0]!, touches.at(-1)!];
  switch (model) {
    case 'first':
      return [[first, 1]];
    case 'last':
      return [[last, 1]];
    case 'linear':
      return touches.map((touch) => [touch, 1 / touches.length]);
    case 'position':
      return touches.map((touch, index) => [touch, positionShare(index, touches.length)]);
    case 'shapley': {
      // With v(S) = conversions of paths whose touches all lie in S, the game is a sum of unanimity games, and
      // the Shapley value shares each conversion equally among the different touches of its path.
      const different = [...new Set(touches)];
      return different.map((touch) => [touch, 1 / different.length]);
    }
  }
}

/** 40 % for the first, 40 % for the last, the rest for those between; of two, half each. */
function positionShare(index: number, length: number): number {
  if (length === 1) return 1;
  if (length === 2) return 0.5;
  return index === 0 || index === length - 1 ? 0.4 : 0.2 / (length - 2);
}

/**
 * Removal effects in the first-order Markov chain of all paths (Anderl et al., 2016): how much of the
 * probability of conversion goes when every way into a touch leads to nothing. Conversions and value are shared
 * in proportion to the effects.
 */
function markovCredits(paths: readonly TouchPath[], touches: number): Credit[] {
  const chain = transitions(paths, touches);
  const whole = conversionProbability(chain, touches, undefined);
  const effects = Array.from({ length: touches }, (_, touch) =>
    whole === 0 ? 0 : 1 - conversionProbability(chain, touches, touch) / whole,
  );
  const sum = effects.reduce((total, effect) => total + effect, 0);
  const withTouches = paths.filter((path) => path.touches.length > 0);
  const conversions = withTouches.reduce((total, path) => total + path.conversions, 0);
  const value = withTouches.reduce((total, path) => total + path.value, 0);
  return effects.map((effect) => {
    const share = sum === 0 ? 0 : effect / sum;
    return { conversions: share * conversions, value: share * value };
  });
}

interface Chain {
  /** Probability of going from state i (touches, then the start) to touch j. */
  readonly next: number[][];
  /** Probability of converting at once from state i. */
  readonly converts: number[];
}

function transitions(paths: readonly TouchPath[], touches: number): Chain {
  const states = touches + 1;
  const counts = Array.from({ length: states }, () => Array.from({ length: touches }, () => 0));
  const converts = Array.from({ length: states }, () => 0);
  const leaving = Array.from({ length: states }, () => 0);
  for (const { touches: path, conversions, lost } of paths) {
    if (path.length === 0) continue;
    const weight = conversions + lost;
    let state = touches;
    for (const touch of path) {
      counts[state]![touch]! += weight;
      leaving[state]! += weight;
      state = touch;
    }
    converts[state]! += conversions;
    leaving[state]! += weight;
  }
  return {
    next: counts.map((row, state) =>
      row.map((count) => (leaving[state] === 0 ? 0 : count / leaving[state]!)),
    ),
    converts: converts.map((count, state) => (leaving[state] === 0 ? 0 : count / leaving[state]!)),
  };
}

/** Probability of reaching conversion from the start: x = converts + next · x, solved by elimination. */
function conversionProbability(
  { next, converts }: Chain,
  touches: number,
  removed: number | undefined,
): number {
  const size = touches;
  const isGone = (state: number) => state === removed;
  const rows = Array.from({ length: size }, (_, state) => [
    ...Array.from(
      { length: size },
      (_, to) => (state === to ? 1 : 0) - (isGone(to) || isGone(state) ? 0 : next[state]![to]!),
    ),
    isGone(state) ? 0 : converts[state]!,
  ]);
  const solution = solve(rows);
  return next[touches]!.reduce((sum, share, to) => sum + (isGone(to) ? 0 : share * solution[to]!), 0);
}

/** Gauss–Jordan with partial pivots; a state that nothing leaves for conversion solves to 0. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const divisor = rows[column]![column]!;
    if (Math.abs(divisor) < 1e-12) continue;
    rows[column] = rows[column]!.map((value) => value / divisor);
    for (let row = 0; row < size; row++) {
      const factor = rows[row]![column]!;
      if (row === column || factor === 0) continue;
      rows[row] = rows[row]!.map((value, index) => value - factor * rows[column]![index]!);
    }
  }
  return rows.map((row, index) => (Math.abs(row[index]!) < 1e-12 ? 0 : row[size]!));
}
