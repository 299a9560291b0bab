import { expect, test } from 'vitest';
import { compareProportions, wilsonInterval, type Proportion } from './compare-proportions.ts';

const group = (converted: number, people: number): Proportion => ({ people, converted });

// Intervals and p: statsmodels 0.14, confint_proportions_2indep(method='newcomb') and proportions_ztest.
// The first three are examples of Newcombe (1998), table II, method 10.
test.each<[Proportion, Proportion, number, number, number, number]>([
  [group(56, 70), group(48, 80), 0.2, 0.05243147240236498, 0.33387265403690614, 0.00804508136819656],
  [group(9, 10), group(3, 10), 0.6, 0.1705227239345029, 0.809017973535488, 0.006169899320544151],
  [
    group(5, 56),
    group(0, 29),
    0.08928571428571429,
    -0.038137147903536936,
    0.19256001385511165,
    0.09718656817057973,
  ],
  [group(10, 10), group(0, 20), 1, 0.6790860371419145, 1, 4.320463057827506e-8],
  [group(0, 10), group(0, 20), 0, -0.1611251580528194, 0.27753279986288926, 1],
  [group(10, 10), group(10, 10), 0, -0.27753279986288937, 0.27753279986288937, 1],
  [
    group(1350, 9000),
    group(105, 1000),
    0.045,
    0.023229842392141188,
    0.06406103238561166,
    0.0001288454534519081,
  ],
  [group(2, 1000), group(1, 10), -0.098, -0.40215348959855546, -0.015707755394485032, 1.4578258507969501e-8],
])('%j against %j', (first, second, difference, low, high, p) => {
  const compared = compareProportions(first, second);
  expect(compared.difference).toBeCloseTo(difference, 12);
  expect(compared.low).toBeCloseTo(low, 9);
  expect(compared.high).toBeCloseTo(high, 9);
  expect(compared.p).toBeCloseTo(p, 12);
});

test('a group of nobody says nothing: the interval is what the other group leaves open', () => {
  expect(compareProportions(group(0, 0), group(0, 0))).toEqual({ difference: 0, low: -1, high: 1, p: 1 });
  const onlyTreated = compareProportions(group(56, 70), group(0, 0));
  expect(onlyTreated.p).toBe(1);
  expect(onlyTreated.low).toBeCloseTo(0.6918335550374695 - 1, 9);
  expect(onlyTreated.high).toBeCloseTo(0.8769526075163705, 9);
});

test('Wilson intervals as statsmodels computes them', () => {
  expect(wilsonInterval(group(0, 10)).low).toBe(0);
  expect(wilsonInterval(group(0, 10)).high).toBeCloseTo(0.27753279986288926, 9);
  expect(wilsonInterval(group(1350, 9000)).low).toBeCloseTo(0.1427723522480288, 9);
  expect(wilsonInterval(group(1350, 9000)).high).toBeCloseTo(0.157526300408927, 9);
});
