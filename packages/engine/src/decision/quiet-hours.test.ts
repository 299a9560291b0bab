import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localMinuteOfDay, localWeekday, nextTimeOfDay } from './local-time.ts';
import { quietUntil } from './quiet-hours.ts';

const NIGHT = { from: '21:00', to: '08:00', channels: ['sms' as const] };
const LUNCH = { from: '12:00', to: '13:30', channels: ['sms' as const] };
const MORNING = { from: '08:00', to: '09:30', channels: ['sms' as const] };

// [rules, zone, wanted, goes]
const CASES: [string, (typeof NIGHT)[], string, string, string][] = [
  ['by day', [NIGHT], 'Asia/Shanghai', '2026-03-02T10:00:00+08:00', '2026-03-02T10:00:00+08:00'],
  ['in the evening', [NIGHT], 'Asia/Shanghai', '2026-03-02T21:00:00+08:00', '2026-03-03T08:00:00+08:00'],
  ['just before', [NIGHT], 'Asia/Shanghai', '2026-03-02T20:59:59+08:00', '2026-03-02T20:59:59+08:00'],
  ['after midnight', [NIGHT], 'Asia/Shanghai', '2026-03-03T00:30:00+08:00', '2026-03-03T08:00:00+08:00'],
  ['at the end', [NIGHT], 'Asia/Shanghai', '2026-03-03T08:00:00+08:00', '2026-03-03T08:00:00+08:00'],
  ['over a month’s end', [NIGHT], 'Asia/Shanghai', '2026-02-28T23:00:00+08:00', '2026-03-01T08:00:00+08:00'],
  ['in another zone', [NIGHT], 'Asia/Urumqi', '2026-03-02T23:00:00+08:00', '2026-03-03T10:00:00+08:00'],
  ['at noon', [NIGHT, LUNCH], 'Asia/Shanghai', '2026-03-02T12:00:00+08:00', '2026-03-02T13:30:00+08:00'],
  [
    'one after another',
    [NIGHT, MORNING],
    'Asia/Shanghai',
    '2026-03-02T22:00:00+08:00',
    '2026-03-03T09:30:00+08:00',
  ],
  // Clocks go from 02:00 to 03:00 on 2026-03-08 in New York; 08:00 is EDT then.
  [
    'over a change of summer time',
    [NIGHT],
    'America/New_York',
    '2026-03-07T22:00:00-05:00',
    '2026-03-08T08:00:00-04:00',
  ],
];

describe('quiet hours', () => {
  it.each(CASES)('%s', (_, rules, zone, wanted, goes) => {
    expect(new Date(quietUntil(rules, 'sms', zone, Date.parse(wanted))).toISOString()).toBe(
      new Date(goes).toISOString(),
    );
  });

  it('do not bind other channels', () => {
    const at = Date.parse('2026-03-02T23:00:00+08:00');
    expect(quietUntil([NIGHT], 'in_app', 'Asia/Shanghai', at)).toBe(at);
  });

  const zones = fc.constantFrom(
    'Asia/Shanghai',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  );
  const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2032, 0, 1) });

  it('never let anything go between 21:00 and 08:00, and delay by less than a day', () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const goes = quietUntil([NIGHT], 'sms', zone, at);
        const minute = localMinuteOfDay(zone, goes);
        expect(minute).toBeGreaterThanOrEqual(480);
        expect(minute).toBeLessThan(1_260);
        expect(goes - at).toBeLessThan(86_400_000);
        expect(goes).toBeGreaterThanOrEqual(at);
      }),
    );
  });

  it('end at the next time of day, in the zone', () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        // 10:30 exists on every day in every zone.
        const next = nextTimeOfDay(zone, at, '10:30');
        expect(localMinuteOfDay(zone, next)).toBe(630);
        expect(next).toBeGreaterThan(at);
        expect(next - at).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });

  it('know the day of the week', () => {
    expect(localWeekday('Asia/Shanghai', Date.parse('2026-03-02T00:30:00+08:00'))).toBe(1);
    expect(localWeekday('UTC', Date.parse('2026-03-02T00:30:00+08:00'))).toBe(7);
  });
});
