import { canvasApi, type canvasApi as api } from '@wutong/contract';
import { CodedError, type HttpServer } from '../platform/index.ts';
import { enrolByRequest } from './enrol-by-request.ts';
import { readRuns } from './entry-run-store.ts';
import { requireStrategy, requireVersion } from './manage-strategy.ts';
import { declarePeopleRoutes } from './people-routes.ts';
import type { RouteDependencies } from './route-dependencies.ts';
import { presentRun, presentStrategy, presentSummaries, presentVersion } from './present-strategy.ts';
import { readStrategies } from './strategy-store.ts';
import { emptyDocument } from './templates/empty-document.ts';
import { strategyTemplates } from './templates/index.ts';
import { readVersions } from './version-store.ts';

/** All operations of the room. */
export function declareRoutes(server: HttpServer, of: RouteDependencies): void {
  declareDraftRoutes(server, of);
  declareVersionRoutes(server, of);
  declarePeopleRoutes(server, of);
}

function declareDraftRoutes(server: HttpServer, of: RouteDependencies): void {
  const { canvas } = of;
  const { database, ids } = of.platform;
  const present = async (strategyId: string): Promise<api.Strategy> =>
    presentStrategy(database, canvas, await requireStrategy(database, strategyId));

  server.handle(canvasApi.listStrategies, async ({ query }) => {
    const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const strategies = await readStrategies(database, { ...query, before, limit: query.limit + 1 });
    const page = strategies.slice(0, query.limit);
    const last = strategies.length > query.limit ? page.at(-1) : undefined;
    return {
      items: await presentSummaries(database, page),
      nextCursor: last && `${last.updatedAt} ${last.strategyId}`,
    };
  });

  server.handle(canvasApi.createStrategy, async ({ body, user }) => {
    const template = strategyTemplates.find((each) => each.templateId === body.templateId);
    if (body.templateId !== undefined && !template) throw new CodedError('not_found');
    const strategyId = body.strategyId ?? `s-${ids.newId()}`;
    await canvas.create({
      actor: user.userId,
      strategyId,
      name: body.name,
      description: body.description,
      document: body.document ?? template?.document ?? emptyDocument(),
    });
    return present(strategyId);
  });

  server.handle(canvasApi.readStrategy, ({ params }) => present(params.strategyId));

  server.handle(canvasApi.saveStrategyDraft, async ({ params, body, user }) => {
    await canvas.saveDraft({ ...body, strategyId: params.strategyId, actor: user.userId });
    return present(params.strategyId);
  });

  server.handle(canvasApi.checkStrategyDocument, async ({ body, user }) => {
    const findings = await canvas.check(body.document, user);
    return { findings, publishable: findings.every((each) => each.severity !== 'error') };
  });

  server.handle(canvasApi.changeStrategyState, async ({ params, body, user }) => {
    await canvas.changeState({ actor: user.userId, strategyId: params.strategyId, action: body.action });
    return present(params.strategyId);
  });

  server.handle(canvasApi.simulateStrategy, ({ body, user }) => canvas.simulate({ ...body, asker: user }));

  server.handle(canvasApi.listStrategyTemplates, async () => ({ items: [...strategyTemplates] }));
}

function declareVersionRoutes(server: HttpServer, of: RouteDependencies): void {
  const { canvas } = of;
  const { database } = of.platform;

  server.handle(canvasApi.submitStrategy, async ({ params, body, user }) =>
    presentVersion(
      database,
      await canvas.submit({ ...body, strategyId: params.strategyId, actor: user.userId, asker: user }),
    ),
  );
  server.handle(canvasApi.decideStrategyVersion, async ({ params, body, user }) =>
    presentVersion(database, await canvas.decide({ ...params, ...body, actor: user.userId })),
  );
  server.handle(canvasApi.publishStrategyVersion, async ({ params, body, user }) =>
    presentVersion(database, await canvas.publish({ ...params, ...body, actor: user.userId })),
  );
  server.handle(canvasApi.listStrategyVersions, async ({ params }) => {
    await requireStrategy(database, params.strategyId);
    const versions = await readVersions(database, params.strategyId);
    return { items: await Promise.all(versions.map((version) => presentVersion(database, version))) };
  });
  server.handle(canvasApi.readStrategyVersion, async ({ params }) =>
    presentVersion(database, await requireVersion(database, params.strategyId, params.version)),
  );
  server.handle(canvasApi.readStrategyNumbers, async ({ params }) => {
    await requireVersion(database, params.strategyId, params.version);
    return canvas.numbers(params.strategyId, params.version);
  });
  server.handle(canvasApi.listEntryRuns, async ({ params }) => {
    await requireStrategy(database, params.strategyId);
    return { items: (await readRuns(database, params.strategyId)).map(presentRun) };
  });
  server.handle(canvasApi.enrolPeople, async ({ params, body, seen }) => ({
    items: await enrolByRequest(of, params.strategyId, body.entries, seen),
  }));
}

function decodeCursor(cursor: string): { updatedAt: number; strategyId: string } {
  const [updatedAt, strategyId] = cursor.split(' ');
  return { updatedAt: Number(updatedAt) || 0, strategyId: strategyId ?? '' };
}
