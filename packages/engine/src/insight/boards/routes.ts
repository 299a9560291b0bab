import { insightApi } from '@wutong/contract';
import { CodedError, type HttpServer, type Platform } from '../../platform/index.ts';
import { analysePortrait } from '../analyses/portrait.ts';
import { runAnalysis } from '../analyses/run-analysis.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { removeAlert, selectAlert, selectAlerts, selectChecks, writeAlert } from './alert-store.ts';
import type { Dashboards } from './manage-dashboards.ts';
import { tableOfAnswer, writeCsv } from './table-of-answer.ts';

/** Portraits, exports, dashboards and alerts. */
export function routeBoards(
  server: HttpServer,
  platform: Platform,
  asking: AnalysisNeeds,
  dashboards: Dashboards,
): void {
  server.handle(insightApi.analysePortrait, ({ body }) => analysePortrait(asking, body));
  server.handle(insightApi.exportAnalysis, async ({ body, user, reply }) => {
    const answer = await runAnalysis(asking, body.analysis);
    const csv = writeCsv(tableOfAnswer(body.analysis.kind, answer));
    await platform.database.transaction((transaction) =>
      platform.audit.record(transaction, {
        actor: user.name,
        action: 'report.export',
        object: body.analysis.kind,
        detail: { analysis: body.analysis, bytes: csv.length },
      }),
    );
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${body.analysis.kind}.csv"`);
    return csv;
  });

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
  routeAlerts(server, platform);
}

function routeAlerts(server: HttpServer, { database, clock, ids }: Platform): void {
  const write = async (alertId: string, input: Parameters<typeof writeAlert>[1]['input'], owner: string) => {
    const written = await database.transaction((transaction) =>
      writeAlert(transaction, { alertId, owner, input, now: clock.now() }),
    );
    const alert = written ? await selectAlert(database, alertId) : undefined;
    if (!alert) throw new CodedError('alert_not_found', { details: { alertId } });
    return alert;
  };
  const existing = async (alertId: string) => {
    const alert = await selectAlert(database, alertId);
    if (!alert) throw new CodedError('alert_not_found', { details: { alertId } });
    return alert;
  };

  server.handle(insightApi.listAlerts, async () => ({ items: await selectAlerts(database) }));
  server.handle(insightApi.createAlert, ({ body, user }) => write(ids.newId(), body, user.name));
  server.handle(insightApi.saveAlert, async ({ params, body, user }) => {
    await existing(params.alertId);
    return write(params.alertId, body, user.name);
  });
  server.handle(insightApi.deleteAlert, async ({ params, user }) => {
    const removed = await database.transaction((transaction) =>
      removeAlert(transaction, params.alertId, user.name),
    );
    if (!removed) throw new CodedError('alert_not_found', { details: { alertId: params.alertId } });
    return { done: true as const };
  });
  server.handle(insightApi.listAlertChecks, async ({ params, query }) => {
    await existing(params.alertId);
    return { items: await selectChecks(database, params.alertId, query.limit) };
  });
}
