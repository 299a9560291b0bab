/** Scores put together: into the matrix of recency and frequency, and into the eight classes of the textbook. */
import type { RecencyAnswer } from '@wutong/contract';

export type RecencyCell = RecencyAnswer['cells'][number];

export interface Together {
  people: number;
  meanDays: number;
  meanEvents: number;
  meanValue: number;
}

const NOBODY: Together = { people: 0, meanDays: 0, meanEvents: 0, meanValue: 0 };

/** Several cells as one; means weighed by people. */
export function together(cells: readonly RecencyCell[]): Together {
  const people = cells.reduce((sum, cell) => sum + cell.people, 0);
  if (people === 0) return NOBODY;
  const mean = (of: 'meanDays' | 'meanEvents' | 'meanValue') =>
    cells.reduce((sum, cell) => sum + cell[of] * cell.people, 0) / people;
  return { people, meanDays: mean('meanDays'), meanEvents: mean('meanEvents'), meanValue: mean('meanValue') };
}

/** The eight classes, by whether recency, frequency and value are high, the worthiest first. */
export const valueClasses = {
  champion: [true, true, true],
  promising: [true, false, true],
  fading: [false, true, true],
  lost: [false, false, true],
  loyal: [true, true, false],
  fresh: [true, false, false],
  habitual: [false, true, false],
  dormant: [false, false, false],
} as const satisfies Record<string, readonly [boolean, boolean, boolean]>;
export type ValueClass = keyof typeof valueClasses;

/** Scores of one half: above the middle are high, with an odd number the middle one too. */
export function scoresOf(high: boolean, buckets: number): number[] {
  return Array.from({ length: buckets }, (_, index) => index + 1).filter(
    (score) => score > Math.floor(buckets / 2) === high,
  );
}
