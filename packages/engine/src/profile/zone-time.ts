const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Intl.DateTimeFormat>();

function remembered(
  cache: Map<string, Intl.DateTimeFormat>,
  timeZone: string,
  make: () => Intl.DateTimeFormat,
): Intl.DateTimeFormat {
  let format = cache.get(timeZone);
  if (!format) cache.set(timeZone, (format = make()));
  return format;
}

/** Milliseconds that a zone is ahead of UTC at an instant (epoch ms). */
export function zoneOffsetMs(ms: number, timeZone: string): number {
  const format = remembered(
    formats,
    timeZone,
    () => new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' }),
  );
  const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')!.value;
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(name);
  if (!match?.[1]) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1 : 1) * seconds * 1000;
}

/** Offsets change on the hour at most: remembering one per zone and UTC day keeps bulk loads fast. */
const offsets = new Map<string, number>();
const MAXIMUM_OFFSETS = 50_000;

/**
 * Epoch ms of a wall-clock time in a zone, given as if it were UTC. A time that a clock change skips is
 * read with the offset before the change; one that occurs twice is the first.
 */
export function epochOfZonedTime(wallMs: number, timeZone: string): number {
  // Zones without clock changes that year need one look-up a day; the check below finds the others.
  const guess = wallMs - dayOffsetMs(wallMs, timeZone);
  const offset = zoneOffsetMsNear(guess, timeZone);
  return wallMs - offset;
}

function zoneOffsetMsNear(ms: number, timeZone: string): number {
  const dayBefore = dayOffsetMs(ms - 86_400_000, timeZone);
  const dayAfter = dayOffsetMs(ms + 86_400_000, timeZone);
  return dayBefore === dayAfter ? dayBefore : zoneOffsetMs(ms, timeZone);
}

function dayOffsetMs(ms: number, timeZone: string): number {
  const key = `${timeZone}${Math.floor(ms / 86_400_000)}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size >= MAXIMUM_OFFSETS) offsets.clear();
    offset = zoneOffsetMs(Math.floor(ms / 86_400_000) * 86_400_000, timeZone);
    offsets.set(key, offset);
  }
  return offset;
}

/** Calendar day, `YYYY-MM-DD`, of an instant in a zone. */
export function dayOfEpoch(ms: number, timeZone: string): string {
  return remembered(
    days,
    timeZone,
    () => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
  ).format(ms);
}
