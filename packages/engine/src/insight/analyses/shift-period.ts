import { startOfDay } from '../bank-day.ts';

const DAY_MS = 86_400_000;

export type Comparison = 'previous_period' | 'previous_year';

/**
 * The period to compare with: as long and right before, or the same days a year earlier. Wall time is kept: the days
 * of a zone begin at its midnights, whatever its clocks did in between. Last days up to now are compared with as many
 * days before, up to the same time of the day.
 */
export function shiftedPeriod(
  { from, to, lastDays }: { from: number; to: number; lastDays?: number | undefined },
  comparison: Comparison,
  timeZone: string,
): { from: number; to: number } {
  if (comparison === 'previous_year') {
    const [begins, ends] = [from, to].map((at) =>
      shiftedByDays(at, daysOfYearBefore(at, timeZone), timeZone),
    );
    // Of 29 February alone there is nothing a year ago: the day after 28 February stands for it.
    return { from: begins!, to: ends! > begins! ? ends! : begins! + (to - from) };
  }
  const days = lastDays ?? Math.ceil((to - from) / DAY_MS - 1 / 12);
  const shift = (at: number) => shiftedByDays(at, days, timeZone);
  // Shorter than a day, or no whole number of days: the same length right before.
  if (lastDays === undefined && shift(to) !== from) {
    return { from: from - (to - from), to: from };
  }
  return { from: shift(from), to: shift(to) };
}

/** The same wall time some days earlier. */
function shiftedByDays(at: number, days: number, timeZone: string): number {
  const day = startOfDay(at, timeZone);
  const noon = day + DAY_MS / 2;
  return startOfDay(noon - days * DAY_MS, timeZone) + (at - day);
}

/** 365, or 366 when a 29 February lies between. */
function daysOfYearBefore(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
    .format(at)
    .split('-')
    .map(Number);
  const [year, month, day] = [parts[0]!, parts[1]!, parts[2]!];
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year - 1, month - 1, day)) / DAY_MS);
}
