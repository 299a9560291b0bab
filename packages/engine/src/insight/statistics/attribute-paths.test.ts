import { expect, test } from 'vitest';
import { attributePaths, type TouchPath } from './attribute-paths.ts';

const [A, B, C] = [0, 1, 2] as const;
const path = (touches: number[], conversions: number, lost: number): TouchPath => ({
  touches,
  conversions,
  value: conversions * 10,
  lost,
});
const paths = [
  path([A, B, A], 3, 0),
  path([B], 1, 4),
  path([A, C], 2, 2),
  path([C, B, C], 1, 5),
  path([A], 0, 7),
  path([], 9, 0),
];

test.each([
  ['first', [5, 1, 1]],
  ['last', [3, 1, 3]],
  ['linear', [2 + 1, 1 + 1 + 1 / 3, 1 + 2 / 3]],
  ['position', [3 * 0.8 + 1, 3 * 0.2 + 1 + 0.2, 1 + 0.8]],
  ['shapley', [1.5 + 1, 1.5 + 1 + 0.5, 1 + 0.5]],
] as const)('%s', (model, expected) => {
  const credits = attributePaths(paths, 3, model);
  for (const [touch, conversions] of expected.entries()) {
    expect(credits[touch]!.conversions).toBeCloseTo(conversions, 12);
    expect(credits[touch]!.value).toBeCloseTo(conversions * 10, 10);
  }
});

test('Markov: removal effects as a simulation of the chain by power iteration gives them', () => {
  const credits = attributePaths(paths, 3, 'markov').map((credit) => credit.conversions);
  for (const [touch, conversions] of [2.8958790677817414, 1.768281017221863, 2.3358399149963955].entries()) {
    expect(credits[touch]!).toBeCloseTo(conversions, 9);
  }
});

test('Markov on nothing, and on paths that never convert', () => {
  expect(attributePaths([], 2, 'markov')).toEqual([
    { conversions: 0, value: 0 },
    { conversions: 0, value: 0 },
  ]);
  expect(attributePaths([path([A, A], 0, 5)], 1, 'markov')).toEqual([{ conversions: 0, value: 0 }]);
});
