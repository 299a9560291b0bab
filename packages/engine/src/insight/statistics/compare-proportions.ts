import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** A group of independent people and how many of them did it. */
export interface Proportion {
  readonly people: number;
  readonly converted: number;
}

/** Difference of two shares with its interval and p-value. */
export interface ProportionDifference {
  /** First share − second share. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value of "both shares are the same"; 1 when nothing can be said. */
  readonly p: number;
}

/** Share of a group; 0 for a group of nobody. */
export function rateOf({ people, converted }: Proportion): number {
  return people === 0 ? 0 : converted / people;
}

/**
 * The share's score interval (Wilson 1927) at `confidence`; [0, 1] for a group of nobody, about whom
 * nothing is known.
 */
export function wilsonInterval(
  { people, converted }: Proportion,
  confidence = 0.95,
): { low: number; high: number } {
  if (people === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + confidence) / 2, 0, 1);
  const rate = converted / people;
  const centre = rate + (z * z) / (2 * people);
  const spread = z * Math.sqrt((rate * (1 - rate)) / people + (z * z) / (4 * people * people));
  const scale = 1 + (z * z) / people;
  // At no and at all converted the bound is 0 and 1 exactly; rounding would put it a hair beyond.
  return {
    low: converted === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    high: converted === people ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

/**
 * Compares two independent shares: Newcombe's hybrid score interval (Statistics in Medicine 17 (1998)
 * 873–890, method 10, no continuity correction) and the two-sided z-test with pooled variance. The interval
 * stays inside [−1, 1], is sound for small groups and shares of 0 and 1, and is [−1, 1] where a group has
 * nobody and the other tells nothing.
 */
export function compareProportions(
  first: Proportion,
  second: Proportion,
  confidence = 0.95,
): ProportionDifference {
  const [one, other] = [rateOf(first), rateOf(second)];
  const [firstScore, secondScore] = [wilsonInterval(first, confidence), wilsonInterval(second, confidence)];
  const difference = one - other;
  if (first.people === 0 || second.people === 0) {
    return {
      difference,
      low: firstScore.low - secondScore.high,
      high: firstScore.high - secondScore.low,
      p: 1,
    };
  }
  return {
    difference,
    low: difference - Math.hypot(one - firstScore.low, secondScore.high - other),
    high: difference + Math.hypot(firstScore.high - one, other - secondScore.low),
    p: pooledTest(first, second, difference),
  };
}

function pooledTest(first: Proportion, second: Proportion, difference: number): number {
  const pooled = (first.converted + second.converted) / (first.people + second.people);
  const variance = pooled * (1 - pooled) * (1 / first.people + 1 / second.people);
  // Nobody or everybody converted, in both groups: the same.
  if (variance === 0) return 1;
  return Math.min(1, 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance), 0, 1));
}
