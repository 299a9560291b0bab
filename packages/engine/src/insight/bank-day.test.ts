import { expect, test } from 'vitest';
import { startOfDay } from './bank-day.ts';

test.each([
  ['2026-03-02T02:00:00.123Z', 'Asia/Shanghai', '2026-03-01T16:00:00.000Z'],
  ['2026-03-01T15:59:59.999Z', 'Asia/Shanghai', '2026-02-28T16:00:00.000Z'],
  ['2026-03-01T16:00:00.000Z', 'Asia/Shanghai', '2026-03-01T16:00:00.000Z'],
  ['2026-03-02T02:00:00.000Z', 'UTC', '2026-03-02T00:00:00.000Z'],
  // The clocks went forward at 02:00: midnight was still winter time.
  ['2026-03-29T12:00:00.000Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
])('%s in %s', (at, timeZone, start) => {
  expect(new Date(startOfDay(Date.parse(at), timeZone)).toISOString()).toBe(start);
});
