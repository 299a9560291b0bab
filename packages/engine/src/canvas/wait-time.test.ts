import type { Wait } from '@wutong/contract';
import { describe, expect, it } from 'vitest';
import { dueDailySlot } from './plan-entries.ts';
import { waitEnd } from './wait-time.ts';

type TimedWait = Exclude<Wait, { type: 'event' }>;
const ZONE = 'Asia/Shanghai';
const WORKING: TimedWait = { type: 'window', from: '09:00', to: '17:30', weekdays: [1, 2, 3, 4, 5] };
const EVENINGS: TimedWait = { type: 'window', from: '20:00', to: '01:00', weekdays: [5] };

// 2026-03-02 is a Monday. [what, wait, since, until], local times of Shanghai.
const CASES: [string, TimedWait, string, string][] = [
  ['a span', { type: 'duration', durationMs: 90_000 }, '2026-03-02T10:00:00', '2026-03-02T10:01:30'],
  ['today’s time', { type: 'time_of_day', at: '19:30' }, '2026-03-02T10:00:00', '2026-03-02T19:30:00'],
  ['tomorrow’s time', { type: 'time_of_day', at: '09:30' }, '2026-03-02T10:00:00', '2026-03-03T09:30:00'],
  ['the same time', { type: 'time_of_day', at: '10:00' }, '2026-03-02T10:00:00', '2026-03-03T10:00:00'],
  [
    'another zone',
    { type: 'time_of_day', at: '10:00', timeZone: 'UTC' },
    '2026-03-02T10:00:00',
    '2026-03-02T18:00:00',
  ],
  ['inside a window', WORKING, '2026-03-02T10:00:00', '2026-03-02T10:00:00'],
  ['before it', WORKING, '2026-03-02T08:59:00', '2026-03-02T09:00:00'],
  ['at its end', WORKING, '2026-03-02T17:30:00', '2026-03-03T09:00:00'],
  ['on Friday evening', WORKING, '2026-03-06T18:00:00', '2026-03-09T09:00:00'],
  ['on Sunday', WORKING, '2026-03-08T12:00:00', '2026-03-09T09:00:00'],
  ['after midnight, in Friday’s window', EVENINGS, '2026-03-07T00:30:00', '2026-03-07T00:30:00'],
  ['after midnight, on another day', EVENINGS, '2026-03-04T00:30:00', '2026-03-06T20:00:00'],
];

describe('waitEnd', () => {
  it.each(CASES)('%s', (_, wait, since, until) => {
    const end = waitEnd(wait, Date.parse(`${since}+08:00`), ZONE);
    expect(new Date(end).toISOString()).toBe(new Date(`${until}+08:00`).toISOString());
  });
});

describe('dueDailySlot', () => {
  const at = (text: string): number => Date.parse(`${text}+08:00`);
  const slot = (after: string, now: string, until?: string): string | undefined => {
    const due = dueDailySlot(
      { kind: 'daily', at: '09:00', ...(until ? { until: new Date(at(until)).toISOString() } : {}) },
      at(after),
      at(now),
      ZONE,
    );
    return due === undefined ? undefined : new Date(due + 8 * 3_600_000).toISOString().slice(0, 16);
  };
  it('is the newest one, and none that ran or lies before publication', () => {
    expect(slot('2026-03-02T10:00', '2026-03-02T20:00')).toBeUndefined();
    expect(slot('2026-03-02T10:00', '2026-03-03T08:59')).toBeUndefined();
    expect(slot('2026-03-02T10:00', '2026-03-03T09:00')).toBe('2026-03-03T09:00');
    expect(slot('2026-03-03T09:00', '2026-03-03T12:00')).toBeUndefined();
    expect(slot('2026-03-02T10:00', '2026-03-20T12:00')).toBe('2026-03-20T09:00');
    expect(slot('2026-03-02T10:00', '2026-03-20T12:00', '2026-03-10T00:00')).toBeUndefined();
  });
});
