import type { Answer, PeopleBreakdown, Scope } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { withCompared } from './compare-periods.ts';
import type { AnalysisNeeds, Within } from './scope-sql.ts';

interface Splittable extends Scope {
  readonly breakdown?: PeopleBreakdown | undefined;
}

/** Those who are in no group. */
const NO_GROUP = '';

/**
 * The answer to a question, compared where that is asked for, and asked again for each group of people: the first
 * group that describes a person is the person's. One after the other, for each may take all cores.
 */
export async function withGroups<Asked extends Splittable, Answered extends Answer>(
  asking: AnalysisNeeds,
  request: Asked,
  analyse: (asking: AnalysisNeeds, request: Asked) => Promise<Answered>,
): Promise<Answered & { compared?: Answered; groups?: { group: string; answer: Answered }[] }> {
  const answer = await withCompared(asking, request, analyse);
  if (!request.breakdown) return answer;
  const groups: { group: string; answer: Answered }[] = [];
  for (const { title } of [...request.breakdown.by.groups, { title: NO_GROUP }]) {
    const asked = withinGroup({ ...request, compare: undefined }, title);
    groups.push({ group: title, answer: await analyse(asking, asked) });
  }
  return { ...answer, groups };
}

/** The question for one group only; unchanged without one. @throws CodedError analysis_invalid */
export function withinGroup<Asked extends Splittable>(
  request: Asked,
  group: string | undefined,
): Asked & Within {
  if (group === undefined) return request;
  const groups = request.breakdown?.by.groups ?? [];
  const place = group === NO_GROUP ? groups.length : groups.findIndex((each) => each.title === group);
  if (place < 0 || groups.length === 0) {
    throw new CodedError('analysis_invalid', { details: { reason: 'no_such_group', group } });
  }
  const before = groups.slice(0, place).map((each) => each.people);
  return { ...request, breakdown: undefined, within: { group: groups[place]?.people, before } };
}
