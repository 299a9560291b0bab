import { expect, test } from 'vitest';
import { bucketStarts } from './time-buckets.ts';

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
