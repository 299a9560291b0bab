import type { audienceApi } from '@wutong/contract';
import { addUnits, DAY_MS, instantOf, startOf, wallOf } from './calendar.ts';

/** When something scheduled is due next after an instant (epoch ms); undefined: on request only. */
export function nextDue(schedule: audienceApi.Schedule, after: number, timeZone: string): number | undefined {
  switch (schedule.every) {
    case 'manual':
      return undefined;
    case 'minutes':
      return after + schedule.minutes * 60_000;
    case 'day':
    case 'source_ready':
      return firstAfter(
        after,
        timeZone,
        schedule.at,
        (day) => day + DAY_MS,
        startOf(wallOf(after, timeZone), 'day'),
      );
    case 'week': {
      const monday = startOf(wallOf(after, timeZone), 'week');
      const first = monday + (schedule.weekday - 1) * DAY_MS;
      return firstAfter(after, timeZone, schedule.at, (day) => day + 7 * DAY_MS, first);
    }
    case 'month': {
      const month = startOf(wallOf(after, timeZone), 'month');
      return firstAfterInMonths(after, timeZone, schedule, month);
    }
  }
}

/** What is computed by a schedule; `due_at` is when it was due (epoch ms), null when its turn has come. */
export interface Scheduled {
  readonly schedule: audienceApi.Schedule;
  readonly due_at: number | null;
}

/**
 * When it is due after a run at an instant. A run on request does not stand for the one that waits for its sources: it
 * would be missed on that day, and what came late be left out until the next.
 */
export function dueAfterRun(
  { schedule, due_at: dueAt }: Scheduled,
  now: number,
  timeZone: string,
): number | undefined {
  const next = nextDue(schedule, now, timeZone);
  if (schedule.every !== 'source_ready' || next === undefined || dueAt === null) return next;
  return Math.min(dueAt, next);
}

/** The newest instant (epoch ms) up to which a schedule wants its sources complete, at an instant. */
export function completeUntil(
  schedule: audienceApi.Schedule,
  now: number,
  timeZone: string,
): number | undefined {
  if (schedule.every !== 'source_ready') return undefined;
  const today = startOf(wallOf(now, timeZone), 'day');
  const due = instantOf(today + timeOfDay(schedule.at), timeZone);
  return due <= now ? due : instantOf(today - DAY_MS + timeOfDay(schedule.at), timeZone);
}

function firstAfter(
  after: number,
  timeZone: string,
  at: string,
  step: (day: number) => number,
  first: number,
): number {
  let day = first;
  for (;;) {
    const due = instantOf(day + timeOfDay(at), timeZone);
    if (due > after) return due;
    day = step(day);
  }
}

/** A month without the day has it on its last one. */
function firstAfterInMonths(
  after: number,
  timeZone: string,
  schedule: { day: number; at: string },
  firstMonth: number,
): number {
  let month = firstMonth;
  for (;;) {
    const next = addUnits(month, 1, 'month');
    const day = Math.min(month + (schedule.day - 1) * DAY_MS, next - DAY_MS);
    const due = instantOf(day + timeOfDay(schedule.at), timeZone);
    if (due > after) return due;
    month = next;
  }
}

function timeOfDay(at: string): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
