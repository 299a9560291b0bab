import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/** A sample of a number. */
export interface Sample {
  readonly count: number;
  readonly mean: number;
  /** Unbiased (n − 1). */
  readonly variance: number;
}

/**
 * Two means: Cohen's d (pooled standard deviation) and the two-sided p-value of Welch's statistic, taken as
 * normal: samples here are of hundreds and more, where Student's t is no different.
 */
export function compareMeans(first: Sample, second: Sample): { effect: number; p: number } {
  if (first.count < 2 || second.count < 2) return { effect: 0, p: 1 };
  const difference = first.mean - second.mean;
  const error = Math.sqrt(first.variance / first.count + second.variance / second.count);
  const pooled = Math.sqrt(
    ((first.count - 1) * first.variance + (second.count - 1) * second.variance) /
      (first.count + second.count - 2),
  );
  if (error === 0) return { effect: 0, p: difference === 0 ? 1 : 0 };
  return { effect: difference / pooled, p: 2 * normalCdf(-Math.abs(difference) / error, 0, 1) };
}

/** Cohen's h: distance of two shares on the scale on which it means the same everywhere. */
export function cohensH(first: number, second: number): number {
  return 2 * Math.asin(Math.sqrt(first)) - 2 * Math.asin(Math.sqrt(second));
}

/** Holm's step-down correction (1979) for having looked at many things; in the order given. */
export function holmCorrected(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((one, other) => pValues[one]! - pValues[other]!);
  const corrected = pValues.map(() => 1);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    corrected[index] = highest;
  }
  return corrected;
}
