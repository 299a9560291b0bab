import type { Platform } from '../platform/index.ts';
import { computeBlock, COMPUTE_SETTINGS, SHARED_SEGMENTS, type Computable } from './compute-block.ts';
import { problemOfError, type ComputationProblem } from './computation-problem.ts';
import { computeKept, keptAmong, type KeptComputable } from './compute-kept.ts';
import { prepareExpression, type Preparation } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { refusalOf } from './run-expression.ts';
import { dueAfterRun } from './schedule.ts';
import { postponeSegment, type SegmentRow } from './segment-store.ts';

/**
 * From this many events on, something is kept about people from run to run; fewer are counted as fast. Nine segments
 * over 6 million events: 1.4 to 1.7 s of processor time in full, 0.6 to 0.9 s after one percent of new events, of which
 * half a second is the same for any number (docs/decisions/0022-kept-people.md).
 */
const KEEP_FROM_EVENTS = 5_000_000;

/** How segments are computed. */
export interface ComputeOptions {
  /** Events from which on something is kept from run to run; default five million. */
  readonly keepFromEvents?: number | undefined;
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
  await reader.catchUp();
  const now = platform.clock.now();
  const preparation = await reader.preparation(
    now,
    rows.flatMap((row) => row.document ?? []),
  );
  const computable: Computable[] = [];
  for (const row of rows) {
    if (row.kind === 'import' || !row.document) continue;
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared) {
      await postpone(platform, row, now, prepared.problems[0]!);
    } else {
      computable.push({ row, prepared });
    }
  }
  const mayKeep = preparation.sizes.events >= (options.keepFromEvents ?? KEEP_FROM_EVENTS);
  const kept = mayKeep ? keptAmong(computable) : [];
  const isKept = kept.length > 0 && (await triedKept(platform, preparation, kept));
  const done = new Set(isKept ? kept.map(({ row }) => row.segment_id) : []);
  const others = computable.filter(({ row }) => !done.has(row.segment_id));
  for (let start = 0; start < others.length; start += SHARED_SEGMENTS) {
    await computeTogether(platform, others.slice(start, start + SHARED_SEGMENTS), now);
  }
}

/** Computes segments from what is kept about people; false when they have to be computed in full. */
async function triedKept(
  platform: Platform,
  preparation: Preparation,
  segments: readonly KeptComputable[],
): Promise<boolean> {
  try {
    await computeKept(platform, preparation, segments, COMPUTE_SETTINGS);
    return true;
  } catch (error) {
    if (!isQueryError(error)) throw error;
    // What cannot be kept can still be counted: in full, which also shows whose fault it is.
    platform.log.warn({ error: String(error) }, 'what is kept about people could not be brought up to date');
    return false;
  }
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
    // What is not the segment's own fault (an engine away) is the loop's to repeat: it stays due.
    if (!isOurs && !isQueryError(error)) throw error;
    await postpone(platform, only.row, now, problemOfError(refusal));
  }
}

/** ClickHouse numbers its own errors; errors without such a number are of the connection. */
function isQueryError(error: unknown): boolean {
  return typeof (error as { type?: unknown }).type === 'string';
}

async function postpone(
  platform: Platform,
  row: SegmentRow,
  now: number,
  problem: ComputationProblem,
): Promise<void> {
  const dueAt = row.kind === 'rule' ? dueAfterRun(row, now, platform.config.timeZone) : undefined;
  await postponeSegment(platform.database, row.segment_id, { dueAt, problem, at: now });
}
