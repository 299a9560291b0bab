import type { AnalysedEvent } from '@wutong/contract';
import { expect, test } from 'vitest';
import { overlapOf } from './funnel-overlap.ts';

const is = (property: string, value: string | number): AnalysedEvent['where'][number] => ({
  property,
  operator: 'eq',
  value,
});
const step = (event: string, ...where: AnalysedEvent['where']): AnalysedEvent => ({ event, where });

test.each<[string, AnalysedEvent[], number[][], number]>([
  ['other names', [step('a'), step('b')], [[0], [1]], 1],
  ['the same', [step('a'), step('b'), step('a')], [[0, 2], [1]], 1],
  ['other values', [step('a', is('page', 'x')), step('a', is('page', 'y'))], [[0], [1]], 1],
  ['a text that may be the number', [step('a', is('n', '1')), step('a', is('n', 1))], [[0], [1]], 2],
  ['values of other properties', [step('a', is('page', 'x')), step('a', is('tab', 'y'))], [[0], [1]], 2],
  ['any event', [step('a'), step('*'), step('b')], [[0], [1], [2]], 3],
  [
    'one by way of another',
    [step('a', is('p', 'x')), step('a', is('p', 'y')), step('a')],
    [[0], [1], [2]],
    3,
  ],
  [
    'those in a list and beside it',
    [
      step('a', { property: 'p', operator: 'in', value: ['x', 'y'] }),
      step('a', is('p', 'z')),
      step('a', is('p', 'y')),
    ],
    [[0], [1], [2]],
    2,
  ],
])('%s', (_, steps, classes, alike) => {
  expect(overlapOf(steps)).toEqual({ classes, alike });
});
