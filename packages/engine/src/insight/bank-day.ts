/**
 * Start of the calendar day of `at` (epoch ms) in a time zone, in epoch ms: its first instant, also where clocks
 * change at midnight and there is none, or two.
 */
export function startOfDay(at: number, timeZone: string): number {
  const local = at + offsetAt(at, timeZone);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  // The offset may be another one at midnight: clocks change in the night. Half a day before it is the old one.
  const near = midnight - offsetAt(at, timeZone);
  const begun = [near, near - DAY_MS / 2]
    .map((each) => midnight - offsetAt(each, timeZone))
    .filter((start) => start + offsetAt(start, timeZone) >= midnight);
  return Math.min(...begun);
}

const DAY_MS = 86_400_000;

/** Ms that local time is ahead of UTC at an instant (epoch ms). */
export function offsetAt(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return local - Math.floor(at / 1000) * 1000;
}

/** Making one costs a hundred times what using it costs, and a table of days uses thousands. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some six hundred zones; callers may name each in several spellings. */
const MOST_FORMATS = 1_000;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, format);
  return format;
}
