import type { StrategyNode } from '@wutong/contract';
import type { CallingUser } from '../platform/index.ts';
import { conditionsOf } from './check-document.ts';
import type { CanvasNeeds } from './needs.ts';

/**
 * For each version of a strategy, whether the user may see who is in it: who entered by a segment is a member of it, and
 * who took a branch fits its condition. Its document and its numbers are for everybody who reads strategies: a second
 * person has to judge what runs.
 */
export function maySeePeople(
  { audience }: Pick<CanvasNeeds, 'audience'>,
  versions: readonly Iterable<StrategyNode>[],
  user: CallingUser,
): Promise<boolean[]> {
  return audience.mayAsk(
    versions.map((nodes) => [...nodes].flatMap(conditionsOf).map(({ eql }) => ({ text: eql }))),
    user,
  );
}
