import type { insightApi, ResponseOf } from '@wutong/contract';
import type { HttpServer } from '../platform/index.ts';

/** What happened, counted and compared: reports of strategies, the overview, analyses. */
export interface Insight {
  /** The whole loop of a strategy in numbers. @throws CodedError strategy_not_found */
  summary(strategyId: string): Promise<insightApi.Summary>;
  /** Treated against holdout by day, content, channel, institution. @throws CodedError strategy_not_found */
  effect(strategyId: string): Promise<ResponseOf<typeof insightApi.readStrategyEffect>>;
  /** The loop live; one answer serves everybody who asks within a second. */
  overview(): Promise<ResponseOf<typeof insightApi.readOverview>>;
  /** Looks at one alert that is due; true when there may be more. The loop does the same. */
  checkAlerts(): Promise<boolean>;
  /** Tells the target whose notice is due longest; true when there may be more. The loop does the same. */
  deliverNotices(): Promise<boolean>;
  /** Writes notices to operators about computations that are newly in trouble or no more. The loop does the same. */
  tellOperators(): Promise<void>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
