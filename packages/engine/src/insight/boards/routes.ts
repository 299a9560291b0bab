import { insightApi } from '@wutong/contract';
import type { HttpServer, Platform } from '../../platform/index.ts';
import { analysePortrait } from '../analyses/portrait.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { askFor } from '../ask-for.ts';
import { readReportSettings } from '../report-settings.ts';
import type { TileAnswers } from './answer-tiles.ts';
import type { Dashboards } from './manage-dashboards.ts';
import { showDashboard, unseenTiles, withRefusals } from './show-to-viewer.ts';

/** Portraits and dashboards. */
export function routeBoards(
  server: HttpServer,
  { settings, clock }: Pick<Platform, 'settings' | 'clock'>,
  asking: AnalysisNeeds,
  { dashboards, answers }: { dashboards: Dashboards; answers: TileAnswers },
): void {
  server.handle(insightApi.analysePortrait, async ({ body, user, seen }) =>
    analysePortrait(
      await askFor(asking, user, seen),
      body,
      (await readReportSettings(settings)).smallestGroup,
    ),
  );
  server.handle(insightApi.listDashboards, async ({ user }) => ({
    items: (await dashboards.list(user)).map(({ tiles: _tiles, ...dashboard }) => dashboard),
  }));
  server.handle(insightApi.createDashboard, ({ body, user }) => dashboards.create(body, user));
  server.handle(insightApi.readDashboard, async ({ params, user }) =>
    showDashboard(asking.needs, await dashboards.read(params.dashboardId, user), user),
  );
  server.handle(insightApi.saveDashboard, ({ params, body, user }) =>
    dashboards.save(params.dashboardId, body, user),
  );
  server.handle(insightApi.answerDashboard, async ({ params, body, user, seen }) => {
    const dashboard = await dashboards.read(params.dashboardId, user);
    // Answers are kept for all viewers: whom a question is not for gets none of them.
    const tileIds = await unseenTiles(asking.needs, dashboard, user);
    const shown = { ...dashboard, tiles: dashboard.tiles.filter((tile) => !tileIds.has(tile.tileId)) };
    const items = seen
      ? await answers.answerAnew(await askFor(asking, user, seen), shown, body.tileIds)
      : await answers.answer(shown, body);
    return { items: withRefusals(dashboard, items, { tileIds, asked: body.tileIds, at: clock.now() }) };
  });
  server.handle(insightApi.deleteDashboard, async ({ params, user }) => {
    await dashboards.remove(params.dashboardId, user);
    return { done: true as const };
  });
}
