import type { audienceApi } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import type { AwaitedSource, SourceReadinessPort } from './await-sources.ts';
import { completeUntil, type Scheduled } from './schedule.ts';

type ShownSources = Pick<audienceApi.SegmentView, 'waitingSince' | 'wantedUntil' | 'sources'>;
type Row = Scheduled & { readonly waiting_since: number | null; readonly archived: boolean };

/** What each of some segments or tags waits for, as its sources stand now. */
export type ShowSources = (rows: readonly Row[]) => Promise<(row: Row) => ShownSources>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Shows what schedules wait for; sources are asked once for all rows that want the same instant. */
export function createShowSources(
  platform: Platform,
  readiness: SourceReadinessPort | undefined,
): ShowSources {
  return async (rows) => {
    const now = platform.clock.now();
    const wanted = new Map<number, Set<string>>();
    const untilOf = (row: Row): number | undefined =>
      completeUntil(row.schedule, now, platform.config.timeZone);
    for (const row of readiness ? rows : []) {
      const until = untilOf(row);
      if (until === undefined || row.schedule.every !== 'source_ready') continue;
      const sources = wanted.get(until) ?? new Set();
      for (const source of row.schedule.sources) sources.add(source);
      wanted.set(until, sources);
    }
    const known = new Map<string, AwaitedSource>();
    for (const [until, sources] of wanted) {
      for (const source of await readiness!([...sources], until))
        known.set(`${until} ${source.sourceId}`, source);
    }
    return (row) => {
      const until = untilOf(row);
      if (until === undefined || row.schedule.every !== 'source_ready') return {};
      return {
        ...(row.waiting_since === null || row.archived ? {} : { waitingSince: iso(row.waiting_since) }),
        wantedUntil: iso(until),
        sources: row.schedule.sources.map((sourceId) =>
          showSource(known.get(`${until} ${sourceId}`) ?? { sourceId, ready: true }),
        ),
      };
    };
  };
}

function showSource({ sourceId, name, ready, tasks = [] }: AwaitedSource): audienceApi.AwaitedSource {
  const isWatched = tasks.some((task) => task.started);
  return {
    sourceId,
    ...(name === undefined ? {} : { name }),
    state: !ready ? 'waiting' : isWatched ? 'ready' : 'unwatched',
    tasks: tasks.map((task) => ({
      taskId: task.taskId,
      name: task.name,
      state: task.state,
      started: task.started,
      late: task.late,
      ...(task.completeUntil === undefined ? {} : { completeUntil: iso(task.completeUntil) }),
      ...(task.problem === undefined ? {} : { problem: task.problem }),
    })),
  };
}
