import type { BucketUnit } from '@wutong/contract';

/** What is usual at the place of a value, and whether the value is not. */
export interface Usual {
  readonly expected: number;
  /** Values from `low` to `high` are usual. */
  readonly low: number;
  readonly high: number;
}

/** Lengths after which a series repeats itself, the longest first: hours of the week, hours of the day, weekdays … */
const SEASONS: Readonly<Record<BucketUnit, readonly number[]>> = {
  hour: [168, 24, 1],
  day: [7, 1],
  week: [52, 1],
  month: [12, 1],
};
/** A season is believed when it was seen whole this often. */
const LEAST_CYCLES = 2;
/** Older cycles say little of today. */
const MOST_CYCLES = 12;
/** What was seen at no season at all is looked back at this far. */
const MOST_POINTS = 60;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const MAD_TO_DEVIATION = 1.4826;
/** The same for the mean absolute deviation (Iglewicz and Hoaglin 1993), where more than half of all are equal. */
const MEAN_TO_DEVIATION = 1.2533;
/** Of the largest deviations, the share that is left out of that mean. */
const TRIMMED_SHARE = 0.1;

/**
 * What is usual right after `history` (oldest first): the median of the same place of the season, give or take
 * `sensitivity` robust standard deviations. The deviation is that of each point from the median of the others of
 * its place, so that a short history is not taken for a certain one; neither medians nor deviations follow single
 * outliers. Of counts it is never less than chance has it (the root of the expected number, Poisson). `unit`
 * undefined: some periods are missing, and no season can be told.
 */
export function usualAfter(
  history: readonly number[],
  options: { unit: BucketUnit | undefined; sensitivity: number; isCount: boolean },
): Usual {
  const seasons = options.unit === undefined ? [] : SEASONS[options.unit];
  const season = seasons.find((length) => history.length >= LEAST_CYCLES * length) ?? 1;
  const recent = history.slice(-(season === 1 ? MOST_POINTS : season * MOST_CYCLES));
  // Places count backwards from the value, which has place 0.
  const placeOf = (index: number): number => (recent.length - index) % season;
  const places = Array.from({ length: season }, (): number[] => []);
  for (const [index, value] of recent.entries()) places[placeOf(index)]!.push(value);
  const expected = medianOf(places[0]!);
  const deviations = places.flatMap((values) =>
    values.map((value, index) => Math.abs(value - medianOf(values.toSpliced(index, 1)))),
  );
  const chance = options.isCount ? Math.sqrt(Math.max(1, Math.abs(expected))) : 0;
  const width = options.sensitivity * Math.max(deviationOf(deviations), chance);
  const low = expected - width;
  // Fewer than none is not unusual but impossible.
  return { expected, low: options.isCount ? Math.max(0, low) : low, high: expected + width };
}

function deviationOf(deviations: readonly number[]): number {
  const median = medianOf(deviations);
  if (median > 0) return MAD_TO_DEVIATION * median;
  const kept = deviations
    .toSorted((one, other) => one - other)
    .slice(0, Math.ceil(deviations.length * (1 - TRIMMED_SHARE)));
  return (MEAN_TO_DEVIATION * kept.reduce((sum, each) => sum + each, 0)) / kept.length;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
