import { z } from 'zod';
import {
  analysedEventSchema,
  answerSchema,
  breakdownSchema,
  count,
  groupSchema,
  scopeSchema,
  comparable,
} from './scope.ts';

/** Periods are bits of a 64-bit number, so that a person is one number whatever they did. */
export const MAXIMUM_PERIODS = 60;

/**
 * A person belongs to the cohort of the period of their first start event in the range (`first`), or to each one
 * they did it in (`every`). `on`: came back in exactly that period; `rolling`: in it or any later one looked at.
 */
export const retentionRequestSchema = scopeSchema.extend({
  start: analysedEventSchema,
  returning: analysedEventSchema,
  unit: z.enum(['day', 'week', 'month']).default('day'),
  periods: z
    .number()
    .int()
    .min(1)
    .max(MAXIMUM_PERIODS - 1)
    .default(7)
    .describe('periods after the first'),
  cohort: z.enum(['first', 'every']).default('first'),
  mode: z.enum(['on', 'rolling']).default('on'),
  breakdown: breakdownSchema.optional().describe('not by property'),
});
export type RetentionRequest = z.output<typeof retentionRequestSchema>;

const returnedSchema = z
  .array(count.nullable())
  .describe(
    'periods 0 … n; null: not begun yet. Period 0 counts returns in the cohort’s own period, before the start event too, but none before `from`',
  );
export const retentionAnswerSchema = comparable(
  answerSchema.extend({
    unit: z.enum(['day', 'week', 'month']),
    cohorts: z.array(
      z.object({ from: z.string(), group: groupSchema.optional(), people: count, returned: returnedSchema }),
    ),
    overall: z
      .array(
        z.object({
          group: groupSchema.optional(),
          people: z.array(count),
          returned: z.array(count),
          rates: z.array(z.number()),
        }),
      )
      .describe(
        'over cohorts that have lived the whole period; with `every`, a person counts once in each of them, while people behind a number are named once',
      ),
  }),
);
export type RetentionAnswer = z.output<typeof retentionAnswerSchema>;

export const retentionCellSchema = z.object({
  cohort: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('start of the cohort’s period; absent: all that have lived the period'),
  period: z.number().int().min(0).max(MAXIMUM_PERIODS).optional().describe('absent: the whole cohort'),
  returned: z.boolean().default(true),
  group: groupSchema.optional(),
});
