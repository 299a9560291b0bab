/** Days of the bank's calendar as instants, for periods chosen in a calendar. */

const DAY_MS = 86_400_000;

/** Offset of a zone at an instant, in ms east of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(instant / 1_000) * 1_000;
}

/** The instant at which a calendar day (YYYY-MM-DD) begins in a zone, ISO 8601 in UTC. */
export function startOfDate(date: string, timeZone: string): string {
  const wall = Date.parse(`${date}T00:00:00Z`);
  const near = wall - offsetAt(wall, timeZone);
  // A second look: the offset may change between the two, where clocks are put forward.
  return new Date(wall - offsetAt(near, timeZone)).toISOString();
}

/** The calendar day after another one. */
export function nextDate(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
