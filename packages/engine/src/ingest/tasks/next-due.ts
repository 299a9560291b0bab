import type { audienceApi } from '@wutong/contract';
import { dayOfEpoch, epochOfZonedTime } from '../../profile/index.ts';

const DAY_MS = 86_400_000;
/** Every schedule has a day within as many. */
const HORIZON_DAYS = 63;

/** When a schedule is due next after an instant (epoch ms), by the calendar of a zone; undefined: on request only. */
export function nextDue(schedule: audienceApi.Schedule, after: number, timeZone: string): number | undefined {
  if (schedule.every === 'manual') return undefined;
  if (schedule.every === 'minutes') return after + schedule.minutes * 60_000;
  const [hours = 0, minutes = 0] = schedule.at.split(':').map(Number);
  const today = Date.parse(`${dayOfEpoch(after, timeZone)}T00:00:00Z`);
  for (let day = 0; day <= HORIZON_DAYS; day++) {
    const wall = today + day * DAY_MS;
    if (!isOnDay(schedule, new Date(wall))) continue;
    const due = epochOfZonedTime(wall + (hours * 60 + minutes) * 60_000, timeZone);
    if (due > after) return due;
  }
  return undefined;
}

/** A month without the day has it on its last one. */
function isOnDay(schedule: audienceApi.Schedule, day: Date): boolean {
  if (schedule.every === 'week') return (day.getUTCDay() || 7) === schedule.weekday;
  if (schedule.every !== 'month') return true;
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return day.getUTCDate() === Math.min(schedule.day, last);
}
