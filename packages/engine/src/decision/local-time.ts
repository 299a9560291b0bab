const QUARTER_HOUR_MS = 900_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();
// A year of quarter hours; a cache that could grow for ever would be emptied by it.
const MAXIMUM_CACHED = 40_000;

/**
 * Offset of a zone from UTC at an instant, in ms (Asia/Shanghai: 28,800,000). Intl takes about 5 µs a
 * call, so offsets are kept by quarter hour: no zone changes its offset inside one.
 */
export function zoneOffsetMs(timeZone: string, atMs: number): number {
  let known = offsets.get(timeZone);
  if (!known) offsets.set(timeZone, (known = new Map<number, number>()));
  const quarter = Math.floor(atMs / QUARTER_HOUR_MS);
  let offset = known.get(quarter);
  if (offset === undefined) {
    offset = computeOffset(timeZone, quarter * QUARTER_HOUR_MS);
    if (known.size >= MAXIMUM_CACHED) known.clear();
    known.set(quarter, offset);
  }
  return offset;
}

function computeOffset(timeZone: string, atMs: number): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) parts[type] = Number(value);
  const local = Date.UTC(
    parts['year']!,
    parts['month']! - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  );
  return local - atMs;
}

/** Whether the runtime knows a zone; a person's attribute may hold anything. */
export function isTimeZone(timeZone: string): boolean {
  if (offsets.has(timeZone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** Number of the local calendar day since 1970-01-01. */
export function localDay(timeZone: string, atMs: number): number {
  return Math.floor((atMs + zoneOffsetMs(timeZone, atMs)) / DAY_MS);
}

/** Minutes since local midnight, 0–1,439. */
export function localMinuteOfDay(timeZone: string, atMs: number): number {
  const local = atMs + zoneOffsetMs(timeZone, atMs);
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
}

/** 1 Monday … 7 Sunday. 1970-01-01 was a Thursday. */
export function localWeekday(timeZone: string, atMs: number): number {
  return ((((localDay(timeZone, atMs) + 3) % 7) + 7) % 7) + 1;
}

/** Minutes of `HH:MM`. */
export function minutesOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));
}

/** The instant at which a zone shows a local day and minute; in a gap of summer time, the first one after it. */
function instantOf(timeZone: string, day: number, minuteOfDay: number): number {
  const local = day * DAY_MS + minuteOfDay * MINUTE_MS;
  const guess = local - zoneOffsetMs(timeZone, local);
  return local - zoneOffsetMs(timeZone, guess);
}

/** The first instant strictly after `afterMs` at which the zone's clock shows `HH:MM`. */
export function nextTimeOfDay(timeZone: string, afterMs: number, timeOfDay: string): number {
  const day = localDay(timeZone, afterMs);
  const minute = minutesOf(timeOfDay);
  for (let ahead = 0; ahead < 3; ahead++) {
    const instant = instantOf(timeZone, day + ahead, minute);
    if (instant > afterMs) return instant;
  }
  return afterMs + DAY_MS;
}
