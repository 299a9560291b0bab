import type { CalendarUnit, TimeUnit } from '@wutong/contract';

/** A wall-clock time, as the milliseconds it would be in UTC. Only calendar arithmetic is done with it. */
export type WallMs = number;

export const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for a zone that does not exist. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Whether there is such an IANA zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Wall-clock time of an instant in a zone. */
export function wallOf(epochMs: number, timeZone: string): WallMs {
  const parts: Record<string, number> = {};
  for (const part of formatOf(timeZone).formatToParts(epochMs)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const milliseconds = ((epochMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + milliseconds;
}

/** Instant of a wall-clock time in a zone; one that a clock change skips is read with the offset before it. */
export function instantOf(wall: WallMs, timeZone: string): number {
  const before = wall - DAY_MS - (wallOf(wall - DAY_MS, timeZone) - (wall - DAY_MS));
  const offsetBefore = wallOf(before, timeZone) - before;
  const guess = wall - offsetBefore;
  if (wallOf(guess, timeZone) === wall) return guess;
  const offsetAfter = wallOf(wall + DAY_MS, timeZone) - (wall + DAY_MS);
  const later = wall - offsetAfter;
  return wallOf(later, timeZone) === wall ? later : guess;
}

/** `YYYY-MM-DD` of a wall-clock time. */
export function dateTextOf(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Midnight of a `YYYY-MM-DD`. */
export function wallOfDate(date: string): WallMs {
  return Date.parse(`${date}T00:00:00Z`);
}

/** Adds months; a day that the month lacks becomes its last one. */
function addMonths(wall: WallMs, months: number): WallMs {
  const from = new Date(wall);
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const timeOfDay = wall - Math.floor(wall / DAY_MS) * DAY_MS;
  return first + (Math.min(from.getUTCDate(), lastDay) - 1) * DAY_MS + timeOfDay;
}

/** Adds calendar units to a wall-clock time; hours and minutes are for the caller to add to the instant. */
export function addUnits(wall: WallMs, amount: number, unit: Exclude<TimeUnit, 'trading_day'>): WallMs {
  switch (unit) {
    case 'minute':
      return wall + amount * 60_000;
    case 'hour':
      return wall + amount * 3_600_000;
    case 'day':
      return wall + amount * DAY_MS;
    case 'week':
      return wall + amount * 7 * DAY_MS;
    case 'month':
      return addMonths(wall, amount);
    case 'quarter':
      return addMonths(wall, amount * 3);
    case 'year':
      return addMonths(wall, amount * 12);
  }
}

/** First midnight of the day, week (from Monday), month, quarter or year that holds a wall-clock time. */
export function startOf(wall: WallMs, unit: CalendarUnit): WallMs {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  const date = new Date(day);
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      // 1970-01-01 was a Thursday: three days after a Monday.
      return day - ((((day / DAY_MS + 3) % 7) + 7) % 7) * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    case 'quarter':
      return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1);
    case 'year':
      return Date.UTC(date.getUTCFullYear(), 0, 1);
  }
}

/** Days on which the bank works: weekdays, but for those the installation closes or opens by date. */
export interface TradingCalendar {
  /** `YYYY-MM-DD` of holidays that fall on weekdays. */
  readonly closed: ReadonlySet<string>;
  /** `YYYY-MM-DD` of weekend days that are worked. */
  readonly open: ReadonlySet<string>;
}

/** Whether the bank works on the day of a wall-clock time. */
export function isTradingDay(wall: WallMs, calendar: TradingCalendar): boolean {
  const date = dateTextOf(wall);
  if (calendar.closed.has(date)) return false;
  if (calendar.open.has(date)) return true;
  const weekday = new Date(wall).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/**
 * Midnight of the Nth trading day from a day on, itself counted; `step` is 1 forwards, −1 backwards.
 * Gives up after ten years of closed days.
 */
export function nthTradingDay(wall: WallMs, amount: number, step: 1 | -1, calendar: TradingCalendar): WallMs {
  let day = startOf(wall, 'day');
  let left = amount;
  for (let walked = 0; walked < amount * 2 + 3_650; walked++) {
    if (isTradingDay(day, calendar) && --left === 0) return day;
    day += step * DAY_MS;
  }
  return day;
}
