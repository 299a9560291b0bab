import { z } from 'zod';
import {
  analysedEventSchema,
  answerSchema,
  breakdownSchema,
  groupSchema,
  propertyPathSchema,
  scopeSchema,
  bucketUnitSchema,
} from './scope.ts';

/** `people`: distinct; `perPerson`: events ÷ people; the others over a numeric property (`distinct`: of any type); `median` and `p90` lie between two values where the place does. */
export const measureSchema = z.union([
  z.object({ kind: z.enum(['count', 'people', 'perPerson']) }),
  z.object({
    kind: z.enum(['sum', 'avg', 'min', 'max', 'median', 'p90', 'distinct']),
    property: propertyPathSchema,
  }),
]);
export type Measure = z.output<typeof measureSchema>;

/** Event analysis: one or several events over time, each with its measure. */
export const trendRequestSchema = scopeSchema.extend({
  series: z
    .array(analysedEventSchema.extend({ measure: measureSchema.default({ kind: 'count' }) }))
    .min(1)
    .max(10),
  unit: bucketUnitSchema.default('day'),
  breakdown: breakdownSchema.optional(),
});
export type TrendRequest = z.output<typeof trendRequestSchema>;

const trendSeriesSchema = z.object({
  series: z.number().int().describe('place in the request'),
  title: z.string(),
  group: groupSchema.optional(),
  values: z.array(z.number()).describe('one for each bucket; 0 where nothing happened'),
  total: z.number().describe('over the whole period; people are distinct over it, not added up'),
});
export const trendAnswerSchema = answerSchema.extend({
  unit: bucketUnitSchema,
  buckets: z.array(z.string()).describe('start of each bucket'),
  series: z.array(trendSeriesSchema),
  compared: z.object({ from: z.string(), to: z.string(), series: z.array(trendSeriesSchema) }).optional(),
});
export type TrendAnswer = z.output<typeof trendAnswerSchema>;

export const trendCellSchema = z.object({
  series: z.number().int().min(0),
  bucket: z.iso.datetime({ offset: true }).optional(),
  group: groupSchema.optional(),
});
