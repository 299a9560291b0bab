import { dayNumber } from './event-id.ts';

const WEEK_DAYS = 7;
const WEEK_MS = WEEK_DAYS * 86_400_000;
/** So near to the turn of a week, processes may disagree which one it is. */
const TURN_MS = 10 * 60_000;

/** Weeks since 1970 in UTC; they begin on Thursdays. */
export const weekNumber = (timeMs: number): number => Math.floor(dayNumber(timeMs) / WEEK_DAYS);

/** Where the claims of a batch lie. */
export interface ClaimWeeks {
  /** Partition that the claims are written to. */
  readonly week: number;
  /** Other partitions in which earlier claims of the same records may lie. */
  readonly others: readonly number[];
  /** Who claims in one week must not miss who claims in the other at this very moment. */
  readonly isTurning: boolean;
}

/**
 * The partitions of claims made at an instant (epoch ms). Claims lie by when they were made and not by what a record
 * says of its time, because a sender may say another time when it sends again: in the week of a second sending up to 7
 * days later, or in the one before. Processes whose clocks differ by up to a day find each other's.
 */
export function claimWeeks(now: number, isLastWeekEmpty: boolean): ClaimWeeks {
  const week = weekNumber(now);
  const day = dayNumber(now) - week * WEEK_DAYS;
  const others: number[] = [];
  if (day === 0 || !isLastWeekEmpty) others.push(week - 1);
  if (day === WEEK_DAYS - 1) others.push(week + 1);
  const turn = Math.round(now / WEEK_MS) * WEEK_MS;
  return { week, others, isTurning: Math.abs(now - turn) <= TURN_MS };
}
