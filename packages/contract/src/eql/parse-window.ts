import type { Cursor } from './cursor.ts';
import {
  calendarUnits,
  isInstantText,
  timeUnits,
  type CalendarUnit,
  type Duration,
  type Moment,
  type TimeUnit,
  type TimeWindow,
} from './window.ts';

const NAMED_DAYS = { today: 'this', yesterday: 'last', tomorrow: 'next' } as const;

/** Words with which a window begins. */
export const windowStarts = [
  'last',
  'next',
  'this',
  'today',
  'yesterday',
  'tomorrow',
  'between',
  'since',
  'until',
] as const;

/** `last 7 days`, `this quarter`, `today`, `between date '2026-01-01' and 3 days ago`, `since …`, `until …`. */
export function parseWindow(cursor: Cursor): TimeWindow {
  const word = cursor.peek().text.toLowerCase();
  if (cursor.peek().kind === 'word' && word in NAMED_DAYS) {
    cursor.next();
    return { kind: 'calendar', which: NAMED_DAYS[word as keyof typeof NAMED_DAYS], unit: 'day' };
  }
  if (cursor.take('between')) {
    const from = parseMoment(cursor);
    cursor.expect('and');
    return { kind: 'between', from, to: parseMoment(cursor) };
  }
  if (cursor.take('since')) return { kind: 'between', from: parseMoment(cursor) };
  if (cursor.take('until')) return { kind: 'between', to: parseMoment(cursor) };
  if (cursor.take('this')) return { kind: 'calendar', which: 'this', unit: calendarUnit(cursor) };
  for (const direction of ['last', 'next'] as const) {
    if (!cursor.take(direction)) continue;
    if (cursor.peek().kind === 'number') return { kind: 'rolling', direction, ...parseDuration(cursor) };
    return { kind: 'calendar', which: direction, unit: calendarUnit(cursor) };
  }
  return cursor.fail(
    'A stretch of time is expected here, such as “last 7 days” or “this quarter”.',
    '此处应为时间范围，例如 last 7 days 或 this quarter。',
    cursor.peek().kind === 'number' ? `last ${cursor.peek().text}` : 'last 7 days',
  );
}

/** `24 hours`, `1 day`, `5 trading days`. */
export function parseDuration(cursor: Cursor): Duration {
  const at = cursor.peek();
  const amount = cursor.wholeNumber();
  if (amount > 100_000) cursor.failAt(at, 'bad_window', 'This is longer than any record.', '时间范围过大。');
  return { amount, unit: timeUnit(cursor) };
}

function timeUnit(cursor: Cursor): TimeUnit {
  if (cursor.sees('trading') && cursor.seesAny(['day', 'days'], 1)) {
    cursor.next();
    cursor.next();
    return 'trading_day';
  }
  return unitOf(cursor, timeUnits);
}

function calendarUnit(cursor: Cursor): CalendarUnit {
  return unitOf(cursor, calendarUnits);
}

/** Also the unit after `by`: `by week`. */
export function unitOf<Unit extends string>(cursor: Cursor, units: readonly Unit[]): Unit {
  const word = cursor.peek().text.toLowerCase();
  const unit = units.find((each) => word === each || word === `${each}s`);
  if (cursor.peek().kind !== 'word' || unit === undefined) {
    return cursor.fail(
      `A unit of time is expected here: ${units.join(', ')}.`,
      `此处应为时间单位：${units.join('、')}。`,
    );
  }
  cursor.next();
  return unit;
}

/** Whether `30 days ago` begins here, rather than a number with a unit. */
export function isRelativeMoment(cursor: Cursor): boolean {
  if (cursor.peek().kind !== 'number') return false;
  const words = cursor.sees('trading', 1) && cursor.seesAny(['day', 'days'], 2) ? 2 : 1;
  return cursor.seesAny(['ago', 'ahead'], words + 1);
}

/** A date, a time, or `30 days ago`. */
export function parseMoment(cursor: Cursor): Moment {
  if (cursor.peek().kind === 'number') {
    const duration = parseDuration(cursor);
    if (cursor.take('ago')) return { kind: 'relative', direction: 'ago', ...duration };
    if (cursor.take('ahead')) return { kind: 'relative', direction: 'ahead', ...duration };
    return cursor.fail('“ago” or “ahead” is expected here.', '此处应为 ago（之前）或 ahead（之后）。', 'ago');
  }
  if (cursor.take('date')) return { kind: 'date', value: dateText(cursor) };
  if (cursor.take('datetime')) return { kind: 'instant', value: instantText(cursor) };
  if (cursor.peek().kind === 'text') {
    return /^\d{4}-\d{2}-\d{2}$/.test(cursor.peek().text)
      ? { kind: 'date', value: dateText(cursor) }
      : { kind: 'instant', value: instantText(cursor) };
  }
  return cursor.fail(
    "A date is expected here, such as '2026-01-31' or “30 days ago”.",
    "此处应为日期，例如 '2026-01-31' 或 30 days ago。",
  );
}

/** A calendar date that exists, as `YYYY-MM-DD`. */
export function dateText(cursor: Cursor): string {
  const at = cursor.peek();
  const text = cursor.string();
  const time = Date.parse(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(time) ||
    new Date(time).toISOString().slice(0, 10) !== text
  ) {
    cursor.failAt(
      at,
      'syntax',
      "There is no such date; write 'YYYY-MM-DD'.",
      "日期无效，请写成 'YYYY-MM-DD'。",
    );
  }
  return text;
}

/** ISO 8601 date and time, with or without an offset; seconds may be absent. */
export function instantText(cursor: Cursor): string {
  const at = cursor.peek();
  const text = cursor.string().replace(' ', 'T');
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const full = match ? `${match[1]}${match[2] ?? ':00'}${match[3] ?? ''}` : '';
  if (!match || !isInstantText(match[3] ? full : `${full}Z`)) {
    return cursor.failAt(
      at,
      'syntax',
      "There is no such time; write 'YYYY-MM-DD HH:MM:SS' or with an offset such as +08:00.",
      "时间无效，请写成 'YYYY-MM-DD HH:MM:SS'，可带时区偏移如 +08:00。",
    );
  }
  return full;
}
