import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { findingSchema } from '../strategy/finding.ts';
import { strategyDocumentSchema } from '../strategy/document.ts';
import { page, strategyIdSchema, strategyParams, versionParams } from './canvas-shapes.ts';
export * from './canvas-runs.ts';
export { strategyIdSchema };

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

const hash = z.string().length(64).describe('SHA-256 of the document in canonical JSON, 64 hex characters');

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
