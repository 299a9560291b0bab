import type { CallingUser } from '../platform/index.ts';
import type { AnalysisNeeds } from './analyses/scope-sql.ts';

/**
 * The same needs on behalf of a user: segments, tags and attributes that the user may not see are unknown names in
 * the question, and the limits of the user's role hold.
 */
export function askAs<Needs extends AnalysisNeeds>(asking: Needs, user: CallingUser): Needs {
  const { audience } = asking.needs;
  return {
    ...asking,
    needs: {
      ...asking.needs,
      audience: {
        ...audience,
        peopleSql: (expression, prefix) => audience.peopleSql(expression, prefix, user),
        tagGroups: (tagId, prefix) => audience.tagGroups(tagId, prefix, user),
      } satisfies AnalysisNeeds['needs']['audience'],
    },
  };
}
