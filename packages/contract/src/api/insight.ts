import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

export * from './insight-alerts.ts';
export * from './insight-analyses.ts';
export * from './insight-boards.ts';
export * from './insight-operator-alerts.ts';
export * from './insight-reports.ts';

const count = z.number().int().min(0);

/** A channel that never says what arrived has no number of arrivals, rather than none. */
const deliveredSchema = count.nullable().describe('null: no message went over a channel that gives receipts');
const sentWithReceiptsSchema = count.describe(
  'sent over channels that give receipts: what `delivered` is a share of',
);

/** Two proportions compared: shares, their difference, its 95 % interval and two-sided p-value. */
export const comparisonSchema = z.object({
  treated: z.object({ people: count, converted: count, rate: z.number() }),
  holdout: z.object({ people: count, converted: count, rate: z.number() }),
  difference: z.number().describe('treated rate − holdout rate'),
  low: z.number().describe('lower end of the 95 % interval (Newcombe 1998, method 10)'),
  high: z.number(),
  p: z.number().describe('two-sided, two-proportion z-test with pooled variance'),
});
export type Comparison = z.output<typeof comparisonSchema>;

/** The balance of one send step: audience = suppressed + pending + sent + failed + uncertain. */
export const stepBooksSchema = z.object({
  strategyId: z.string(),
  strategyVersion: z.number().int(),
  nodeId: z.string(),
  title: z.string(),
  audience: count,
  suppressed: z.record(z.string(), count).describe('reason → people'),
  pending: count,
  sent: count.describe('handed to a supplier and accepted, including those delivered'),
  delivered: deliveredSchema,
  sentWithReceipts: sentWithReceiptsSchema,
  clicked: count,
  failed: count,
  uncertain: count,
  balanced: z.boolean(),
});
export type StepBooks = z.output<typeof stepBooksSchema>;

export const channelResultSchema = z.object({
  channel: z.string(),
  supplier: z.string(),
  supplierName: z.string(),
  attempted: count,
  sent: count,
  delivered: deliveredSchema,
  clicked: count,
  failed: count,
  uncertain: count,
});

/** The loop of one strategy in numbers; what `npm start -- --json` prints, without `trueEffect`. */
export const summarySchema = z.object({
  people: count,
  keys: count,
  merged: count.describe('people that turned out to be somebody already known'),
  events: count,
  audience: count,
  holdout: count,
  suppressed: z.record(z.string(), count),
  pending: count,
  sent: count,
  delivered: count,
  sentWithReceipts: sentWithReceiptsSchema,
  clicked: count,
  failed: count,
  uncertain: count,
  tasks: z.object({ created: count, done: count, outcomes: z.record(z.string(), count) }),
  goal: comparisonSchema,
  contents: z.array(
    z.object({ variant: z.string(), people: count, converted: count, rate: z.number(), clicked: count }),
  ),
  contentComparison: z
    .object({ difference: z.number(), low: z.number(), high: z.number(), p: z.number() })
    .optional()
    .describe('second content variant against the first, same methods as goal'),
  channels: z.array(channelResultSchema),
  steps: z.array(stepBooksSchema),
  balanced: z.boolean(),
  running: count.describe('people still on their way through the strategy'),
});
export type Summary = z.output<typeof summarySchema>;

export const readStrategySummary = endpoint({
  name: 'readStrategySummary',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/summary',
  room: 'insight',
  summary: {
    en: 'The whole loop of a strategy in numbers; numbers of the whole bank, also for users of an institution',
    zh: '一个策略的闭环数字汇总；全行口径，机构用户亦同',
  },
  permission: 'report.read',
  params: z.object({ strategyId: z.string() }),
  response: summarySchema,
});

export const readStrategyEffect = endpoint({
  name: 'readStrategyEffect',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/effect',
  room: 'insight',
  summary: {
    en: 'Effect report: treated against holdout, by day, content, channel, institution; numbers of the whole bank, also for users of an institution',
    zh: '效果报告：实验组对空白组，按日、内容、渠道、机构；全行口径，机构用户亦同',
  },
  permission: 'report.read',
  params: z.object({ strategyId: z.string() }),
  response: z.object({
    strategyId: z.string(),
    title: z.string(),
    goalTitle: z.string(),
    enteredFrom: z.string().optional(),
    enteredTo: z.string().optional(),
    asOf: z.string(),
    summary: summarySchema,
    byDay: z.array(
      z.object({
        day: z.number().int().describe('days since entry, from 0'),
        treatedRate: z.number().describe('cumulative share converted'),
        holdoutRate: z.number(),
      }),
    ),
    byInstitution: z.array(
      z.object({
        institutionId: z.string(),
        name: z.string(),
        treated: z.object({ people: count, converted: count }),
        holdout: z.object({ people: count, converted: count }),
      }),
    ),
  }),
});

const tile = z.object({ value: z.number(), today: z.number().optional() });
export const readOverview = endpoint({
  name: 'readOverview',
  method: 'GET',
  path: '/api/v1/overview',
  room: 'insight',
  summary: {
    en: 'The loop live: the five connections with their numbers; numbers of the whole bank, also for users of an institution',
    zh: '总览：五通实时数字；全行口径，机构用户亦同',
  },
  permission: 'overview.read',
  response: z.object({
    asOf: z.string(),
    channel: z.object({ suppliers: tile, suppliersHealthy: tile, sent: tile, delivered: tile }),
    data: z.object({
      people: tile,
      keys: tile,
      merged: tile,
      events: tile,
      eventsPerMinute: tile,
      rejected: tile,
    }),
    decision: z.object({
      segments: tile,
      inAudiences: tile,
      suppressed: tile,
      provedWrong: tile.describe('segments whose kept members the newest nightly proof found to differ'),
    }),
    execution: z.object({
      strategiesRunning: tile,
      peopleOnTheWay: tile,
      passedToday: tile,
      tasksOpen: tile,
    }),
    feedback: z.object({ receipts: tile, clicked: tile, replied: tile, converted: tile }),
    funnel: z.array(
      z.object({
        stage: z.enum([
          'collected',
          'identified',
          'in_audience',
          'in_strategy',
          'reached',
          'responded',
          'converted',
        ]),
        people: count,
      }),
    ),
    eventsByHour: z.array(z.object({ hour: z.string(), events: count })).describe('last 48 hours'),
    strategies: z.array(
      z.object({
        strategyId: z.string(),
        title: z.string(),
        state: z.string(),
        entered: count,
        running: count,
        converted: count,
      }),
    ),
  }),
});
