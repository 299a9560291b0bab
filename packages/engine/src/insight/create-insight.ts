import type { Platform, RunningLoop } from '../platform/index.ts';
import { routeAnalyses } from './analyses/routes.ts';
import { checkNextAlert } from './boards/check-alerts.ts';
import { createDashboards } from './boards/manage-dashboards.ts';
import { routeBoards } from './boards/routes.ts';
import type { Insight } from './front-door.ts';
import type { InsightNeeds } from './needs.ts';
import { readOverview } from './overview/read-overview.ts';
import { routeInsight } from './routes.ts';
import { shareForAMoment } from './share-for-a-moment.ts';
import { readEffect } from './strategy/read-effect.ts';
import { readSummary } from './strategy/read-summary.ts';

/** Real ms between looks for due alerts. */
const ALERT_INTERVAL_MS = 1_000;

/** Builds the room. It keeps no state of its own in memory beyond answers of the last second. */
export function createInsight(platform: Platform, needs: InsightNeeds): Insight {
  let alerts: RunningLoop | undefined;
  const overview = shareForAMoment(() => readOverview(platform, needs));
  const asking = { platform, needs };
  const dashboards = createDashboards(platform, needs);
  const insight: Insight = {
    summary: async (strategyId) => (await readSummary(platform, needs, strategyId)).summary,
    effect: (strategyId) => readEffect(platform, needs, strategyId),
    overview: () => overview(''),
    routes: (server) => {
      routeInsight(server, insight);
      routeAnalyses(server, asking);
      routeBoards(server, platform, asking, dashboards);
    },
    checkAlerts: () => checkNextAlert(platform, asking),
    async start() {
      alerts = platform.jobs.loop({
        name: 'insight.alerts',
        intervalMs: ALERT_INTERVAL_MS,
        run: () => insight.checkAlerts(),
      });
    },
    async stop() {
      await alerts?.stop();
    },
  };
  return insight;
}
