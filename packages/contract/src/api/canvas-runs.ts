import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { strategyDocumentSchema } from '../strategy/document.ts';
import { page, strategyParams, versionParams } from './canvas-shapes.ts';

export const nodeNumbersSchema = z.object({
  nodeId: z.string(),
  in: z.number().int().describe('arrived here'),
  waiting: z.number().int().describe('here now'),
  out: z.number().int().describe('left: in − waiting'),
  refused: z.number().int().describe('of out: the policy gate refused the message'),
  outcomes: z.record(z.string(), z.number().int()).describe('of out, by the way out or the reason of ending'),
});
export type NodeNumbers = z.output<typeof nodeNumbersSchema>;

export const strategyNumbersSchema = z.object({
  strategyId: z.string(),
  version: z.number().int(),
  entered: z.number().int(),
  active: z.number().int(),
  ended: z.number().int(),
  endReasons: z.record(z.string(), z.number().int()),
  treated: z.object({ people: z.number().int(), goalReached: z.number().int() }),
  holdout: z.object({ people: z.number().int(), goalReached: z.number().int() }),
  nodes: z.array(nodeNumbersSchema),
  at: z.string(),
});
export type StrategyNumbers = z.output<typeof strategyNumbersSchema>;

export const readStrategyNumbers = endpoint({
  name: 'readStrategyNumbers',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/versions/:version/numbers',
  room: 'canvas',
  summary: {
    en: 'Live numbers of every node; numbers of the whole bank, also for users of an institution',
    zh: '各节点实时数据；全行口径，机构用户亦同',
  },
  permission: 'strategy.read',
  params: versionParams,
  response: strategyNumbersSchema,
  errors: ['strategy_version_not_found'],
});

export const enrolledPersonSchema = z.object({
  personId: z.number().int(),
  entry: z.number().int().describe('unique number of this entry'),
  version: z.number().int(),
  holdout: z.boolean(),
  variants: z.record(z.string(), z.string()).describe('split node → branch'),
  enteredAt: z.string(),
  endedAt: z.string().optional(),
  endReason: z.string().optional(),
  goalAt: z.string().optional(),
  standsAt: z.string().optional().describe('node id; absent when ended'),
  nodeId: z.string().optional().describe('the node asked about'),
  arrivedAt: z.string().optional(),
  leftAt: z.string().optional(),
  outcome: z.string().optional(),
  detail: z.string().optional().describe('reason of a refusal'),
});
export type EnrolledPerson = z.output<typeof enrolledPersonSchema>;

export const listStrategyPeople = endpoint({
  name: 'listStrategyPeople',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/versions/:version/people',
  room: 'canvas',
  summary: {
    en: 'The people behind a number: of a node, an outcome, or the whole; refused where a condition names a segment or tag that is not shared with the caller',
    zh: '数字背后的客户名单；条件用到未共享给您的人群或标签时不可查看',
  },
  permission: 'people.read',
  params: versionParams,
  query: z.object({
    ...page,
    nodeId: z.string().max(64).optional(),
    standing: z.enum(['any', 'waiting', 'left', 'refused', 'goal', 'holdout']).default('any'),
    outcome: z.string().max(100).optional(),
  }),
  response: z.object({ items: z.array(enrolledPersonSchema), nextCursor: z.string().optional() }),
  errors: ['strategy_version_not_found', 'strategy_node_not_found', 'names_not_shared'],
});

export const listPersonStrategies = endpoint({
  name: 'listPersonStrategies',
  method: 'GET',
  path: '/api/v1/people/:personId/strategies',
  room: 'canvas',
  summary: {
    en: 'Entries of one person, newest first, with every step; without strategies that name what is not shared with the caller',
    zh: '某客户进入过的策略及每一步；不含用到未共享给您的人群或标签的策略',
  },
  permission: 'people.read',
  params: z.object({ personId: z.coerce.number().int() }),
  response: z.object({
    items: z.array(
      enrolledPersonSchema.extend({
        strategyId: z.string(),
        strategyName: z.string(),
        steps: z.array(
          z.object({
            nodeId: z.string(),
            arrivedAt: z.string(),
            leftAt: z.string(),
            outcome: z.string(),
            detail: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
});

export const enrolPeople = endpoint({
  name: 'enrolPeople',
  method: 'POST',
  path: '/api/v1/strategies/:strategyId/entries',
  room: 'canvas',
  summary: {
    en: 'Bring people into a running strategy whose entry is the API; the same requestId enters once',
    zh: '通过 API 让客户进入策略；同一 requestId 只进入一次',
  },
  permission: 'strategy.write',
  params: strategyParams,
  body: z.object({
    entries: z
      .array(
        z.object({
          requestId: z.string().min(1).max(200),
          key: z.object({ type: z.string().min(1).max(64), value: z.string().min(1).max(500) }),
          properties: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  response: z.object({
    items: z.array(
      z.object({
        requestId: z.string(),
        entry: z.number().int().optional(),
        outcome: z.enum(['entered', 'repeated', 'inside', 'may_not_reenter', 'unknown_person']),
      }),
    ),
  }),
  errors: ['strategy_not_found', 'strategy_entry_differs'],
});

export const entryRunSchema = z.object({
  runId: z.string(),
  version: z.number().int(),
  scheduledAt: z.string(),
  state: z.enum(['waiting', 'counting', 'entering', 'done', 'skipped', 'failed']),
  found: z.number().int().optional(),
  entered: z.number().int(),
  passedOver: z.number().int().describe('inside already, or re-entry not allowed'),
  finishedAt: z.string().optional(),
  reason: z.string().optional(),
});
export type EntryRun = z.output<typeof entryRunSchema>;

export const listEntryRuns = endpoint({
  name: 'listEntryRuns',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/entry-runs',
  room: 'canvas',
  summary: { en: 'Runs of the audience entry, newest first', zh: '受众进入批次（最新在前）' },
  permission: 'strategy.read',
  params: strategyParams,
  response: z.object({ items: z.array(entryRunSchema) }),
  errors: ['strategy_not_found'],
});

export const simulationSchema = z.object({
  audience: z.number().int().optional().describe('absent for event and API entries'),
  sampled: z.number().int(),
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      expected: z.number().int().describe('people arriving'),
      low: z.number().int().describe('95 % interval of the sampling'),
      high: z.number().int(),
      refused: z.record(z.string(), z.number().int()),
    }),
  ),
  tookMs: z.number().int(),
});
export type Simulation = z.output<typeof simulationSchema>;

export const simulateStrategy = endpoint({
  name: 'simulateStrategy',
  method: 'POST',
  path: '/api/v1/strategies/simulate',
  room: 'canvas',
  summary: {
    en: 'Expected volumes of every node before launch: the real audience, a sample through the real gate',
    zh: '上线前预估各节点人数：真实受众，抽样经过真实策略判断',
  },
  permission: 'strategy.read',
  body: z.object({
    document: strategyDocumentSchema,
    sample: z.number().int().min(100).max(20_000).default(2_000),
    eventRate: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('share of people for whom a waited event happens'),
  }),
  response: simulationSchema,
});
