import type { Platform } from '../platform/index.ts';
import { presentPerson } from '../identity/index.ts';
import { compileMembers } from './compile/compile-members.ts';
import type { KeptCounts } from './compile/compiler.ts';
import { onlyTouched } from './only-touched.ts';
import {
  clearUnfinished,
  dropOldMembers,
  writeChanges,
  writeMembers,
  writeTouchedMembers,
  type OpenRun,
} from './membership-store.ts';
import type { PreparedExpression } from './prepare-expression.ts';
import { dueAfterRun } from './schedule.ts';
import { beginRuns, commitRuns, type KeptRun, type SegmentRow } from './segment-store.ts';

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
  readonly counts?: KeptCounts;
  /** What the new run of a segment stands for; undefined: nothing that a later run could go on from. */
  readonly keptAs?: (segment: Computable) => KeptRun | undefined;
  /** Query of the people who may have changed; undefined: everybody is looked at. */
  readonly touched?: string | undefined;
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

  const { touched, counts, kind } = how;
  const people = touched === undefined ? {} : { people: () => onlyTouched(touched) };
  const queries = segments.map((segment) => segment.prepared.query);
  const statement = compileMembers(queries, { presentPerson, now, counts, ...people });
  const parameters = statement.parameters.values;
  const { absentSql } = statement;
  const absent = absentSql
    ? await clickhouse.query<{ part: number }>(absentSql, parameters, COMPUTE_SETTINGS)
    : [];
  const computed = { ...statement.toSql(new Set(absent.map(({ part }) => part))), parameters };
  if (touched === undefined) await writeMembers(clickhouse, runs, computed, COMPUTE_SETTINGS);
  else await writeTouchedMembers(clickhouse, runs, { ...computed, touched }, COMPUTE_SETTINGS);
  await publishRuns(platform, runs, {
    at: now,
    kind,
    startedAt,
    dueAt: (segmentId) => dueOf(bySegment.get(segmentId)?.row, now, platform),
    keptAs: (segmentId) => {
      const segment = bySegment.get(segmentId);
      return segment && how.keptAs?.(segment);
    },
  });
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
    keptAs?: (segmentId: string) => KeptRun | undefined;
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
        const [dueAt, kept] = [options.dueAt(segmentId), options.keptAs?.(segmentId)];
        return { segmentId, run, at, kind, members, entered, left, tookMs, dueAt, kept };
      }),
    ),
  );
  for (const { segmentId, run } of runs) {
    if (run % CLEAR_EVERY_RUNS === 0) await dropOldMembers(platform.clickhouse, segmentId, run);
  }
}
