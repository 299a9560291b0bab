import type { OutputSchedule } from '@wutong/contract';
import { dayOfEpoch, epochOfZonedTime } from '../../profile/index.ts';

/** How soon a continuous output looks again, in ms. */
const CONTINUOUS_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * When an output runs next, epoch ms; `first`: it has not run yet. Every n minutes counts from 1970 in UTC, so that
 * all processes and restarts agree; daily is a time of day in `timeZone`. Undefined: never again.
 */
export function nextRunAt(
  schedule: OutputSchedule,
  now: number,
  timeZone: string,
  first = false,
): number | undefined {
  switch (schedule.kind) {
    case 'continuous':
      return first ? now : now + CONTINUOUS_MS;
    case 'once':
      return first ? now : undefined;
    case 'every': {
      const step = schedule.minutes * MINUTE_MS;
      return first ? now : (Math.floor(now / step) + 1) * step;
    }
    case 'daily': {
      const today = dailyAt(schedule.at, now, timeZone);
      return today > now ? today : dailyAt(schedule.at, now + DAY_MS, timeZone);
    }
  }
}

function dailyAt(time: string, instant: number, timeZone: string): number {
  const wallTime = Date.parse(`${dayOfEpoch(instant, timeZone)}T${time}:00Z`);
  return epochOfZonedTime(wallTime, timeZone);
}
