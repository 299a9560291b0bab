import type { Platform } from '../platform/index.ts';
import type { PreparedExpression } from './prepare-expression.ts';
import { openStatement, run } from './run-expression.ts';
import type { SegmentRow } from './segment-store.ts';

/** Members of a segment now, and with the rule it would have. */
export interface MemberChange {
  readonly before: number;
  readonly after: number;
  readonly entering: number;
  readonly leaving: number;
}

/** How a rule would change the members of a segment as they were last computed; nothing is written. */
export async function tellMemberChange(
  platform: Platform,
  segment: SegmentRow,
  prepared: PreparedExpression,
): Promise<MemberChange> {
  const statement = openStatement(prepared, platform.clock.now());
  const condition = statement.condition(prepared.query);
  const { parameters } = statement;
  const members = `(SELECT groupBitmapMergeState(members) FROM segment_membership
    WHERE segment_id = ${parameters.bind('String', segment.segment_id)} AND run = ${parameters.bind('UInt64', segment.run)})`;
  const [row] = await run<{ before: number; after: number; staying: number }>(
    platform.clickhouse,
    `SELECT bitmapCardinality(${members}) AS before, countIf(${condition}) AS after,
            countIf(${condition} AND bitmapContains(${members}, frame_key)) AS staying
     FROM (${statement.rows()})`,
    parameters.values,
  );
  const { before = 0, after = 0, staying = 0 } = row ?? {};
  return { before, after, entering: after - staying, leaving: before - staying };
}
