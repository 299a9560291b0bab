import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { findingSchema } from '../strategy/finding.ts';
import { strategyDocumentSchema } from '../strategy/document.ts';

/** Life of a strategy. `finished`: nobody is inside any more and nobody can enter. */
export const strategyStates = ['draft', 'running', 'paused', 'stopped', 'finished'] as const;
export const strategyStateSchema = z.enum(strategyStates);
export type StrategyState = z.output<typeof strategyStateSchema>;

/** Life of a version. A published one gives way (`superseded`) to the next; people inside stay on it. */
export const strategyVersionStates = [
  'submitted',
  'approved',
  'rejected',
  'published',
  'superseded',
] as const;
export const strategyVersionStateSchema = z.enum(strategyVersionStates);
export type StrategyVersionState = z.output<typeof strategyVersionStateSchema>;

export const strategyIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe('short name chosen by its maker, e.g. renewal');
const hash = z.string().length(64).describe('SHA-256 of the document in canonical JSON, 64 hex characters');
const strategyParams = z.object({ strategyId: strategyIdSchema });
const versionParams = strategyParams.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) });
const page = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};

export const strategySummarySchema = z.object({
  strategyId: z.string(),
  name: z.string(),
  description: z.string(),
  state: strategyStateSchema,
  publishedVersion: z.number().int().optional(),
  pendingVersion: z.number().int().optional().describe('submitted or approved, not yet published'),
  draftChanged: z.boolean().describe('the draft differs from the published version'),
  entered: z.number().int().describe('entries ever, holdout included'),
  active: z.number().int().describe('inside now'),
  holdout: z.number().int(),
  goalReached: z.number().int().describe('of all entries, holdout included'),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type StrategySummary = z.output<typeof strategySummarySchema>;

export const strategySchema = strategySummarySchema.extend({
  draft: strategyDocumentSchema,
  draftRevision: z.number().int().describe('send it back when saving; another revision means somebody saved'),
  findings: z.array(findingSchema).describe('of the draft'),
});
export type Strategy = z.output<typeof strategySchema>;

export const strategyVersionSchema = z.object({
  strategyId: z.string(),
  version: z.number().int(),
  hash,
  state: strategyVersionStateSchema,
  document: strategyDocumentSchema.describe('content versions are resolved: exactly what runs'),
  note: z.string(),
  submittedBy: z.string(),
  submittedAt: z.string(),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
  decisionNote: z.string().optional(),
  publishedBy: z.string().optional(),
  publishedAt: z.string().optional(),
  active: z.number().int().describe('people still inside on this version'),
});
export type StrategyVersion = z.output<typeof strategyVersionSchema>;

export const listStrategies = endpoint({
  name: 'listStrategies',
  method: 'GET',
  path: '/api/v1/strategies',
  room: 'canvas',
  summary: { en: 'Strategies, last changed first', zh: '策略列表（最近修改在前）' },
  permission: 'strategy.read',
  query: z.object({
    ...page,
    search: z.string().max(200).optional(),
    state: strategyStateSchema.optional(),
  }),
  response: z.object({ items: z.array(strategySummarySchema), nextCursor: z.string().optional() }),
});

export const createStrategy = endpoint({
  name: 'createStrategy',
  method: 'POST',
  path: '/api/v1/strategies',
  room: 'canvas',
  summary: {
    en: 'Create a strategy, empty, from a document or a template',
    zh: '新建策略（空白、按文档或按模板）',
  },
  permission: 'strategy.write',
  body: z.object({
    strategyId: strategyIdSchema.optional().describe('absent: one is made'),
    name: z.string().min(1).max(200),
    description: z.string().max(2_000).default(''),
    templateId: z.string().max(64).optional(),
    document: strategyDocumentSchema.optional(),
  }),
  response: strategySchema,
  errors: ['conflict', 'not_found'],
});

export const readStrategy = endpoint({
  name: 'readStrategy',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId',
  room: 'canvas',
  summary: { en: 'A strategy with its draft and what the check finds', zh: '策略、草稿与检查结果' },
  permission: 'strategy.read',
  params: strategyParams,
  response: strategySchema,
  errors: ['strategy_not_found'],
});

export const saveStrategyDraft = endpoint({
  name: 'saveStrategyDraft',
  method: 'PUT',
  path: '/api/v1/strategies/:strategyId/draft',
  room: 'canvas',
  summary: { en: 'Save the draft; published versions are not touched', zh: '保存草稿，不影响已发布版本' },
  permission: 'strategy.write',
  params: strategyParams,
  body: z.object({
    name: z.string().min(1).max(200).optional(),
    description: z.string().max(2_000).optional(),
    document: strategyDocumentSchema,
    draftRevision: z.number().int(),
  }),
  response: strategySchema,
  errors: ['strategy_not_found', 'strategy_draft_changed'],
});

export const checkStrategyDocument = endpoint({
  name: 'checkStrategyDocument',
  method: 'POST',
  path: '/api/v1/strategies/check',
  room: 'canvas',
  summary: { en: 'Check a document: shape, conditions, content', zh: '检查策略文档：结构、条件、内容' },
  permission: 'strategy.read',
  body: z.object({ document: strategyDocumentSchema }),
  response: z.object({ findings: z.array(findingSchema), publishable: z.boolean() }),
});

export const submitStrategy = endpoint({
  name: 'submitStrategy',
  method: 'POST',
  path: '/api/v1/strategies/:strategyId/versions',
  room: 'canvas',
  summary: { en: 'Freeze the draft as a version and ask for approval', zh: '将草稿固化为版本并提交审批' },
  permission: 'strategy.write',
  params: strategyParams,
  body: z.object({ draftRevision: z.number().int(), note: z.string().max(2_000).default('') }),
  response: strategyVersionSchema,
  errors: ['strategy_not_found', 'strategy_draft_changed', 'strategy_has_findings'],
});

export const decideStrategyVersion = endpoint({
  name: 'decideStrategyVersion',
  method: 'POST',
  path: '/api/v1/strategies/:strategyId/versions/:version/decision',
  room: 'canvas',
  summary: { en: 'Approve or reject a version by its hash', zh: '按哈希审批通过或驳回某版本' },
  permission: 'strategy.approve',
  params: versionParams,
  body: z.object({ hash, decision: z.enum(['approve', 'reject']), note: z.string().max(2_000).default('') }),
  response: strategyVersionSchema,
  errors: [
    'strategy_version_not_found',
    'strategy_hash_differs',
    'strategy_state_differs',
    'strategy_same_person',
  ],
});

export const publishStrategyVersion = endpoint({
  name: 'publishStrategyVersion',
  method: 'POST',
  path: '/api/v1/strategies/:strategyId/versions/:version/publication',
  room: 'canvas',
  summary: {
    en: 'Start running an approved version; people inside stay on theirs, and nobody enters twice for it',
    zh: '发布已审批版本；已在策略中的客户留在原版本，不会重复进入',
  },
  permission: 'strategy.write',
  params: versionParams,
  body: z.object({
    hash,
    enterAgain: z
      .boolean()
      .default(false)
      .describe('run a one-time audience entry again that an earlier version ran already'),
  }),
  response: strategyVersionSchema,
  errors: [
    'strategy_version_not_found',
    'strategy_hash_differs',
    'strategy_not_approved',
    'strategy_state_differs',
  ],
});

export const changeStrategyState = endpoint({
  name: 'changeStrategyState',
  method: 'POST',
  path: '/api/v1/strategies/:strategyId/state',
  room: 'canvas',
  summary: {
    en: 'Pause (everybody stays where they are), resume (nothing is sent again), or stop for good',
    zh: '暂停（客户停留原地）、恢复（不会重发）或终止策略',
  },
  permission: 'strategy.write',
  params: strategyParams,
  body: z.object({ action: z.enum(['pause', 'resume', 'stop']) }),
  response: strategySchema,
  errors: ['strategy_not_found', 'strategy_state_differs'],
});

export const listStrategyVersions = endpoint({
  name: 'listStrategyVersions',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/versions',
  room: 'canvas',
  summary: { en: 'Versions, newest first', zh: '版本列表（最新在前）' },
  permission: 'strategy.read',
  params: strategyParams,
  response: z.object({ items: z.array(strategyVersionSchema) }),
  errors: ['strategy_not_found'],
});

export const readStrategyVersion = endpoint({
  name: 'readStrategyVersion',
  method: 'GET',
  path: '/api/v1/strategies/:strategyId/versions/:version',
  room: 'canvas',
  summary: { en: 'One version', zh: '某版本' },
  permission: 'strategy.read',
  params: versionParams,
  response: strategyVersionSchema,
  errors: ['strategy_version_not_found'],
});

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
    en: 'The people behind a number: of a node, an outcome, or the whole',
    zh: '数字背后的客户名单',
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
  errors: ['strategy_version_not_found', 'strategy_node_not_found'],
});

export const listPersonStrategies = endpoint({
  name: 'listPersonStrategies',
  method: 'GET',
  path: '/api/v1/people/:personId/strategies',
  room: 'canvas',
  summary: { en: 'Entries of one person, newest first, with every step', zh: '某客户进入过的策略及每一步' },
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

export const strategyTemplateSchema = z.object({
  templateId: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }),
  purpose: z.object({ en: z.string(), zh: z.string() }),
  industry: z.string(),
  document: strategyDocumentSchema,
});
export type StrategyTemplate = z.output<typeof strategyTemplateSchema>;

export const listStrategyTemplates = endpoint({
  name: 'listStrategyTemplates',
  method: 'GET',
  path: '/api/v1/strategy-templates',
  room: 'canvas',
  summary: { en: 'Templates of the industry', zh: '行业策略模板' },
  permission: 'strategy.read',
  response: z.object({ items: z.array(strategyTemplateSchema) }),
});
