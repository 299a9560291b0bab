import { insightApi } from '@wutong/contract';
import type { HttpServer } from '../platform/index.ts';
import type { Insight } from './front-door.ts';

/** The operations of the room in the API. */
export function routeInsight(server: HttpServer, insight: Insight): void {
  server.handle(insightApi.readStrategySummary, ({ params }) => insight.summary(params.strategyId));
  server.handle(insightApi.readStrategyEffect, ({ params }) => insight.effect(params.strategyId));
  server.handle(insightApi.readOverview, () => insight.overview());
}
