import { expect, test } from 'vitest';
import { usualAfter } from './detect-anomaly.ts';

/** A generator with a fixed seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WEEK = [100, 110, 105, 108, 112, 30, 20];

/** A count with the given mean: the sum of many small chances. */
function countOf(mean: number, random: () => number): number {
  let count = 0;
  for (let index = 0; index < mean * 10; index++) if (random() < 0.1) count++;
  return count;
}

test('weekdays are compared with weekdays', () => {
  const history = Array.from({ length: 28 }, (_, day) => WEEK[day % 7]!);
  const usual = usualAfter(history, { unit: 'day', sensitivity: 3.5, isCount: true });
  expect(usual.expected).toBe(100);
  // Twenty is usual on a Sunday only.
  expect(usual.low).toBeGreaterThan(20);
  const saturday = usualAfter(history.slice(0, 26), { unit: 'day', sensitivity: 3.5, isCount: true });
  expect(saturday.expected).toBe(30);
});

test('one outlier in the history moves nothing', () => {
  const history = Array.from({ length: 28 }, (_, day) => WEEK[day % 7]!);
  const clean = usualAfter(history, { unit: 'day', sensitivity: 3.5, isCount: true });
  const spoilt = usualAfter(history.with(21, 100_000), { unit: 'day', sensitivity: 3.5, isCount: true });
  expect(spoilt).toEqual(clean);
});

test('a series that never moves: counts have the play of chance, other measures none', () => {
  const nothing = Array.from({ length: 14 }, () => 0);
  const counted = usualAfter(nothing, { unit: 'day', sensitivity: 3.5, isCount: true });
  expect([counted.low, counted.high]).toEqual([0, 3.5]);
  const measured = usualAfter(nothing, { unit: 'day', sensitivity: 3.5, isCount: false });
  expect([measured.low, measured.high]).toEqual([0, 0]);
});

test.each([
  ['two weeks', 14],
  ['eight weeks', 56],
])('after %s: few false alarms of 200 days, and half the business missing is seen', (_, days) => {
  const random = randomOf(20_260_301);
  let falseAlarms = 0;
  let missed = 0;
  for (let trial = 0; trial < 200; trial++) {
    const history = Array.from({ length: days }, (__, day) => countOf(WEEK[day % 7]!, random));
    const usual = usualAfter(history, { unit: 'day', sensitivity: 3.5, isCount: true });
    const next = countOf(WEEK[days % 7]!, random);
    if (next < usual.low || next > usual.high) falseAlarms++;
    if (countOf(WEEK[days % 7]! / 2, random) >= usual.low) missed++;
  }
  expect(falseAlarms).toBeLessThan(6);
  expect(missed).toBeLessThan(days === 14 ? 80 : 20);
});
