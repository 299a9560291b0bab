import { expect, test } from 'vitest';
import { compareMeans, holmCorrected } from './compare-means.ts';

test.each([
  // scipy.stats.ttest_ind_from_stats, which says more than Welch’s statistic under the normal curve.
  [{ count: 5, mean: 3, variance: 2 }, { count: 4, mean: 5, variance: 1.5 }, 0.0608725792124358],
  [{ count: 3, mean: 3, variance: 2 }, { count: 4, mean: 5, variance: 1.5 }, 0.10085389388293314],
  [{ count: 2, mean: 10, variance: 1 }, { count: 2, mean: 12, variance: 2 }, 0.24407105398154558],
])('few people: Student’s p of %j and %j', (first, second, p) => {
  expect(compareMeans(first, second).p).toBeCloseTo(p, 12);
});

test('of amounts that a few people make, audiences drawn by lot are seldom found different', () => {
  let state = 20_260_301;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
  const amount = () => Math.exp(2 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()));
  const sampleOf = (values: readonly number[]) => {
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    return { count: values.length, mean, variance: squares / (values.length - 1) };
  };
  const everybody = sampleOf(Array.from({ length: 5_000 }, amount));
  const found = Array.from({ length: 300 }, () => sampleOf(Array.from({ length: 10 }, amount))).filter(
    (few) => compareMeans(few, everybody).p < 0.05,
  );
  expect(found.length).toBeLessThan(30);
});

test('Welch’s statistic, its p, and Cohen’s d, as scipy and the formulas give them', () => {
  const { effect, p } = compareMeans(
    { count: 400, mean: 5.2, variance: 9 },
    { count: 900, mean: 4.9, variance: 4 },
  );
  // z = 0.3 / sqrt(9/400 + 4/900); scipy.stats.norm.sf(z) · 2; pooled variance (399·9 + 899·4) / 1298
  expect(p).toBeCloseTo(0.06760613689648609, 12);
  expect(effect).toBeCloseTo(0.3 / Math.sqrt((399 * 9 + 899 * 4) / 1298), 12);
  expect(compareMeans({ count: 1, mean: 5, variance: 0 }, { count: 9, mean: 4, variance: 1 })).toEqual({
    effect: 0,
    p: 1,
  });
});

test('nobody differs from the own side: nothing to measure by', () => {
  const side = (mean: number) => ({ count: 9, mean, variance: 0 });
  expect(compareMeans(side(1), side(2))).toEqual({ effect: 0, p: 1 });
});

test('Holm’s correction', () => {
  // statsmodels.stats.multitest.multipletests([0.01, 0.04, 0.03, 0.005], method='holm')
  const looks = [0.01, 0.04, 0.03, 0.005].map((p) => ({ p, weight: 1 }));
  const corrected = holmCorrected(looks, 4);
  for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(corrected[index]).toBeCloseTo(p, 12);
  // Of two things, one of which was looked at in a hundred places: each of those has a hundredth of its part.
  const weighted = holmCorrected(
    [
      { p: 0.0001, weight: 0.01 },
      { p: 0.03, weight: 1 },
    ],
    2,
  );
  for (const [index, p] of [0.02, 0.03 * 1.99].entries()) expect(weighted[index]).toBeCloseTo(p, 12);
});
