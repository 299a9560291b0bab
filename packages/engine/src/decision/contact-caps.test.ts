import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenCap, type BindingCap, type Contact } from './contact-caps.ts';
import { localDay } from './local-time.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-03-02T10:00:00+08:00');
const zone = 'Asia/Shanghai';
const wish = (more: object = {}) => ({
  channel: 'sms' as const,
  at: NOW,
  priority: 50,
  timeZone: zone,
  ...more,
});
const sms = (daysAgo: number): Contact => ({ channel: 'sms', at: NOW - daysAgo * DAY_MS });
const cap = (more: Partial<BindingCap>): BindingCap => ({ channel: 'sms', limit: 1, window: 'day', ...more });

// [what, caps, contacts, wish, reason]
const CASES: [string, BindingCap[], Contact[], ReturnType<typeof wish>, string | undefined][] = [
  ['no contact yet', [cap({})], [], wish(), undefined],
  ['one today', [cap({})], [sms(0)], wish(), 'daily_cap'],
  ['one yesterday', [cap({})], [sms(1)], wish(), undefined],
  ['late yesterday, less than a day ago', [cap({})], [sms(11 / 24)], wish(), undefined],
  ['another channel', [cap({})], [{ channel: 'push', at: NOW }], wish(), undefined],
  ['any channel', [cap({ channel: 'any' })], [{ channel: 'push', at: NOW }], wish(), 'daily_cap'],
  [
    'three in a week',
    [cap({ window: 'week', limit: 3 })],
    [sms(1), sms(3), sms(6.9)],
    wish(),
    'frequency_cap',
  ],
  [
    'three, one of them older',
    [cap({ window: 'week', limit: 3 })],
    [sms(1), sms(3), sms(7)],
    wish(),
    undefined,
  ],
  ['a month', [cap({ window: 'month', limit: 1 })], [sms(29)], wish(), 'frequency_cap'],
  ['nothing allowed', [cap({ limit: 0 })], [], wish(), 'daily_cap'],
  ['of high priority', [cap({ priorityBelow: 80 })], [sms(0)], wish({ priority: 80 }), undefined],
  ['of low priority', [cap({ priorityBelow: 80 })], [sms(0)], wish({ priority: 79 }), 'daily_cap'],
  ['deferred to tomorrow', [cap({})], [sms(-1)], wish(), undefined],
  ['deferred into the week', [cap({ window: 'week' })], [sms(-1)], wish(), 'frequency_cap'],
];

describe('caps', () => {
  it.each(CASES)('%s', (_, caps, contacts, wished, reason) => {
    expect(brokenCap(caps, contacts, wished)?.reason).toBe(reason);
  });

  it('hold in every window, whatever the order of the wishes', () => {
    const wishes = fc.array(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 80 });
    fc.assert(
      fc.property(wishes, fc.integer({ min: 1, max: 4 }), (hours, limit) => {
        const caps = [cap({ limit: 2 }), cap({ window: 'week', limit })];
        const allowed: Contact[] = [];
        for (const hour of hours) {
          const at = NOW + hour * 3_600_000;
          if (!brokenCap(caps, allowed, wish({ at }))) allowed.push({ channel: 'sms', at });
        }
        for (const { at } of allowed) {
          const inWeek = allowed.filter((each) => each.at >= at && each.at < at + 7 * DAY_MS);
          const inDay = allowed.filter((each) => localDay(zone, each.at) === localDay(zone, at));
          expect(inWeek.length).toBeLessThanOrEqual(limit);
          expect(inDay.length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});
