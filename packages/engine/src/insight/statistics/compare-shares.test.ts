import { expect, test } from 'vitest';
import { cohensH, compareShares } from './compare-shares.ts';

const group = (converted: number, people: number) => ({ people, converted });

// scipy.stats.fisher_exact; the last has enough people for the pooled z-test (statsmodels.proportions_ztest).
test.each([
  [group(3, 3), group(100, 1000), 0.001054765796468831],
  [group(2, 2), group(1, 998), 6.006006006006006e-6],
  [group(0, 7), group(400, 900), 0.0198925136534546],
  [group(5, 6), group(1, 6), 0.08008658008658008],
  [group(4, 2_000), group(300, 998_000), 0.0034626489489345425],
  [group(0, 5), group(0, 9), 1],
  [group(5, 5), group(9, 9), 1],
  [group(1350, 9000), group(105, 1000), 0.0001288454534519081],
])('%j against %j', (first, second, p) => {
  expect(compareShares(first, second).p).toBeCloseTo(p, 10);
  expect(compareShares(second, first).p).toBeCloseTo(p, 10);
});

test('a group of nobody says nothing', () => {
  expect(compareShares(group(0, 0), group(3, 9))).toEqual({ effect: 0, p: 1 });
});

test('Cohen’s h', () => {
  expect(cohensH(0.5, 0.25)).toBeCloseTo(Math.PI / 2 - (2 * Math.PI) / 6, 12);
});
