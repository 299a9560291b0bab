import type { TaskReadiness } from '../ingest/index.ts';
import type { Platform } from '../platform/index.ts';
import { completeUntil, type Scheduled } from './schedule.ts';

/** Whether a source has brought all that it held at an instant, and by which tasks. */
export interface AwaitedSource {
  readonly sourceId: string;
  readonly ready: boolean;
  /** Absent: there is no such source. */
  readonly name?: string | undefined;
  readonly tasks?: readonly TaskReadiness[];
}

/** Port to collection: which sources have brought all that they held at an instant (epoch ms). */
export type SourceReadinessPort = (
  sourceIds: readonly string[],
  since: number,
) => Promise<readonly AwaitedSource[]>;

/** How soon a source that was not ready is asked again, in the clock's time at rate 1. */
const LOOK_AGAIN_MS = 30_000;

/** What is due, parted; `lookAgainAt` (epoch ms) is when what waits is looked at again. */
export interface PartedDue<Due> {
  readonly ready: readonly Due[];
  readonly waiting: readonly Due[];
  readonly lookAgainAt: number;
}

/**
 * Parts what is due into what can be computed now (its turn has come: it is due no more) and what waits for its sources,
 * and until when it waits.
 */
export async function awaitSources<Due extends Scheduled>(
  platform: Platform,
  readiness: SourceReadinessPort | undefined,
  due: readonly Due[],
  now: number,
): Promise<PartedDue<Due>> {
  const lookAgainAt = now + LOOK_AGAIN_MS * Math.max(1, platform.clock.rate);
  const wanted = new Map<number, Set<string>>();
  const sinceOf = (each: Due): number | undefined =>
    completeUntil(each.schedule, now, platform.config.timeZone);
  for (const each of due) {
    const since = sinceOf(each);
    if (since === undefined || each.schedule.every !== 'source_ready') continue;
    const sources = wanted.get(since) ?? new Set();
    for (const source of each.schedule.sources) sources.add(source);
    wanted.set(since, sources);
  }
  const known = new Map<string, boolean>();
  for (const [since, sources] of readiness ? wanted : []) {
    for (const { sourceId, ready } of await readiness!([...sources], since))
      known.set(`${since} ${sourceId}`, ready);
  }
  const isReady = (each: Due): boolean => {
    const { schedule } = each;
    if (schedule.every !== 'source_ready') return true;
    // A source that nobody knows (any more) would hold the segment up for ever.
    return schedule.sources.every((source) => known.get(`${sinceOf(each)} ${source}`) ?? true);
  };
  return {
    ready: due.filter(isReady).map((each) => ({ ...each, due_at: null })),
    waiting: due.filter((each) => !isReady(each)),
    lookAgainAt,
  };
}
