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
 * Recency, frequency, value: each person scored 1 … `buckets` on days since the last event, number of events and
 * sum of a property, by equal shares of people (ties get the same score); the highest score is the best.
 */
export const recencyRequestSchema = scopeSchema.extend({
  event: analysedEventSchema,
  valueProperty: propertyPathSchema,
  buckets: z.number().int().min(2).max(10).default(5),
  breakdown: peopleBreakdownSchema.optional(),
});
export type RecencyRequest = z.output<typeof recencyRequestSchema>;

const score = z.number().int().min(1).max(10);
export const recencyAnswerSchema = splittable(
  answerSchema.extend({
    people: count,
    cells: z.array(
      z.object({
        recency: score,
        frequency: score,
        value: score,
        people: count,
        meanDays: z.number(),
        meanEvents: z.number(),
        meanValue: z.number(),
      }),
    ),
  }),
);
export type RecencyAnswer = z.output<typeof recencyAnswerSchema>;

const scores = z
  .union([score, z.array(score).min(1).max(10)])
  .optional()
  .describe('one score or several; absent: any');
export const recencyCellSchema = z.object({
  group: groupSchema.optional(),
  recency: scores,
  frequency: scores,
  value: scores,
});
