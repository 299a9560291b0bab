import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCohering } from './join-cohering.ts';

type Pair = readonly [left: number, right: number, probability: number];

const LINK_ABOVE = 0.9;

function groupsOf(records: number, pairs: readonly Pair[]): number[][] {
  const groupOf = joinCohering(records, {
    left: Uint32Array.from(pairs, ([left]) => left),
    right: Uint32Array.from(pairs, ([, right]) => right),
    probability: Float32Array.from(pairs, ([, , probability]) => probability),
    joins: Uint8Array.from(pairs, ([, , probability]) => (probability >= LINK_ABOVE ? 1 : 0)),
  });
  const groups = new Map<number, number[]>();
  groupOf.forEach((group, record) => groups.set(group, [...(groups.get(group) ?? []), record]));
  return [...groups.values()].filter((group) => group.length > 1).sort(([a = 0], [b = 0]) => a - b);
}

describe('groups', () => {
  it.each<[string, number, Pair[], number[][]]>([
    ['nothing', 3, [], []],
    ['a pair', 3, [[0, 2, 0.95]], [[0, 2]]],
    ['a pair for review', 3, [[0, 2, 0.7]], []],
    [
      'three of whom two were not compared',
      3,
      [
        [0, 1, 0.99],
        [1, 2, 0.95],
      ],
      [[0, 1, 2]],
    ],
    [
      'two couples with one pair between them',
      4,
      [
        [0, 1, 0.99],
        [2, 3, 0.99],
        [1, 2, 0.95],
      ],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      'two couples with several likely pairs between them',
      4,
      [
        [0, 1, 0.99],
        [2, 3, 0.99],
        [1, 2, 0.95],
        [0, 3, 0.7],
      ],
      [[0, 1, 2, 3]],
    ],
    [
      'a long chain',
      8,
      Array.from({ length: 7 }, (_, at): Pair => [at, at + 1, 0.99 - at / 1000]),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
    ],
  ])('of %s', (_, records, pairs, expected) => {
    expect(groupsOf(records, pairs)).toEqual(expected);
  });

  it('hold people together whose records all look alike, whatever single mistakes lie between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 12 }),
        fc.nat(),
        (sizes, salt) => {
          const people = sizes.flatMap((size, person) => Array.from({ length: size }, () => person));
          const pairs: Pair[] = [];
          people.forEach((one, left) =>
            people.forEach((other, right) => {
              if (left < right && one === other) pairs.push([left, right, 0.99]);
            }),
          );
          // One wrong pair between neighbours of three records and more.
          sizes.forEach((size, person) => {
            if (size < 3 || (sizes[person + 1] ?? 0) < 3) return;
            pairs.push([people.lastIndexOf(person), people.indexOf(person + 1), 0.9 + (salt % 9) / 100]);
          });
          const expected = sizes.map((_, person) =>
            people.flatMap((each, at) => (each === person ? [at] : [])),
          );
          expect(groupsOf(people.length, pairs)).toEqual(expected.filter((group) => group.length > 1));
        },
      ),
    );
  });

  it('are the same in whatever order the pairs come', () => {
    const pair = fc.tuple(fc.nat({ max: 14 }), fc.nat({ max: 14 }), fc.integer({ min: 500, max: 999 }));
    fc.assert(
      fc.property(
        fc.uniqueArray(
          pair.filter(([l, r]) => l < r),
          {
            selector: ([l, r]) => `${l} ${r}`,
            maxLength: 40,
          },
        ),
        (drawn) => {
          // Different probabilities: which of two equally sure pairs comes first is open.
          const pairs = drawn.map(([l, r, p], at): Pair => [l, r, (p + at / 100) / 1000]);
          expect(groupsOf(15, pairs.toReversed())).toEqual(groupsOf(15, pairs));
        },
      ),
    );
  });
});
