import type { AnalysedEvent } from '@wutong/contract';
import { isEvent } from './event-sql.ts';
import { runQuery } from './run-query.ts';
import { eventRows, type AnalysisNeeds, PERSON, type ResolvedScope } from './scope-sql.ts';

/**
 * How many different people of the sample have one of the events in the period: what the error of a sample is
 * reckoned from where the answer itself counts something else, or people more than once. 0 without a sample.
 */
export async function peopleLookedAt(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  events: readonly AnalysedEvent[],
): Promise<number> {
  if (scope.sample >= 1) return 0;
  const isAny = events.map((event) => `(${isEvent(event, scope.bindings)})`).join(' or ');
  const [row] = await runQuery<{ people: number }>(
    needs,
    scope,
    `select uniqExact(${PERSON}) as people ${eventRows(scope, events)} and (${isAny})`,
  );
  return row!.people;
}
