import type { AnalysisNeeds } from '../../src/insight/analyses/scope-sql.ts';
import type { Platform } from '../../src/platform/index.ts';

/** An analysis that names no people and no attributes asks nothing of other rooms. */
export function withoutRooms(platform: Platform): AnalysisNeeds {
  const unasked = () => Promise.reject(new Error('not asked in a bench'));
  return {
    platform,
    needs: {
      audience: {
        check: unasked,
        peopleSql: unasked,
        declareUses: unasked,
        tagGroups: unasked,
        mayAsk: unasked,
        troubles: unasked,
        totals: unasked,
      },
      profile: { catalogue: unasked },
    },
  };
}
