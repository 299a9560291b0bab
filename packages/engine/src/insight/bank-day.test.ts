import { expect, test } from 'vitest';
import { startOfDay } from './bank-day.ts';

test.each([
  ['2026-03-02T02:00:00.123Z', 'Asia/Shanghai', '2026-03-01T16:00:00.000Z'],
  ['2026-03-01T15:59:59.999Z', 'Asia/Shanghai', '2026-02-28T16:00:00.000Z'],
  ['2026-03-01T16:00:00.000Z', 'Asia/Shanghai', '2026-03-01T16:00:00.000Z'],
  ['2026-03-02T02:00:00.000Z', 'UTC', '2026-03-02T00:00:00.000Z'],
  // The clocks went forward at 02:00: midnight was still winter time.
  ['2026-03-29T12:00:00.000Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  // Midnight came twice, and the day has 25 hours from the first; or not at all.
  ['2026-11-01T12:00:00.000Z', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-11-01T04:30:00.000Z', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-11-01T03:59:59.999Z', 'America/Havana', '2026-10-31T04:00:00.000Z'],
  ['2018-11-04T12:00:00.000Z', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['2018-11-04T02:30:00.000Z', 'America/Sao_Paulo', '2018-11-03T03:00:00.000Z'],
  ['2018-02-18T12:00:00.000Z', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
  // Samoa left out 30 December 2011.
  ['2011-12-31T00:00:00.000Z', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['1991-09-15T12:00:00.000Z', 'Asia/Shanghai', '1991-09-14T15:00:00.000Z'],
])('%s in %s', (at, timeZone, start) => {
  expect(new Date(startOfDay(Date.parse(at), timeZone)).toISOString()).toBe(start);
});
