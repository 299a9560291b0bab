import type { Platform, RunningLoop } from '../platform/index.ts';
import { routeAnalyses } from './analyses/routes.ts';
import { checkNextAlert } from './alerts/check-alerts.ts';
import { deliverNextNotice } from './alerts/deliver-notices.ts';
import { routeAlerts } from './alerts/routes.ts';
import { createTileAnswers } from './boards/answer-tiles.ts';
import { createDashboards } from './boards/manage-dashboards.ts';
import { routeBoards } from './boards/routes.ts';
import { routeExports } from './exports/routes.ts';
import type { Insight } from './front-door.ts';
import type { InsightNeeds } from './needs.ts';
import { readOverview } from './overview/read-overview.ts';
import { routeOperators } from './operators/routes.ts';
import { tellOperators } from './operators/tell-operators.ts';
import { readReportSettings } from './report-settings.ts';
import { createReports } from './reports/manage-reports.ts';
import { routeReports } from './reports/routes.ts';
import { routeInsight } from './routes.ts';
import { shareForAMoment } from './share-for-a-moment.ts';
import { readEffect } from './strategy/read-effect.ts';
import { readSummary } from './strategy/read-summary.ts';

/** Real ms between looks for due alerts and notices. */
const ALERT_INTERVAL_MS = 1_000;
/** Real ms between looks for computations in trouble: what one cause breaks is mostly told in one message. */
const TROUBLE_INTERVAL_MS = 10_000;
/** Real ms between dashboards computed ahead: a clock that runs fast must not make them all due all the time. */
const REFRESH_INTERVAL_MS = 2_000;

/** Builds the room. It keeps no state of its own in memory beyond answers of the last second. */
export function createInsight(platform: Platform, needs: InsightNeeds): Insight {
  let loops: RunningLoop[] = [];
  const overview = shareForAMoment(() => readOverview(platform, needs));
  const asking = { platform, needs };
  const dashboards = createDashboards(platform, needs);
  const reports = createReports(platform, needs);
  const answers = createTileAnswers(platform, asking);
  const insight: Insight = {
    summary: async (strategyId) => (await readSummary(platform, needs, strategyId)).summary,
    effect: (strategyId) => readEffect(platform, needs, strategyId),
    overview: () => overview(''),
    routes: (server) => {
      routeInsight(server, insight);
      routeAnalyses(server, asking);
      routeBoards(server, platform, asking, { dashboards, answers });
      routeAlerts(server, platform, asking);
      routeExports(server, platform, asking);
      routeOperators(server, platform, needs);
      routeReports(server, platform, asking, reports);
    },
    checkAlerts: () => checkNextAlert(platform, asking),
    deliverNotices: () => deliverNextNotice(platform, needs, () => readReportSettings(platform.settings)),
    tellOperators: () => tellOperators(platform, needs),
    async start() {
      const loop = (name: string, run: () => Promise<boolean>) =>
        platform.jobs.loop({ name, intervalMs: ALERT_INTERVAL_MS, run });
      loops = [
        loop('insight.alerts', () => insight.checkAlerts()),
        loop('insight.notices', () => insight.deliverNotices()),
        platform.jobs.loop({
          name: 'insight.operators',
          intervalMs: TROUBLE_INTERVAL_MS,
          run: async () => {
            await insight.tellOperators();
            return false;
          },
        }),
        platform.jobs.loop({
          name: 'insight.dashboards',
          intervalMs: REFRESH_INTERVAL_MS,
          run: () => answers.refreshNext(),
        }),
      ];
    },
    async stop() {
      for (const loop of loops.reverse()) await loop.stop();
      loops = [];
    },
  };
  return insight;
}
