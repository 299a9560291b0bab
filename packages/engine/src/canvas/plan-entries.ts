import type { EntrySource } from '@wutong/contract';
import { nextTimeOfDay } from '../decision/index.ts';

const DAY_MS = 86_400_000;

type DailySchedule = Extract<Extract<EntrySource, { type: 'audience' }>['schedule'], { kind: 'daily' }>;

/**
 * The newest daily slot that is due: after `after` (the last slot that ran, or since when the strategy takes
 * people in), not after `now`, not after the schedule's end. Older missed slots are not made up for: after a
 * standstill of days the audience enters once, as it is today.
 */
export function dueDailySlot(
  schedule: DailySchedule,
  after: number,
  now: number,
  bankZone: string,
): number | undefined {
  const zone = schedule.timeZone ?? bankZone;
  const until = schedule.until === undefined ? Infinity : Date.parse(schedule.until);
  // The last slot not after `now` is at most a day (and an hour of summer time) old.
  let slot = nextTimeOfDay(zone, Math.max(after, now - DAY_MS - 3_600_000), schedule.at);
  let due: number | undefined;
  while (slot <= now && slot <= until) {
    due = slot;
    slot = nextTimeOfDay(zone, slot, schedule.at);
  }
  return due;
}

/** A one-time entry that could not run within this of its time is skipped: its occasion has passed. */
export const OVERDUE_MS = DAY_MS;
