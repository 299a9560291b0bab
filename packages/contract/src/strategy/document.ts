import { z } from 'zod';
import { channelSchema, contentIdSchema, purposeSchema } from '../api/content.ts';
import { cascadeSchema } from '../api/hub.ts';
import { eventFilterSchema } from './condition.ts';

/** Shares are whole numbers out of this: 1,000 is 10 %. The hash of a person falls into one of as many buckets. */
export const SHARE_TOTAL = 10_000;
export const MAXIMUM_NODES = 200;
const MAXIMUM_WAIT_MS = 366 * 86_400_000;

const nodeId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/)
  .describe('unique in the document, e.g. push_a');
const label = z.string().min(1).max(100);
const share = z.number().int().min(0).max(SHARE_TOTAL).describe('out of 10,000');
const durationMs = z.number().int().min(0).max(MAXIMUM_WAIT_MS);
export const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const eql = z.string().max(20_000).describe('EQL; empty while drafting');

const nodeBase = z.object({
  id: nodeId,
  title: z.string().max(200).default(''),
  note: z.string().max(2_000).optional(),
  position: z.object({ x: z.number(), y: z.number() }).optional(),
});

/** When an audience enters. `daily` is a time of day in `timeZone` (default: the bank's). */
export const entryScheduleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('once'),
    at: z.string().optional().describe('ISO 8601; absent: when published'),
  }),
  z.object({
    kind: z.literal('daily'),
    at: timeOfDaySchema,
    timeZone: z.string().max(64).optional(),
    until: z.string().optional().describe('ISO 8601; no entry after it'),
  }),
]);

export const entrySourceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('audience'), eql, schedule: entryScheduleSchema }),
  eventFilterSchema.extend({ type: z.literal('event') }),
  z.object({ type: z.literal('api') }),
]);

/** Whether somebody who has been in may enter again. Never while still inside. */
export const reentrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  z.object({ kind: z.literal('after_exit'), cooldownMs: durationMs.describe('counted from leaving') }),
]);

export const entryNodeSchema = nodeBase.extend({
  kind: z.literal('entry'),
  source: entrySourceSchema,
  reentry: reentrySchema.default({ kind: 'never' }),
});

/** Sets people aside who get nothing and are measured. Edges: `treated`, and `holdout` (optional). */
export const holdoutNodeSchema = nodeBase.extend({
  kind: z.literal('holdout'),
  share,
  key: z.string().max(100).optional().describe('hash key; the same key draws the same people'),
});

/** Draws people by shares, the same person always the same way. One edge per branch label. */
export const splitNodeSchema = nodeBase.extend({
  kind: z.literal('split'),
  key: z.string().max(100).optional().describe('hash key; the same key draws the same people'),
  branches: z.array(z.object({ label, share })).min(2).max(20),
});

const contentReferenceSchema = z.object({
  contentId: contentIdSchema,
  version: z.number().int().min(1).optional().describe('absent: the newest approved when published'),
});

const sendBase = nodeBase.extend({
  content: contentReferenceSchema.optional().describe('absent while drafting'),
  variantOf: nodeId.optional().describe('a split node above; its branch is the variant of the message'),
  contentByVariant: z
    .record(z.string(), contentReferenceSchema)
    .optional()
    .describe('by branch of variantOf'),
  riskLevel: z.enum(['R1', 'R2', 'R3', 'R4', 'R5']).optional().describe('of the product offered here'),
  expiresMs: durationMs.optional().describe('not sent later than this after reservation'),
});

/** Reserves one message. Edges: `next`, and `refused` (optional: else the refused go on by `next`). */
export const sendNodeSchema = sendBase.extend({
  kind: z.literal('send'),
  channel: channelSchema.exclude(['task']),
  cascade: cascadeSchema.optional().describe('what is tried when the first attempt does not arrive'),
});

/** Puts the person on the list of a manager or of a pool. Edges as of `send`. */
export const taskNodeSchema = sendBase.extend({
  kind: z.literal('task'),
  assignTo: z.enum(['manager', 'pool']).default('manager'),
  pool: z.string().max(100).optional().describe('for assignTo pool'),
  dueMs: durationMs.default(3 * 86_400_000),
});

/**
 * Holds people. `event` has the edges `happened` and `timeout`; the others `next`.
 * `time_of_day` waits for the next such time; `window` only when outside of it.
 */
export const waitSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('duration'), durationMs }),
  z.object({ type: z.literal('time_of_day'), at: timeOfDaySchema, timeZone: z.string().max(64).optional() }),
  z.object({
    type: z.literal('window'),
    from: timeOfDaySchema,
    to: timeOfDaySchema,
    weekdays: z.array(z.number().int().min(1).max(7)).max(7).optional().describe('1 Monday … 7 Sunday'),
    timeZone: z.string().max(64).optional(),
  }),
  eventFilterSchema.extend({
    type: z.literal('event'),
    ofNodes: z
      .array(nodeId)
      .max(20)
      .optional()
      .describe('only facts about messages and tasks of these nodes, in this entry'),
    timeoutMs: durationMs,
  }),
]);
export const waitNodeSchema = nodeBase.extend({ kind: z.literal('wait'), wait: waitSchema });

/** First true condition wins. Edges: one per branch label, and `otherwise`. */
export const branchNodeSchema = nodeBase.extend({
  kind: z.literal('branch'),
  branches: z.array(z.object({ label, eql })).min(1).max(20),
});

export const exitNodeSchema = nodeBase.extend({ kind: z.literal('exit') });

export const strategyNodeSchema = z.discriminatedUnion('kind', [
  entryNodeSchema,
  holdoutNodeSchema,
  splitNodeSchema,
  sendNodeSchema,
  taskNodeSchema,
  waitNodeSchema,
  branchNodeSchema,
  exitNodeSchema,
]);

export const strategyEdgeSchema = z.object({ from: nodeId, label: label.default('next'), to: nodeId });

/** What the strategy is for. Conversion is counted for `withinMs` after entry, for the holdout too. */
export const goalSchema = eventFilterSchema.extend({
  withinMs: durationMs,
  exit: z.boolean().default(true).describe('whether reaching it ends the strategy for the person at once'),
});

export const capSchema = z.object({
  channel: z.union([channelSchema, z.literal('any')]),
  limit: z.number().int().min(0).max(1_000),
  window: z.enum(['day', 'week', 'month']).describe('calendar day; the last 7 or 30 days'),
});
export type Cap = z.output<typeof capSchema>;

/** No contact from `from` to `to` (may cross midnight) in the person's time zone. */
export const quietHoursSchema = z.object({
  from: timeOfDaySchema,
  to: timeOfDaySchema,
  channels: z.array(channelSchema),
});
export type QuietHours = z.output<typeof quietHoursSchema>;

/** Rules of this strategy, on top of the bank's: they can only be stricter. */
export const strategyPolicySchema = z.object({
  purpose: purposeSchema.default('marketing'),
  priority: z.number().int().min(0).max(100).default(50).describe('higher goes first where caps compete'),
  caps: z.array(capSchema).max(20).default([]),
  quietHours: quietHoursSchema.optional(),
  riskLevel: z.enum(['R1', 'R2', 'R3', 'R4', 'R5']).optional().describe('of the product; nodes may override'),
  messageBudget: z.number().int().min(0).optional().describe('most messages this strategy may reserve'),
});

/** A strategy: everything the engine needs to run it, and nothing else. */
export const strategyDocumentSchema = z.object({
  format: z.literal(1),
  nodes: z.array(strategyNodeSchema).max(MAXIMUM_NODES),
  edges: z.array(strategyEdgeSchema).max(MAXIMUM_NODES * 4),
  goal: goalSchema.optional(),
  policy: strategyPolicySchema.prefault({}),
});

export type StrategyDocument = z.output<typeof strategyDocumentSchema>;
export type StrategyDocumentInput = z.input<typeof strategyDocumentSchema>;
export type StrategyNode = z.output<typeof strategyNodeSchema>;
export type StrategyNodeKind = StrategyNode['kind'];
export type NodeOfKind<Kind extends StrategyNodeKind> = Extract<StrategyNode, { kind: Kind }>;
export type StrategyEdge = z.output<typeof strategyEdgeSchema>;
export type StrategyPolicy = z.output<typeof strategyPolicySchema>;
export type Wait = z.output<typeof waitSchema>;
export type EntrySource = z.output<typeof entrySourceSchema>;
export type Goal = z.output<typeof goalSchema>;

/** Labels of the edges that leave a node: those it must have and those it may have. */
export function edgeLabels(node: StrategyNode): { required: string[]; optional: string[] } {
  switch (node.kind) {
    case 'entry':
      return { required: ['next'], optional: [] };
    case 'holdout':
      return { required: ['treated'], optional: ['holdout'] };
    case 'split':
      return { required: node.branches.map((branch) => branch.label), optional: [] };
    case 'branch':
      return { required: [...node.branches.map((branch) => branch.label), 'otherwise'], optional: [] };
    case 'send':
    case 'task':
      return { required: ['next'], optional: ['refused'] };
    case 'wait':
      return node.wait.type === 'event'
        ? { required: ['happened', 'timeout'], optional: [] }
        : { required: ['next'], optional: [] };
    case 'exit':
      return { required: [], optional: [] };
  }
}
