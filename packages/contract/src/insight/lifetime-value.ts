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

/** What people are worth after their first `start` event in the period: the sum of a property, cumulative. */
export const lifetimeValueRequestSchema = scopeSchema.extend({
  start: analysedEventSchema,
  value: analysedEventSchema,
  valueProperty: propertyPathSchema.optional().describe('absent: events are counted'),
  unit: z.enum(['day', 'week', 'month']).default('month'),
  periods: z.number().int().min(1).max(60).default(12),
  breakdown: peopleBreakdownSchema.optional(),
});
export type LifetimeValueRequest = z.output<typeof lifetimeValueRequestSchema>;

export const lifetimeValueAnswerSchema = splittable(
  answerSchema.extend({
    unit: z.enum(['day', 'week', 'month']),
    cohorts: z.array(
      z.object({
        from: z.string(),
        people: count,
        cumulative: z
          .array(z.number().nullable())
          .describe('value per person up to the end of period n, or up to now; null: not begun'),
      }),
    ),
    overall: z
      .array(z.object({ period: count, people: count, perPerson: z.number() }))
      .describe('over the cohorts that have lived the whole period; people 0: none has'),
  }),
);
export type LifetimeValueAnswer = z.output<typeof lifetimeValueAnswerSchema>;

export const lifetimeValueCellSchema = z.object({
  group: groupSchema.optional(),
  cohort: z.iso.datetime({ offset: true }),
  payers: z.boolean().default(false).describe('only those with some value'),
});
