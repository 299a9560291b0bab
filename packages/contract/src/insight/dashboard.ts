import { z } from 'zod';
import { roles } from '../api/platform.ts';
import { analysisSchema } from './analysis.ts';

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
  sharedWith: z
    .array(z.enum(roles))
    .max(roles.length)
    .default([])
    .describe('when shared: only users with one of these roles see it; none: everybody'),
  refreshMinutes: z
    .number()
    .int()
    .min(1)
    .max(1_440)
    .optional()
    .describe(
      'answers are computed ahead this often; absent: when they are looked at, and kept for a minute',
    ),
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

/** A dashboard as a viewer sees it. */
export const shownDashboardSchema = dashboardSchema.extend({
  tiles: z.array(
    tileSchema.extend({
      analysis: analysisSchema
        .optional()
        .describe('absent: it names a segment or tag that is not shared with the caller'),
    }),
  ),
});
export type ShownDashboard = z.output<typeof shownDashboardSchema>;

/** The answer to a tile's question, as the operation of its kind gives it, or why there is none. */
export const tileAnswerSchema = z.object({
  tileId: z.string(),
  kind: z.string().describe('of the question'),
  asOf: z.string(),
  answer: z.unknown().optional(),
  problem: z
    .string()
    .optional()
    .describe('code of the error; `names_not_shared`: it names what is not shared with the caller'),
});
export type TileAnswer = z.output<typeof tileAnswerSchema>;
