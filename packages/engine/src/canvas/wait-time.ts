import type { Wait } from '@wutong/contract';
import { localMinuteOfDay, localWeekday, minutesOf, nextTimeOfDay } from '../decision/index.ts';

type TimedWait = Exclude<Wait, { type: 'event' }>;

/** When a wait that began at `since` is over (epoch ms); not after `since` when there is nothing to wait for. */
export function waitEnd(wait: TimedWait, since: number, bankZone: string): number {
  switch (wait.type) {
    case 'duration':
      return since + wait.durationMs;
    case 'time_of_day':
      return nextTimeOfDay(wait.timeZone ?? bankZone, since, wait.at);
    case 'window':
      return windowOpening(wait, since, wait.timeZone ?? bankZone);
  }
}

type WindowWait = Extract<Wait, { type: 'window' }>;

/** `since` when the window is open then, else its next opening. */
function windowOpening(wait: WindowWait, since: number, timeZone: string): number {
  let at = since;
  // A window opens once a day, and every weekday comes within eight days.
  for (let day = 0; day <= 8; day++) {
    if (isOpen(wait, at, timeZone)) return at;
    at = nextTimeOfDay(timeZone, at, wait.from);
  }
  return at;
}

/** From `from` on, up to but without `to`; a window across midnight belongs to the day on which it opens. */
function isOpen(wait: WindowWait, at: number, timeZone: string): boolean {
  const minute = localMinuteOfDay(timeZone, at);
  const from = minutesOf(wait.from);
  const to = minutesOf(wait.to);
  const crossesMidnight = from > to;
  const isInside = crossesMidnight ? minute >= from || minute < to : minute >= from && minute < to;
  if (!isInside) return false;
  if (!wait.weekdays || wait.weekdays.length === 0) return true;
  const today = localWeekday(timeZone, at);
  const opened = crossesMidnight && minute < to ? (today === 1 ? 7 : today - 1) : today;
  return wait.weekdays.includes(opened);
}
