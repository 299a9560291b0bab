import { z } from 'zod';
import { analysisSchema } from './analysis.ts';
import { trendRequestSchema } from './trend.ts';

/** A saved question and its place; columns of twelve. */
export const tileSchema = z.object({
  tileId: z.string().min(1).max(64),
  title: z.string().min(1).max(200),
  analysis: analysisSchema,
  chart: z.string().max(50).optional().describe('how it is drawn, for the console'),
  place: z.object({
    column: z.number().int().min(0).max(11),
    row: z.number().int().min(0).max(1_000),
    width: z.number().int().min(1).max(12),
    height: z.number().int().min(1).max(50),
  }),
});
export const dashboardInputSchema = z.object({
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  shared: z.boolean().default(false).describe('others may see it; only its owner changes it'),
  tiles: z.array(tileSchema).max(50),
});
export type DashboardInput = z.output<typeof dashboardInputSchema>;
export const dashboardSchema = dashboardInputSchema.extend({
  dashboardId: z.string(),
  owner: z.string(),
  revision: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Dashboard = z.output<typeof dashboardSchema>;

/** When an alert is raised; the number is the total of the first series over the period. */
export const alertConditionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('threshold'), direction: z.enum(['above', 'below']), value: z.number() }),
  z.object({
    kind: z.literal('change'),
    direction: z.enum(['rise', 'fall', 'either']),
    percent: z.number().min(0.1).max(100_000).describe('against the period before'),
  }),
]);
export type AlertCondition = z.output<typeof alertConditionSchema>;

export const alertInputSchema = z.object({
  name: z.string().min(1).max(200),
  analysis: trendRequestSchema.refine(
    (trend) => 'lastDays' in trend.period && trend.breakdown === undefined,
    {
      message: 'the period is given in lastDays, and there is no breakdown',
    },
  ),
  condition: alertConditionSchema,
  everyMinutes: z.number().int().min(1).max(1_440).default(60),
  enabled: z.boolean().default(true),
});
export type AlertInput = z.output<typeof alertInputSchema>;

export const alertCheckSchema = z.object({
  at: z.string(),
  value: z.number().optional(),
  before: z.number().optional().describe('of the period before'),
  raised: z.boolean(),
  problem: z.string().optional().describe('code of the error when it could not be computed'),
});
export const alertSchema = alertInputSchema.extend({
  alertId: z.string(),
  owner: z.string(),
  raised: z.boolean(),
  raisedSince: z.string().optional(),
  lastCheck: alertCheckSchema.optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Alert = z.output<typeof alertSchema>;
