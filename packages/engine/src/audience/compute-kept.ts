import type { Platform } from '../platform/index.ts';
import { computeBlock, SHARED_SEGMENTS, type Computable } from './compute-block.ts';
import { keepParts } from './incremental/keep-parts.ts';
import { keptMembers } from './incremental/kept-members.ts';
import { keptRuleOf, type KeptRule } from './incremental/kept-part.ts';
import { prepareExpression, type Preparation } from './prepare-expression.ts';
import { selectRuleSegments } from './segment-store.ts';

/** A segment whose members are found from what is kept. */
export interface KeptComputable extends Computable {
  readonly rule: KeptRule;
}

/** The segments whose members can be found from what is kept. */
export function keptAmong(segments: readonly Computable[]): KeptComputable[] {
  return segments.flatMap((segment) => {
    const rule = keptRuleOf(segment.prepared.query);
    return rule ? [{ ...segment, rule }] : [];
  });
}

/**
 * Computes segments from what is kept about people, brought up to the instant of the preparation: their members are put
 * together of bitmaps, and nobody is looked at whom nothing happened to.
 */
export async function computeKept(
  platform: Platform,
  preparation: Preparation,
  mine: readonly KeptComputable[],
  settings: Record<string, string | number>,
): Promise<void> {
  // What is kept is kept for all segments together, so that computing some of them does not lose the others'.
  const { now } = preparation.time;
  const rules = [...(await rulesInUse(platform, preparation)), ...mine.map(({ rule }) => rule)];
  const parts = new Map(rules.flatMap((rule) => rule.parts.map((part) => [part.name, part])));
  const current = await keepParts(platform, [...parts.values()], now, settings);
  for (let start = 0; start < mine.length; start += SHARED_SEGMENTS) {
    const block = mine.slice(start, start + SHARED_SEGMENTS);
    await computeBlock(platform, block, now, {
      kind: current.rebuilt ? 'full' : 'incremental',
      members: keptMembers(
        current,
        block.map(({ rule }) => rule.tree),
      ),
    });
  }
}

/** The rules of all segments in use that can be kept. */
async function rulesInUse(platform: Platform, preparation: Preparation): Promise<KeptRule[]> {
  const rows = await selectRuleSegments(platform.database);
  return rows.flatMap((row) => {
    if (!row.document) return [];
    const prepared = prepareExpression({ document: row.document }, preparation);
    return 'problems' in prepared ? [] : (keptRuleOf(prepared.query) ?? []);
  });
}
