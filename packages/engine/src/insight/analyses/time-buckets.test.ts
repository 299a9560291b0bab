import { expect, test } from 'vitest';
import { bucketStarts, startOfBucket } from './time-buckets.ts';

const starts = (from: string, to: string, unit: 'hour' | 'day' | 'week' | 'month', timeZone: string) =>
  bucketStarts(Date.parse(from), Date.parse(to), unit, timeZone).map((start) =>
    new Date(start).toISOString().replace(':00.000Z', 'Z'),
  );

test('days of a zone, with one of 23 hours', () => {
  expect(starts('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', 'day', 'Europe/Berlin')).toEqual([
    '2026-03-27T23:00Z',
    '2026-03-28T23:00Z',
    '2026-03-29T22:00Z',
  ]);
});

test('weeks from Monday, months from their first, over the end of a year', () => {
  expect(starts('2025-12-31T16:00:00Z', '2026-01-12T00:00:00Z', 'week', 'Asia/Shanghai')).toEqual([
    '2025-12-28T16:00Z',
    '2026-01-04T16:00Z',
    '2026-01-11T16:00Z',
  ]);
  expect(starts('2025-11-15T00:00:00Z', '2026-03-01T00:00:00Z', 'month', 'Asia/Shanghai')).toEqual([
    '2025-10-31T16:00Z',
    '2025-11-30T16:00Z',
    '2025-12-31T16:00Z',
    '2026-01-31T16:00Z',
    '2026-02-28T16:00Z',
  ]);
});

test('hours, the end not included, and a limit', () => {
  expect(starts('2026-03-01T00:30:00Z', '2026-03-01T02:00:00Z', 'hour', 'UTC')).toEqual([
    '2026-03-01T00:00Z',
    '2026-03-01T01:00Z',
  ]);
  expect(() => starts('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'hour', 'UTC')).toThrow(
    /analysis_invalid/,
  );
});

test.each([
  ['Australia/Lord_Howe', '2026-04-03T00:00:00Z', '2026-04-06T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T00:00:00Z', '2026-10-05T00:00:00Z'],
  ['Europe/Berlin', '2026-03-28T00:00:00Z', '2026-03-30T00:00:00Z'],
  ['Asia/Kathmandu', '2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z'],
])('hours of %s from %s: each begins where its people are looked for', (timeZone, from, to) => {
  const hours = bucketStarts(Date.parse(from), Date.parse(to), 'hour', timeZone);
  for (const hour of hours) expect(startOfBucket(hour, 'hour', timeZone)).toBe(hour);
});
