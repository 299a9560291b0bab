import type { Platform } from '../platform/index.ts';
import { routeAnalyses } from './analyses/routes.ts';
import type { Insight } from './front-door.ts';
import type { InsightNeeds } from './needs.ts';
import { readOverview } from './overview/read-overview.ts';
import { routeInsight } from './routes.ts';
import { shareForAMoment } from './share-for-a-moment.ts';
import { readEffect } from './strategy/read-effect.ts';
import { readSummary } from './strategy/read-summary.ts';

/** Builds the room. It keeps no state of its own in memory beyond answers of the last second. */
export function createInsight(platform: Platform, needs: InsightNeeds): Insight {
  const overview = shareForAMoment(() => readOverview(platform, needs));
  const insight: Insight = {
    summary: async (strategyId) => (await readSummary(platform, needs, strategyId)).summary,
    effect: (strategyId) => readEffect(platform, needs, strategyId),
    overview: () => overview(''),
    routes: (server) => {
      routeInsight(server, insight);
      routeAnalyses(server, { platform, needs });
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  return insight;
}
