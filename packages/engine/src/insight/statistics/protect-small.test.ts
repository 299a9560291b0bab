import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsToHide, type ProtectedCell } from './protect-small.ts';

const row = (people: number, ...sums: string[]): ProtectedCell => ({ people, sums });

test.each<[string, ProtectedCell[], number[]]>([
  ['nothing is small', [row(5, 'all'), row(9, 'all')], []],
  ['nobody is no secret', [row(0, 'all'), row(9, 'all')], []],
  ['one alone takes the next smallest', [row(2, 'all'), row(9, 'all'), row(7, 'all')], [0, 2]],
  [
    'two of one person each would be known to be of one',
    [row(1, 'all'), row(1, 'all'), row(8, 'all')],
    [0, 1, 2],
  ],
  ['two that are together enough', [row(3, 'all'), row(4, 'all'), row(8, 'all')], [0, 1]],
  [
    // Women of Beijing are few: of Beijing, of the women, and of all three sums somebody else is left out.
    'a sum of each dimension',
    [
      row(2, 'all', '北京', 'f'),
      row(50, 'all', '北京', 'm'),
      row(40, 'all', '上海', 'f'),
      row(60, 'all', '上海', 'm'),
    ],
    [0, 1, 2, 3],
  ],
])('%s', (_name, cells, hidden) => {
  expect([...cellsToHide(cells, 5)].sort((one, other) => one - other)).toEqual(hidden);
});

const SUMS: readonly string[] = ['all', 'a', 'b', 'c'];

test('what is left out of a sum is never one cell alone, nor of fewer people than the smallest group', () => {
  const cell = fc.record({
    people: fc.integer({ min: 0, max: 20 }),
    sums: fc.uniqueArray(fc.constantFrom(...SUMS), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 15 }), (cells) => {
      const hidden = cellsToHide(cells, 5);
      for (const sum of SUMS) {
        const of = cells.flatMap((each, place) =>
          each.sums.includes(sum) && each.people > 0 ? [place] : [],
        );
        const out = of.filter((place) => hidden.has(place));
        if (out.length === 0 || out.length === of.length) continue;
        expect(out.length).toBeGreaterThan(1);
        expect(out.reduce((people, place) => people + cells[place]!.people, 0)).toBeGreaterThanOrEqual(5);
      }
      expect(cells.every(({ people }, place) => people === 0 || people >= 5 || hidden.has(place))).toBe(true);
    }),
  );
});
