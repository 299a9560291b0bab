/** What happened, counted and compared: reports of strategies, the overview, analyses. Reads ClickHouse only. */
export { createInsight } from './create-insight.ts';
export type { Insight } from './front-door.ts';
export type {
  InsightNeeds,
  MessageTally,
  ReportedStrategy,
  StrategyProgress,
  SupplierLine,
} from './needs.ts';
