import type { BucketUnit } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { offsetAt, startOfDay } from '../bank-day.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More are no chart and no table any more. */
const MAXIMUM_BUCKETS = 2_000;
/** No bucket is longer: what has more of these than buckets are allowed is refused without counting them. */
const LONGEST_MS = {
  hour: HOUR_MS,
  day: 25 * HOUR_MS,
  week: 7 * DAY_MS + HOUR_MS,
  month: 31 * DAY_MS + HOUR_MS,
};

/** Start of the hour, day, week (from Monday) or month that `at` lies in, in epoch ms. */
export function startOfBucket(at: number, unit: BucketUnit, timeZone: string): number {
  const day = startOfDay(at, timeZone);
  if (unit === 'hour') return day + Math.floor((at - day) / HOUR_MS) * HOUR_MS;
  if (unit === 'day') return day;
  // Noon is on the same day whatever clocks do in the night.
  const noon = new Date(localNoon(day, timeZone));
  const daysBack = unit === 'week' ? (noon.getUTCDay() + 6) % 7 : noon.getUTCDate() - 1;
  return startOfDay(day + DAY_MS / 2 - daysBack * DAY_MS, timeZone);
}

/** The calendar day that begins at `day`, as noon of the same date in UTC. */
function localNoon(day: number, timeZone: string): number {
  const morning = day + DAY_MS / 4;
  return Math.floor((morning + offsetAt(morning, timeZone)) / DAY_MS) * DAY_MS + DAY_MS / 2;
}

/** Start of the bucket after the one that begins at `start`. */
export function nextBucket(start: number, unit: BucketUnit, timeZone: string): number {
  // Hours are counted from the day's beginning: where clocks move by half an hour, the day's last one is as short.
  if (unit === 'hour') return Math.min(start + HOUR_MS, nextBucket(start, 'day', timeZone));
  const days = unit === 'day' ? 1 : unit === 'week' ? 7 : 31;
  // Half a day more: a day may have 23 hours. A month after its first day plus 31 days and a half is the next.
  const day = startOfDay(start, timeZone);
  return startOfBucket(day + days * DAY_MS + DAY_MS / 2, unit, timeZone);
}

/**
 * Starts of all buckets that touch [from, to), ascending.
 * @throws CodedError analysis_invalid when there are too many
 */
export function bucketStarts(from: number, to: number, unit: BucketUnit, timeZone: string): number[] {
  const starts: number[] = [];
  if ((to - from) / LONGEST_MS[unit] > MAXIMUM_BUCKETS) refuseBuckets();
  for (let at = startOfBucket(from, unit, timeZone); at < to; at = nextBucket(at, unit, timeZone)) {
    starts.push(at);
    if (starts.length > MAXIMUM_BUCKETS) refuseBuckets();
  }
  return starts;
}

function refuseBuckets(): never {
  throw new CodedError('analysis_invalid', {
    details: { reason: 'too_many_buckets', maximum: MAXIMUM_BUCKETS },
  });
}

/** SQL of the place of an instant (UInt64 epoch ms, not before the first) among bucket starts, from 0. */
export function bucketIndexSql(instant: string, starts: readonly number[]): string {
  const [first = 0, second] = starts;
  const width = second === undefined ? 1 : second - first;
  const isEven = starts.every((start, index) => start === first + index * width);
  // 0 for every instant, and not a constant: ClickHouse does not group by those.
  if (starts.length < 2) return `intDiv(${instant}, 9223372036854775807)`;
  // Numbers of our own making, not of a caller: they may stand in the text.
  if (isEven) return `least(intDiv(${instant} - ${first}, ${width}), ${starts.length - 1})`;
  return `arrayLastIndex(start -> start <= ${instant}, [${starts.join(', ')}]) - 1`;
}
