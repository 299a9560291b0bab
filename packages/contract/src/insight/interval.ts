import { z } from 'zod';
import {
  analysedEventSchema,
  answerSchema,
  count,
  propertyPathSchema,
  scopeSchema,
  splittable,
  groupSchema,
  peopleBreakdownSchema,
} from './scope.ts';

/**
 * Time from a `first` event to the `next` one of the same person: each `next` with the last `first` before it, none
 * of either between, both in the period. The same event twice gives the time between two of them.
 */
export const intervalRequestSchema = scopeSchema.extend({
  first: analysedEventSchema,
  next: analysedEventSchema,
  maximumMs: z
    .number()
    .int()
    .min(1_000)
    .max(3_660 * 86_400_000)
    .default(366 * 86_400_000),
  sameProperty: propertyPathSchema.optional(),
  breakdown: peopleBreakdownSchema.optional(),
});
export type IntervalRequest = z.output<typeof intervalRequestSchema>;

export const intervalAnswerSchema = splittable(
  answerSchema.extend({
    pairs: count,
    people: count,
    minMs: z.number(),
    p25Ms: z.number(),
    medianMs: z.number(),
    p75Ms: z.number(),
    p90Ms: z.number(),
    maxMs: z.number(),
    meanMs: z.number(),
    histogram: z.array(z.object({ fromMs: z.number(), toMs: z.number(), pairs: count })),
  }),
);
export type IntervalAnswer = z.output<typeof intervalAnswerSchema>;

export const intervalCellSchema = z.object({
  group: groupSchema.optional(),
  fromMs: z.number().min(0),
  toMs: z.number().min(0),
});
