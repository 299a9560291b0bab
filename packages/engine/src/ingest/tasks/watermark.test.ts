import { describe, expect, test } from 'vitest';
import { nextDue } from './next-due.ts';
import {
  beginningOf,
  carriedOver,
  kindOfWatermark,
  movedBack,
  readWatermark,
  watermarkAt,
} from './watermark.ts';

const INSTANT = "Nullable(DateTime64(6, 'UTC'))";
const WALL = 'DateTime64(3)';
const NOW = Date.parse('2026-03-01T17:30:00.250Z');

describe('watermarks', () => {
  test('are known by the type of their column', () => {
    expect(
      [INSTANT, WALL, 'LowCardinality(Nullable(Date))', 'UInt64', 'Decimal(9, 2)', 'UUID'].map(
        kindOfWatermark,
      ),
    ).toEqual(['instant', 'wall', 'day', 'number', 'number', 'text']);
  });

  test('move back as far as their type goes, and keep their digits', () => {
    expect(movedBack('2026-03-01T00:00:01.123456Z', INSTANT, 2)).toBe('2026-02-28T23:59:59.123456Z');
    expect(movedBack('2026-03-01 00:00:00.5', WALL, 86_400)).toBe('2026-02-28 00:00:00.5');
    expect(movedBack('2026-03-01', 'Date32', 1)).toBe('2026-02-28');
    expect(movedBack('1900-01-02', 'Date32', 60)).toBe('1900-01-01');
    expect(movedBack('9007199254740993', 'Int64', 1)).toBe('9007199254740992');
    expect(movedBack('3', 'UInt64', 10)).toBe('0');
    expect(movedBack('abc', 'String', 10)).toBe('abc');
  });

  test('of an instant are written as the column writes them', () => {
    expect(watermarkAt(NOW, 'instant', 'Asia/Shanghai')).toBe('2026-03-01T17:30:00.250Z');
    expect(watermarkAt(NOW, 'wall', 'Asia/Shanghai')).toBe('2026-03-02 01:30:00.250');
    expect(watermarkAt(NOW, 'day', 'Asia/Shanghai')).toBe('2026-03-02');
    expect(watermarkAt(NOW, 'number', 'Asia/Shanghai')).toBeUndefined();
  });

  test('are read as people write them, or not at all', () => {
    expect(readWatermark('2026-03-01', 'instant')).toBe('2026-03-01T00:00:00Z');
    expect(readWatermark('2026-03-01 10:20', 'wall')).toBe('2026-03-01 10:20:00');
    expect(readWatermark('2026-13-01', 'day')).toBeUndefined();
    expect(readWatermark("1' or 1=1", 'number')).toBeUndefined();
  });

  test('are carried over to another kind of time, never to a later moment', () => {
    const over = (settled: string, kind: Parameters<typeof carriedOver>[1]) =>
      carriedOver(settled, kind, 'Asia/Shanghai');
    expect(over('2026-03-01T00:00:01.123456Z', 'wall')).toBe('2026-03-01 08:00:01.123');
    expect(over('2026-03-01T20:00:00Z', 'day')).toBe('2026-03-02');
    expect(over('2026-03-01 08:00:01.123999', 'instant')).toBe('2026-03-01T00:00:01.123Z');
    expect(over('2026-03-01', 'instant')).toBe('2026-02-28T16:00:00.000Z');
    expect(over('2026-03-01T00:00:01.123456Z', 'instant')).toBe('2026-03-01T00:00:01.123456Z');
    expect(over('2026-03-01 08:00:01.5', 'day')).toBe('2026-03-01');
    expect(over('1e20', 'number')).toBe('1e20');
    expect(over('77', 'instant')).toBeUndefined();
  });

  test('begin before all that their type holds', () => {
    expect(['Int16', 'UInt8', 'Decimal(6, 2)', 'Float64', 'DateTime', 'Date32'].map(beginningOf)).toEqual([
      '-32768',
      '0',
      '-9999',
      '-inf',
      '1970-01-01 00:00:00',
      '1900-01-01',
    ]);
  });
});

test('schedules are due by the calendar of the bank', () => {
  const due = (schedule: Parameters<typeof nextDue>[0], after: string, zone = 'Asia/Shanghai') => {
    const at = nextDue(schedule, Date.parse(after), zone);
    return at === undefined ? undefined : new Date(at).toISOString();
  };
  expect(due({ every: 'manual' }, '2026-03-01T00:00:00Z')).toBeUndefined();
  expect(due({ every: 'minutes', minutes: 15 }, '2026-03-01T00:00:00Z')).toBe('2026-03-01T00:15:00.000Z');
  expect(due({ every: 'day', at: '02:30' }, '2026-03-01T18:30:00Z')).toBe('2026-03-02T18:30:00.000Z');
  expect(due({ every: 'week', weekday: 7, at: '00:00' }, '2026-03-02T00:00:00Z')).toBe(
    '2026-03-07T16:00:00.000Z',
  );
  expect(due({ every: 'month', day: 31, at: '08:00' }, '2026-02-01T00:00:00Z')).toBe(
    '2026-02-28T00:00:00.000Z',
  );
  // The night in which clocks go forward has no 02:30.
  expect(due({ every: 'day', at: '02:30' }, '2026-03-28T12:00:00Z', 'Europe/Berlin')).toMatch(
    /^2026-03-29T0[01]:30/,
  );
});
