import type { Platform } from '../platform/index.ts';
import { computeBlock, SHARED_SEGMENTS, type Computable } from './compute-block.ts';
import { countSlotsOf } from './incremental/count-slot.ts';
import { keepCounts, type CurrentCounts } from './incremental/keep-counts.ts';
import { isTracked, ruleSignature } from './incremental/track-changes.ts';
import { prepareExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { selectRuleSegments, type KeptRun } from './segment-store.ts';

/**
 * Computes the segments that ask of events only how many there are, from counts that are kept. Where the rule
 * allows, only the people who may have changed since the segment's last run are looked at.
 */
export async function computeKept(
  platform: Platform,
  reader: CatalogueReader,
  mine: readonly Computable[],
  now: number,
  settings: Record<string, string | number>,
): Promise<void> {
  // The counts are kept for all segments together, so that computing some of them does not lose the others'.
  const all = [...(await keptSegments(platform, reader, now)), ...mine];
  const slots = new Map(
    all.flatMap((segment) =>
      (countSlotsOf(segment.prepared.query) ?? []).map((slot) => [slot.signature, slot]),
    ),
  );
  const current = await keepCounts(platform, [...slots.values()], now, settings);
  const kind = current.rebuilt ? 'full' : 'incremental';
  for (const [since, segments] of bySinceWhen(mine, current)) {
    for (let start = 0; start < segments.length; start += SHARED_SEGMENTS) {
      const block = segments.slice(start, start + SHARED_SEGMENTS);
      await computeBlock(platform, block, now, {
        kind,
        counts: current.counts,
        keptAs: (segment) => keptRun(segment, current),
        touched: since === undefined ? undefined : current.touchedSince(since),
      });
    }
  }
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

/** The segments by the step since which people have to be looked at; undefined: everybody. */
function bySinceWhen(
  segments: readonly Computable[],
  current: CurrentCounts,
): Map<number | undefined, Computable[]> {
  const groups = new Map<number | undefined, Computable[]>();
  for (const segment of segments) {
    const { kept, run } = segment.row;
    const { generation, loggedFromStep } = current.state;
    const isContinued =
      run > 0 &&
      kept?.generation === generation &&
      kept.step >= loggedFromStep &&
      kept.rule === keptRun(segment, current)?.rule;
    const since = isContinued ? kept.step : undefined;
    groups.set(since, [...(groups.get(since) ?? []), segment]);
  }
  return groups;
}

/** What a run of a segment stands for; undefined when its members cannot be brought up to date. */
function keptRun(segment: Computable, current: CurrentCounts): KeptRun | undefined {
  const { query } = segment.prepared;
  if (!isTracked(query)) return undefined;
  const { generation, step } = current.state;
  return { generation, step, rule: ruleSignature(query) };
}
