import type { Platform } from '../platform/index.ts';
import { presentPerson } from '../identity/index.ts';
import { shareStatement } from './compile/compile.ts';
import type { KeptCounts } from './compile/compiler.ts';
import { countSlotsOf } from './incremental/count-slot.ts';
import { keepCounts } from './incremental/keep-counts.ts';
import {
  clearUnfinished,
  dropOldMembers,
  writeChanges,
  writeMembers,
  type OpenRun,
} from './membership-store.ts';
import { prepareExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { refusalOf } from './run-expression.ts';
import { nextDue } from './schedule.ts';
import {
  beginRuns,
  commitRuns,
  postponeSegment,
  selectRuleSegments,
  type SegmentRow,
} from './segment-store.ts';

/** Segments computed in one pass; more would make a statement that is slow to plan. */
const SHARED_SEGMENTS = 64;
/** From this many events on, counts are kept from run to run; fewer are counted faster than kept. */
const KEEP_FROM_EVENTS = 2_000_000;
/** Old bitmaps are cleared every so many runs. */
const CLEAR_EVERY_RUNS = 16;

/** Background work yields to sending and collecting: fewer threads, lower priority, bounded memory. */
export const COMPUTE_SETTINGS = {
  priority: 5,
  max_execution_time: 3_600,
  max_bytes_before_external_group_by: '1000000000',
  max_bytes_before_external_sort: '1000000000',
  join_use_nulls: 0,
} as const;

/** How segments are computed. */
export interface ComputeOptions {
  /** Events from which on counts are kept from run to run; default two million. */
  readonly keepFromEvents?: number | undefined;
}

interface Computable {
  readonly row: SegmentRow;
  readonly prepared: PreparedExpression;
}

/**
 * Computes segments with shared scans: members, enter/leave log, then one commit that makes them present.
 * A segment that cannot be computed keeps its members and shows why; the others go on without it.
 * The caller holds the compute lock.
 */
export async function computeSegments(
  platform: Platform,
  reader: CatalogueReader,
  rows: readonly SegmentRow[],
  options: ComputeOptions = {},
): Promise<void> {
  const now = platform.clock.now();
  const preparation = await reader.preparation(now);
  const computable: Computable[] = [];
  for (const row of rows) {
    if (row.kind === 'import' || !row.document) continue;
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared) {
      await postpone(platform, row, now, prepared.problems[0]?.en ?? 'The rule cannot be understood.');
    } else {
      computable.push({ row, prepared });
    }
  }
  const isLarge = preparation.sizes.events >= (options.keepFromEvents ?? KEEP_FROM_EVENTS);
  const kept = isLarge ? await computeKept(platform, reader, computable, now) : new Set<Computable>();
  const others = computable.filter((segment) => !kept.has(segment));
  for (let start = 0; start < others.length; start += SHARED_SEGMENTS) {
    await computeTogether(platform, others.slice(start, start + SHARED_SEGMENTS), now);
  }
}

/** Segments that ask of events only how many there are, from counts that are kept; returns those computed. */
async function computeKept(
  platform: Platform,
  reader: CatalogueReader,
  computable: readonly Computable[],
  now: number,
): Promise<Set<Computable>> {
  const mine = computable.filter((segment) => countSlotsOf(segment.prepared.query));
  if (mine.length === 0) return new Set();
  // The counts are kept for all segments together, so that computing some of them does not lose the others'.
  const all = [...(await keptSegments(platform, reader, now)), ...mine];
  const slots = new Map(
    all.flatMap((segment) =>
      (countSlotsOf(segment.prepared.query) ?? []).map((slot) => [slot.signature, slot]),
    ),
  );
  const done = new Set<Computable>();
  try {
    const { counts, rebuilt } = await keepCounts(platform, [...slots.values()], now, COMPUTE_SETTINGS);
    for (let start = 0; start < mine.length; start += SHARED_SEGMENTS) {
      const block = mine.slice(start, start + SHARED_SEGMENTS);
      await computeBlock(platform, block, now, { counts, kind: rebuilt ? 'full' : 'incremental' });
      for (const segment of block) done.add(segment);
    }
  } catch (error) {
    if (!isQueryError(error)) throw error;
    // What cannot be kept can still be counted: the rest is computed in full, which shows whose fault it is.
    platform.log.warn({ error: String(error) }, 'event counts could not be kept');
  }
  return done;
}

/** All segments in use whose event counts can be kept. */
export async function keptSegments(
  platform: Platform,
  reader: CatalogueReader,
  now: number,
): Promise<{ segmentId: string; prepared: PreparedExpression }[]> {
  const preparation = await reader.preparation(now);
  const rows = await selectRuleSegments(platform.database);
  return rows.flatMap((row) => {
    if (!row.document) return [];
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared || !countSlotsOf(prepared.query)) return [];
    return [{ segmentId: row.segment_id, prepared }];
  });
}

async function computeTogether(
  platform: Platform,
  segments: readonly Computable[],
  now: number,
): Promise<void> {
  try {
    await computeBlock(platform, segments, now, { kind: 'full' });
  } catch (error) {
    const [only, ...others] = segments;
    if (!only) return;
    if (others.length > 0) {
      // One of them cannot be computed; alone, each shows whether it is the one.
      for (const segment of segments) await computeTogether(platform, [segment], now);
      return;
    }
    const refusal = refusalOf(error);
    const isOurs = refusal !== error;
    platform.log.warn({ segment: only.row.segment_id, error: String(error) }, 'segment not computed');
    await postpone(platform, only.row, now, refusal instanceof Error ? refusal.message : String(refusal));
    // What is not the segment's own fault (an engine away) is the loop's to repeat.
    if (!isOurs && !isQueryError(error)) throw error;
  }
}

/** ClickHouse numbers its own errors; errors without such a number are of the connection. */
function isQueryError(error: unknown): boolean {
  return typeof (error as { type?: unknown }).type === 'string';
}

async function computeBlock(
  platform: Platform,
  segments: readonly Computable[],
  now: number,
  how: { counts?: KeptCounts; kind: 'full' | 'incremental' },
): Promise<void> {
  const startedAt = performance.now();
  const ids = segments.map((segment) => segment.row.segment_id);
  const begun = new Map((await beginRuns(platform.database, ids)).map((run) => [run.segmentId, run]));
  const runs = ids.flatMap((id) => begun.get(id) ?? []);
  await clearUnfinished(platform.clickhouse, runs);

  const statement = shareStatement({ kind: 'person' }, { presentPerson, now, counts: how.counts });
  const conditions = segments.map((segment) => statement.condition(segment.prepared.query));
  await writeMembers(
    platform.clickhouse,
    runs,
    { rows: statement.rows(), conditions, parameters: statement.parameters.values },
    COMPUTE_SETTINGS,
  );
  await publishRuns(platform, runs, {
    at: now,
    kind: how.kind,
    startedAt,
    dueAt: (segmentId) =>
      dueOf(segments.find((each) => each.row.segment_id === segmentId)?.row, now, platform),
  });
}

function dueOf(row: SegmentRow | undefined, now: number, platform: Platform): number | undefined {
  // A snapshot is taken once.
  if (!row || row.kind === 'snapshot') return undefined;
  return nextDue(row.schedule, now, platform.config.timeZone);
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

async function postpone(platform: Platform, row: SegmentRow, now: number, problem: string): Promise<void> {
  const dueAt = row.kind === 'rule' ? nextDue(row.schedule, now, platform.config.timeZone) : undefined;
  await postponeSegment(platform.database, row.segment_id, dueAt, problem);
}
