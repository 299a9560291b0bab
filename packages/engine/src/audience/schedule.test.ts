import { expect, it, test } from 'vitest';
import type { audienceApi } from '@wutong/contract';
import { dueAfterRun, nextDue } from './schedule.ts';

const day = (at: string): audienceApi.Schedule => ({ every: 'day', at });
const last = { every: 'month', day: 31, at: '02:30' } as const;

test.each<[audienceApi.Schedule, string, string, string]>([
  // The clock leaps over 02:30: an hour later, once.
  [day('02:30'), 'America/New_York', '2026-03-08T06:00:00Z', '2026-03-08T07:30:00.000Z'],
  [day('02:30'), 'America/New_York', '2026-03-08T07:30:00Z', '2026-03-09T06:30:00.000Z'],
  // 01:30 comes twice: at the first, once.
  [day('01:30'), 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00.000Z'],
  [day('01:30'), 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-02T06:30:00.000Z'],
  // A day without midnight.
  [day('00:00'), 'Africa/Cairo', '2026-04-23T20:00:00Z', '2026-04-23T22:00:00.000Z'],
  // A country that left out a day.
  [day('03:00'), 'Pacific/Apia', '2011-12-29T20:00:00Z', '2011-12-30T13:00:00.000Z'],
  [last, 'Asia/Shanghai', '2026-01-31T00:00:00+08:00', '2026-01-30T18:30:00.000Z'],
  [last, 'Asia/Shanghai', '2026-01-31T02:30:00+08:00', '2026-02-27T18:30:00.000Z'],
  [last, 'Asia/Shanghai', '2028-02-01T00:00:00+08:00', '2028-02-28T18:30:00.000Z'],
  [
    { every: 'week', weekday: 7, at: '02:30' },
    'America/New_York',
    '2026-03-01T12:00:00Z',
    '2026-03-08T07:30:00.000Z',
  ],
])('%j in %s is due after %s at %s', (schedule, zone, after, due) => {
  expect(new Date(nextDue(schedule, Date.parse(after), zone)!).toISOString()).toBe(due);
});

it('keeps the run that waits for its sources when one is asked for meanwhile', () => {
  const schedule: audienceApi.Schedule = { every: 'source_ready', at: '00:30', sources: ['core'] };
  const now = Date.parse('2026-03-02T09:00:00Z');
  const next = Date.parse('2026-03-03T00:30:00Z');
  expect(dueAfterRun({ schedule, due_at: now + 30_000 }, now, 'UTC')).toBe(now + 30_000);
  expect(dueAfterRun({ schedule, due_at: null }, now, 'UTC')).toBe(next);
  expect(dueAfterRun({ schedule: day('00:30'), due_at: now + 30_000 }, now, 'UTC')).toBe(next);
});
