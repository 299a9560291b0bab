import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../../platform/index.ts';
import { analysePortrait } from '../analyses/portrait.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import type { Dashboards } from './manage-dashboards.ts';

/** Portraits and dashboards. */
export function routeBoards(server: HttpServer, asking: AnalysisNeeds, dashboards: Dashboards): void {
  server.handle(insightApi.analysePortrait, ({ body }) => analysePortrait(asking, body));
  server.handle(insightApi.listDashboards, async ({ user }) => ({
    items: (await dashboards.list(user.name)).map(({ tiles: _tiles, ...dashboard }) => dashboard),
  }));
  server.handle(insightApi.createDashboard, ({ body, user }) => dashboards.create(body, user.name));
  server.handle(insightApi.readDashboard, ({ params, user }) =>
    dashboards.read(params.dashboardId, user.name),
  );
  server.handle(insightApi.saveDashboard, ({ params, body, user }) =>
    dashboards.save(params.dashboardId, body, user.name),
  );
  server.handle(insightApi.deleteDashboard, async ({ params, user }) => {
    await dashboards.remove(params.dashboardId, user.name);
    return { done: true as const };
  });
}
