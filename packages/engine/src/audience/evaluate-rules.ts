import type { Platform } from '../platform/index.ts';
import { SHARED_SEGMENTS } from './compute-block.ts';
import { restriction } from './expressions.ts';
import { prepareExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { openStatement, run } from './run-expression.ts';
import { selectRuleSegments, type SegmentRow } from './segment-store.ts';

/** Rule segments decided for one person at this instant, and whether the person is in each. */
export type DecidedSegments = ReadonlyMap<string, { readonly row: SegmentRow; readonly inside: boolean }>;

interface Prepared {
  readonly row: SegmentRow;
  readonly prepared: PreparedExpression;
}

/**
 * Decides every rule segment for one person now, many in one statement that reads the rows of the person only.
 * Left out, so that their last computation stands: rules that compare people with one another (they need everybody),
 * and rules that cannot be bound any more.
 * @throws CodedError eql_too_slow, eql_too_expensive
 */
export async function evaluateRules(
  platform: Platform,
  reader: CatalogueReader,
  personId: number,
): Promise<DecidedSegments> {
  const now = platform.clock.now();
  const preparation = await reader.preparation(now);
  const rules = (await selectRuleSegments(platform.database)).flatMap((row): Prepared[] => {
    if (!row.document) return [];
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared || prepared.query.kind !== 'population') return [];
    if (prepared.query.subject.kind !== 'person') return [];
    return restriction(prepared, [personId]).people ? [{ row, prepared }] : [];
  });
  const decided = new Map<string, { row: SegmentRow; inside: boolean }>();
  for (let start = 0; start < rules.length; start += SHARED_SEGMENTS) {
    const block = rules.slice(start, start + SHARED_SEGMENTS);
    for (const [index, inside] of (await evaluateBlock(platform, block, personId, now)).entries()) {
      const { row } = block[index]!;
      decided.set(row.segment_id, { row, inside });
    }
  }
  return decided;
}

/** Nobody is in anything who is not among the present people. */
async function evaluateBlock(
  platform: Platform,
  block: readonly Prepared[],
  personId: number,
  now: number,
): Promise<boolean[]> {
  const statement = openStatement(block[0]!.prepared, now, restriction(block[0]!.prepared, [personId]));
  const conditions = block.map(({ prepared }) => `toBool(${statement.condition(prepared.query)})`);
  const person = statement.parameters.bind('UInt64', personId);
  const [found] = await run<{ inside: boolean[] }>(
    platform.clickhouse,
    `SELECT [${conditions.join(', ')}] AS inside FROM (${statement.rows()}) WHERE frame_key = ${person}`,
    statement.parameters.values,
  );
  return block.map((_, index) => Boolean(found?.inside[index]));
}
