import { expect, test } from 'vitest';
import { cumulativeConversion } from './cumulative-conversion.ts';

test('people who entered together: simply converted ÷ people', () => {
  const shares = cumulativeConversion(
    [
      { watchedDays: 3, convertedOnDay: 0, people: 10 },
      { watchedDays: 3, convertedOnDay: 2, people: 5 },
      { watchedDays: 3, convertedOnDay: undefined, people: 85 },
    ],
    3,
  );
  expect(shares.map((share) => Number(share.toFixed(12)))).toEqual([0.1, 0.1, 0.15, 0.15]);
});

test('who has not lived a day yet does not count for it', () => {
  // Days 0: 20 at risk, 2 convert. Day 1: the 10 newcomers are gone; of 9 left 3 convert: 1 − 0.9 · 6/9.
  const shares = cumulativeConversion(
    [
      { watchedDays: 0, convertedOnDay: 0, people: 1 },
      { watchedDays: 0, convertedOnDay: undefined, people: 9 },
      { watchedDays: 1, convertedOnDay: 0, people: 1 },
      { watchedDays: 1, convertedOnDay: 1, people: 3 },
      { watchedDays: 1, convertedOnDay: undefined, people: 6 },
    ],
    1,
  );
  expect(shares[0]).toBeCloseTo(0.1, 12);
  expect(shares[1]).toBeCloseTo(0.4, 12);
});

test('nobody', () => {
  expect(cumulativeConversion([], 2)).toEqual([0, 0, 0]);
});
