import { z } from 'zod';
import { attributionCellSchema, attributionRequestSchema } from './attribution.ts';
import { distributionCellSchema, distributionRequestSchema } from './distribution.ts';
import { funnelCellSchema, funnelRequestSchema } from './funnel.ts';
import { intervalCellSchema, intervalRequestSchema } from './interval.ts';
import { lifetimeValueCellSchema, lifetimeValueRequestSchema } from './lifetime-value.ts';
import { pathCellSchema, pathRequestSchema } from './path.ts';
import { recencyCellSchema, recencyRequestSchema } from './recency.ts';
import { reportCellSchema, reportRequestSchema } from './report.ts';
import { retentionCellSchema, retentionRequestSchema } from './retention.ts';
import { sessionCellSchema, sessionRequestSchema } from './session.ts';
import { trendCellSchema, trendRequestSchema } from './trend.ts';

/** A question as it is saved in dashboards. */
export const analysisSchema = z.discriminatedUnion('kind', [
  trendRequestSchema.extend({ kind: z.literal('trend') }),
  funnelRequestSchema.extend({ kind: z.literal('funnel') }),
  retentionRequestSchema.extend({ kind: z.literal('retention') }),
  pathRequestSchema.extend({ kind: z.literal('path') }),
  distributionRequestSchema.extend({ kind: z.literal('distribution') }),
  intervalRequestSchema.extend({ kind: z.literal('interval') }),
  attributionRequestSchema.extend({ kind: z.literal('attribution') }),
  lifetimeValueRequestSchema.extend({ kind: z.literal('lifetime_value') }),
  sessionRequestSchema.extend({ kind: z.literal('session') }),
  recencyRequestSchema.extend({ kind: z.literal('recency') }),
  reportRequestSchema.extend({ kind: z.literal('report') }),
]);
export type Analysis = z.output<typeof analysisSchema>;
export type AnalysisKind = Analysis['kind'];

/** One number of an answer: the people behind it. */
export const analysisCellSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('trend'), analysis: trendRequestSchema, cell: trendCellSchema }),
  z.object({ kind: z.literal('funnel'), analysis: funnelRequestSchema, cell: funnelCellSchema }),
  z.object({ kind: z.literal('retention'), analysis: retentionRequestSchema, cell: retentionCellSchema }),
  z.object({ kind: z.literal('path'), analysis: pathRequestSchema, cell: pathCellSchema }),
  z.object({
    kind: z.literal('distribution'),
    analysis: distributionRequestSchema,
    cell: distributionCellSchema,
  }),
  z.object({ kind: z.literal('interval'), analysis: intervalRequestSchema, cell: intervalCellSchema }),
  z.object({
    kind: z.literal('attribution'),
    analysis: attributionRequestSchema,
    cell: attributionCellSchema,
  }),
  z.object({
    kind: z.literal('lifetime_value'),
    analysis: lifetimeValueRequestSchema,
    cell: lifetimeValueCellSchema,
  }),
  z.object({ kind: z.literal('session'), analysis: sessionRequestSchema, cell: sessionCellSchema }),
  z.object({ kind: z.literal('recency'), analysis: recencyRequestSchema, cell: recencyCellSchema }),
  z.object({ kind: z.literal('report'), analysis: reportRequestSchema, cell: reportCellSchema }),
]);
export type AnalysisCell = z.output<typeof analysisCellSchema>;
export type CellOf<Kind extends AnalysisKind> = Extract<AnalysisCell, { kind: Kind }>['cell'];
