/** Segments put together: in any, in all, or in the first and in none of the others. */
import { formatEql, type Condition } from '@wutong/contract';

export const combinations = ['union', 'intersection', 'difference'] as const;
export type Combination = (typeof combinations)[number];

/** The expression of a combination. The order matters for the difference: the first is taken from. */
export function combinedText(combination: Combination, segmentIds: readonly string[]): string {
  const [first, ...others] = segmentIds.map((segment): Condition => ({ kind: 'inSegment', segment }));
  if (!first) return formatEql({ kind: 'population', of: 'person' });
  const items =
    combination === 'difference'
      ? [first, ...others.map((item): Condition => ({ kind: 'not', item }))]
      : [first, ...others];
  const where: Condition = { kind: combination === 'union' ? 'or' : 'and', items };
  return formatEql({ kind: 'population', of: 'person', where: items.length > 1 ? where : first });
}
