import { z } from 'zod';
import {
  analysedEventSchema,
  answerSchema,
  breakdownSchema,
  count,
  groupSchema,
  propertyPathSchema,
  scopeSchema,
  comparable,
} from './scope.ts';

export const personMeasureSchema = z.union([
  z.object({ kind: z.enum(['count', 'days']).describe('events; calendar days with one') }),
  z.object({ kind: z.enum(['sum', 'avg', 'min', 'max', 'distinct']), property: propertyPathSchema }),
]);
export type PersonMeasure = z.output<typeof personMeasureSchema>;

/** How a number per person is spread over people. People without a value (no such event) are not in it. */
export const distributionRequestSchema = scopeSchema.extend({
  event: analysedEventSchema,
  measure: personMeasureSchema.default({ kind: 'count' }),
  bounds: z
    .array(z.number())
    .min(1)
    .max(100)
    .optional()
    .describe('ascending: bins are below the first, between, and from the last; absent: chosen'),
  breakdown: breakdownSchema.optional().describe('not by property'),
});
export type DistributionRequest = z.output<typeof distributionRequestSchema>;

export const binSchema = z.object({
  low: z.number().nullable().describe('inclusive; null: no bound'),
  high: z.number().nullable().describe('exclusive; null: no bound'),
  people: count,
});
const spreadSchema = z.object({
  people: count,
  mean: z.number(),
  median: z.number(),
  p90: z.number(),
  max: z.number(),
  bins: z.array(binSchema),
});
export const distributionAnswerSchema = comparable(
  answerSchema.extend({
    ...spreadSchema.shape,
    groups: z.array(spreadSchema.extend({ group: groupSchema })).optional(),
  }),
);
export type DistributionAnswer = z.output<typeof distributionAnswerSchema>;
export type Spread = z.output<typeof spreadSchema>;

export const distributionCellSchema = z.object({
  low: z.number().nullable(),
  high: z.number().nullable(),
  group: groupSchema.optional(),
});
