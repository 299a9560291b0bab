import { OTHER_GROUP, type Breakdown } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { runQuery } from './run-query.ts';
import type { AnalysisNeeds, ResolvedScope } from './scope-sql.ts';

/** Rows of people; with `hasGroup` they have a column `grp`. */
export interface GroupedPeople {
  readonly sql: string;
  readonly hasGroup: boolean;
}

/** The same rows with the groups beyond the limit of the breakdown as one, and the names of the others, largest first. */
export async function showGroups(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  people: GroupedPeople,
  breakdown: Breakdown | undefined,
): Promise<GroupedPeople & { names: string[] }> {
  if (!people.hasGroup || !breakdown) return { ...people, names: [] };
  const rows = await runQuery<{ grp: string }>(
    needs,
    scope,
    `select grp from (${people.sql}) group by grp order by count() desc, grp limit ${breakdown.limit}`,
  );
  const names = rows.map((row) => row.grp);
  const shown = `if(has(${scope.bindings.bind('Array(String)', names)}, grp), grp, '${OTHER_GROUP}')`;
  return { hasGroup: true, names, sql: `select * replace(${shown} as grp) from (${people.sql})` };
}

/** The rows of one group, of all where none is asked for. @throws CodedError analysis_invalid */
export async function onlyGroup(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  people: GroupedPeople,
  { group, breakdown }: { group: string | undefined; breakdown: Breakdown | undefined },
): Promise<string> {
  if (group === undefined) return people.sql;
  if (!people.hasGroup) {
    throw new CodedError('analysis_invalid', { details: { reason: 'no_such_group', group } });
  }
  const shown = group === OTHER_GROUP ? await showGroups(needs, scope, people, breakdown) : people;
  return `select * from (${shown.sql}) where grp = ${scope.bindings.string(group)}`;
}
