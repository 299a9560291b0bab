import { expect, test } from 'vitest';
import { cohensH, compareMeans, holmCorrected } from './compare-means.ts';

test('Welch’s statistic, its p, and Cohen’s d, as scipy and the formulas give them', () => {
  const { effect, p } = compareMeans(
    { count: 400, mean: 5.2, variance: 4 },
    { count: 900, mean: 4.9, variance: 9 },
  );
  // z = 0.3 / sqrt(4/400 + 9/900); scipy.stats.norm.sf(z) · 2; pooled variance (399·4 + 899·9) / 1298
  expect(p).toBeCloseTo(0.033894853524689274, 12);
  expect(effect).toBeCloseTo(0.3 / Math.sqrt((399 * 4 + 899 * 9) / 1298), 12);
  expect(compareMeans({ count: 1, mean: 5, variance: 0 }, { count: 9, mean: 4, variance: 1 })).toEqual({
    effect: 0,
    p: 1,
  });
});

test('Cohen’s h and Holm’s correction', () => {
  expect(cohensH(0.5, 0.25)).toBeCloseTo(Math.PI / 2 - (2 * Math.PI) / 6, 12);
  // statsmodels.stats.multitest.multipletests([0.01, 0.04, 0.03, 0.005], method='holm')
  const corrected = holmCorrected([0.01, 0.04, 0.03, 0.005]);
  for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(corrected[index]).toBeCloseTo(p, 12);
});
