import { isInstantText, type Moment, type TimeUnit, type TimeWindow } from '@wutong/contract';
import {
  addUnits,
  DAY_MS,
  dateTextOf,
  instantOf,
  nthTradingDay,
  startOf,
  wallOf,
  wallOfDate,
  type TradingCalendar,
} from './calendar.ts';

/** When and where an expression is evaluated. */
export interface EvaluationTime {
  /** Epoch ms UTC. */
  readonly now: number;
  /** IANA zone in which days begin. */
  readonly timeZone: string;
  readonly tradingCalendar: TradingCalendar;
  /** Zones the engine knows, by their name in lower case; absent: those of this runtime. */
  readonly zones?: ReadonlyMap<string, string> | undefined;
  /** Zones that people have, by `person` or the relation to what has them; as they were written. */
  readonly zonesInUse?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** A window against now. Instants: from included, to excluded (epoch ms). Dates: both included. */
export interface ResolvedWindow {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly fromDate?: string;
  readonly toDate?: string;
}

/** The ends of ClickHouse's times; nothing lies beyond them. */
const EARLIEST = { ms: Date.UTC(1900, 0, 1), date: '1900-01-01' };
const LATEST = { ms: Date.UTC(2299, 11, 31), date: '2299-12-31' };

/** Turns a window into bounds, for instants and for dates at once; bounds beyond all times become the last time. */
export function resolveWindow(window: TimeWindow, time: EvaluationTime): ResolvedWindow {
  const { fromMs, toMs, fromDate, toDate } = boundsOf(window, time);
  return {
    ...(fromMs === undefined ? {} : { fromMs: clampInstant(fromMs) }),
    ...(toMs === undefined ? {} : { toMs: clampInstant(toMs) }),
    ...(fromDate === undefined ? {} : { fromDate: clampDate(fromDate) }),
    ...(toDate === undefined ? {} : { toDate: clampDate(toDate) }),
  };
}

/** An instant between the years 1900 and 2299. */
export function clampInstant(ms: number): number {
  return Math.min(LATEST.ms, Math.max(EARLIEST.ms, ms));
}

function clampDate(date: string): string {
  // Years of other than four digits are written with a sign.
  if (date.startsWith('-') || date < EARLIEST.date) return EARLIEST.date;
  return date.startsWith('+') || date > LATEST.date ? LATEST.date : date;
}

/** Longest way from now in a window; trading days are walked one by one. */
const FARTHEST: Readonly<Record<TimeUnit, number>> = {
  minute: 100_000,
  hour: 100_000,
  day: 100_000,
  week: 15_000,
  month: 3_600,
  quarter: 1_200,
  year: 300,
  trading_day: 5_000,
};

/** Whether a duration leads farther than any record lies. */
export function isTooFar(duration: { amount: number; unit: TimeUnit }): boolean {
  return duration.amount > FARTHEST[duration.unit];
}

/** Whether a window leads farther from now than any record lies. */
export function isWindowTooFar(window: TimeWindow): boolean {
  if (window.kind === 'rolling') return isTooFar(window);
  if (window.kind === 'calendar') return false;
  return [window.from, window.to].some((moment) => moment?.kind === 'relative' && isTooFar(moment));
}

function boundsOf(window: TimeWindow, time: EvaluationTime): ResolvedWindow {
  switch (window.kind) {
    case 'rolling':
      return resolveRolling(window, time);
    case 'calendar': {
      const shift = { last: -1, this: 0, next: 1 }[window.which];
      const from = addUnits(startOf(wallOf(time.now, time.timeZone), window.unit), shift, window.unit);
      return wallBounds(from, addUnits(from, 1, window.unit), time.timeZone);
    }
    case 'between': {
      const from = window.from ? resolveMoment(window.from, time) : undefined;
      const to = window.to ? resolveMoment(window.to, time) : undefined;
      return {
        ...(from ? { fromMs: from.startMs, fromDate: from.date } : {}),
        ...(to ? { toMs: to.endMs, toDate: to.date } : {}),
      };
    }
  }
}

/** Rolling windows end (or begin) exactly now for instants, and include today for dates. */
function resolveRolling(
  window: { direction: 'last' | 'next'; amount: number; unit: TimeUnit },
  time: EvaluationTime,
): ResolvedWindow {
  const step = window.direction === 'last' ? -1 : 1;
  const today = dateTextOf(wallOf(time.now, time.timeZone));
  if (window.unit === 'trading_day') {
    const far = nthTradingDay(wallOf(time.now, time.timeZone), window.amount, step, time.tradingCalendar);
    return step < 0
      ? {
          fromMs: instantOf(far, time.timeZone),
          toMs: time.now + 1,
          fromDate: dateTextOf(far),
          toDate: today,
        }
      : {
          fromMs: time.now,
          toMs: instantOf(far + DAY_MS, time.timeZone),
          fromDate: today,
          toDate: dateTextOf(far),
        };
  }
  const farMs = shiftInstant(time.now, step * window.amount, window.unit, time);
  const farDate = dateTextOf(wallOf(farMs, time.timeZone));
  return step < 0
    ? { fromMs: farMs, toMs: time.now + 1, fromDate: farDate, toDate: today }
    : { fromMs: time.now, toMs: farMs + 1, fromDate: today, toDate: farDate };
}

/** An instant moved by units: hours and minutes exactly, longer ones on the calendar of the zone. */
export function shiftInstant(epochMs: number, amount: number, unit: TimeUnit, time: EvaluationTime): number {
  if (unit === 'minute') return epochMs + amount * 60_000;
  if (unit === 'hour') return epochMs + amount * 3_600_000;
  const wall = wallOf(epochMs, time.timeZone);
  if (unit === 'trading_day') {
    // "1 trading day ago" is the one before today, at the same time of day; today itself is not counted.
    const step = amount < 0 ? -1 : 1;
    const day = nthTradingDay(wall + step * DAY_MS, Math.abs(amount), step, time.tradingCalendar);
    return instantOf(day + (wall - startOf(wall, 'day')), time.timeZone);
  }
  return instantOf(addUnits(wall, amount, unit), time.timeZone);
}

function wallBounds(from: number, to: number, timeZone: string): ResolvedWindow {
  return {
    fromMs: instantOf(from, timeZone),
    toMs: instantOf(to, timeZone),
    fromDate: dateTextOf(from),
    toDate: dateTextOf(to - DAY_MS),
  };
}

/** A moment as the stretch it names: a date is its whole day, an instant its millisecond. */
function resolveMoment(
  moment: Moment,
  time: EvaluationTime,
): { startMs: number; endMs: number; date: string } {
  switch (moment.kind) {
    case 'date': {
      const wall = wallOfDate(moment.value);
      return {
        startMs: instantOf(wall, time.timeZone),
        endMs: instantOf(wall + DAY_MS, time.timeZone),
        date: moment.value,
      };
    }
    case 'instant': {
      const ms = instantOfText(moment.value, time.timeZone);
      return { startMs: ms, endMs: ms + 1, date: dateTextOf(wallOf(ms, time.timeZone)) };
    }
    case 'relative': {
      const step = moment.direction === 'ago' ? -1 : 1;
      const ms = shiftInstant(time.now, step * moment.amount, moment.unit, time);
      return { startMs: ms, endMs: ms + 1, date: dateTextOf(wallOf(ms, time.timeZone)) };
    }
  }
}

/** Epoch ms of an ISO text, NaN when there is no such time; without an offset it is in the given zone. */
export function instantOfText(text: string, timeZone: string): number {
  if (!isInstantText(/(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`)) return Number.NaN;
  return /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : instantOf(Date.parse(`${text}Z`), timeZone);
}
