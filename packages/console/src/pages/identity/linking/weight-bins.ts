import type { linkingApi } from '@wutong/contract';

/** Weights of thresholds: from 1 % to beyond all doubt. */
export const LEAST_THRESHOLD = -6.5;
export const MOST_THRESHOLD = 20;
export const THRESHOLD_STEP = 0.5;

export interface Thresholds {
  /** Base-2 logarithms of the odds. */
  link: number;
  review: number;
}

export const probabilityOf = (weight: number): number => 1 / (1 + 2 ** -weight);

/** The weight of a probability, at the next step of the slider from it on. */
export function weightOf(probability: number): number {
  const weight = Math.log2(probability / (1 - probability));
  const stepped = Math.ceil(Math.min(MOST_THRESHOLD, weight) / THRESHOLD_STEP - 1e-9) * THRESHOLD_STEP;
  // Without a minus before zero.
  return Math.max(LEAST_THRESHOLD, stepped) + 0;
}

export interface Zone {
  pairs: number;
  /** How many of them are one person, by their probabilities. */
  expected: number;
}

/** How many pairs fall where. */
export function zonesOf(
  bins: readonly linkingApi.WeightBin[],
  { link, review }: Thresholds,
): Record<'link' | 'review' | 'drop', Zone> {
  const zones = {
    link: { pairs: 0, expected: 0 },
    review: { pairs: 0, expected: 0 },
    drop: { pairs: 0, expected: 0 },
  };
  for (const { weight, pairs, expected } of bins) {
    const zone = zones[weight >= link ? 'link' : weight >= review ? 'review' : 'drop'];
    zone.pairs += pairs;
    zone.expected += expected;
  }
  return zones;
}
