import type { ClickHouse, Platform } from '../platform/index.ts';
import { presentPerson } from '../identity/index.ts';
import { compileMembers } from './compile/compile-members.ts';
import {
  clearUnfinished,
  dropOldMembers,
  writeChanges,
  writeMembers,
  type ComputedMembers,
  type OpenRun,
} from './membership-store.ts';
import type { PreparedExpression } from './prepare-expression.ts';
import { dueAfterRun } from './schedule.ts';
import { beginRuns, commitRuns, type SegmentRow } from './segment-store.ts';

/** Segments computed in one pass; more would make a statement that is slow to plan. */
export const SHARED_SEGMENTS = 64;
/** Old bitmaps are cleared every so many runs. */
const CLEAR_EVERY_RUNS = 16;

/** Background work yields to sending and collecting: fewer threads, lower priority, bounded memory. */
export const COMPUTE_SETTINGS = {
  priority: '5',
  max_execution_time: 3_600,
  max_bytes_before_external_group_by: '1000000000',
  max_bytes_before_external_sort: '1000000000',
  join_use_nulls: 0,
} as const;

/** A segment with its rule, bound at the instant of the run. */
export interface Computable {
  readonly row: SegmentRow;
  readonly prepared: PreparedExpression;
}

/** How a block is computed. */
export interface BlockManner {
  readonly kind: 'full' | 'incremental';
  /** The members of each segment; absent: they are found in one pass over everybody. */
  readonly members?: ComputedMembers;
}

/** Computes segments in one pass and commits their runs together. */
export async function computeBlock(
  platform: Platform,
  segments: readonly Computable[],
  now: number,
  how: BlockManner,
): Promise<void> {
  const { clickhouse } = platform;
  const startedAt = performance.now();
  const bySegment = new Map(segments.map((segment) => [segment.row.segment_id, segment]));
  const ids = [...bySegment.keys()];
  const begun = new Map((await beginRuns(platform.database, ids)).map((run) => [run.segmentId, run]));
  const runs = ids.flatMap((id) => begun.get(id) ?? []);
  await clearUnfinished(clickhouse, runs);

  const members = how.members ?? (await membersInFull(clickhouse, segments, now));
  await writeMembers(clickhouse, runs, members, COMPUTE_SETTINGS);
  await publishRuns(platform, runs, {
    at: now,
    kind: how.kind,
    startedAt,
    dueAt: (segmentId) => dueOf(bySegment.get(segmentId)?.row, now, platform),
  });
}

async function membersInFull(
  clickhouse: ClickHouse,
  segments: readonly Computable[],
  now: number,
): Promise<ComputedMembers> {
  const queries = segments.map((segment) => segment.prepared.query);
  const statement = compileMembers(queries, { presentPerson, now });
  const parameters = statement.parameters.values;
  const { absentSql } = statement;
  const absent = absentSql
    ? await clickhouse.query<{ part: number }>(absentSql, parameters, COMPUTE_SETTINGS)
    : [];
  return { ...statement.toSql(new Set(absent.map(({ part }) => part))), parameters };
}

function dueOf(row: SegmentRow | undefined, now: number, platform: Platform): number | undefined {
  // A snapshot is taken once.
  if (!row || row.kind === 'snapshot') return undefined;
  return dueAfterRun(row, now, platform.config.timeZone);
}

/** Writes the enter/leave log of runs whose members are written, and commits them together. */
export async function publishRuns(
  platform: Platform,
  runs: readonly OpenRun[],
  options: {
    at: number;
    kind: 'full' | 'incremental' | 'import';
    startedAt: number;
    dueAt: (segmentId: string) => number | undefined;
  },
): Promise<void> {
  const { at, kind, startedAt } = options;
  const cause = kind === 'import' ? 'imported' : 'computed';
  const counts = await writeChanges(platform.clickhouse, runs, at, cause);
  // Shared work is shown as each segment's part of it.
  const tookMs = (performance.now() - startedAt) / runs.length;
  await platform.database.transaction((transaction) =>
    commitRuns(
      transaction,
      runs.map(({ segmentId, run }) => {
        const { members = 0, entered = 0, left = 0 } = counts.get(segmentId) ?? {};
        return { segmentId, run, at, kind, members, entered, left, tookMs, dueAt: options.dueAt(segmentId) };
      }),
    ),
  );
  for (const { segmentId, run } of runs) {
    if (run % CLEAR_EVERY_RUNS === 0) await dropOldMembers(platform.clickhouse, segmentId, run);
  }
}
