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

export const MAXIMUM_STEPS = 12;

/**
 * `ordered`: each step at or after the one before, other events may lie between; `strict`: nothing else that was
 * collected lies between; `any`: in any order. All steps lie within `windowMs` of the first one. A chain begins
 * in the period; its later steps may lie after it. One event is never two steps; in any order, where it may be several,
 * it is the one that lets most steps be reached. Events of one instant come in the
 * order of the steps they may be, other events after them.
 */
export const funnelRequestSchema = scopeSchema.extend({
  steps: z.array(analysedEventSchema).min(2).max(MAXIMUM_STEPS),
  order: z.enum(['ordered', 'strict', 'any']).default('ordered'),
  windowMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(7 * 86_400_000),
  exclusions: z
    .array(
      analysedEventSchema.extend({
        afterStep: z.number().int().min(1).max(MAXIMUM_STEPS).default(1),
        beforeStep: z.number().int().min(2).max(MAXIMUM_STEPS).optional().describe('default: the last step'),
      }),
    )
    .max(5)
    .default([])
    .describe('a chain does not go on over one of these; ordered funnels only'),
  sameProperty: propertyPathSchema
    .optional()
    .describe(
      'all steps have the same value, e.g. product_id; in a strict funnel nothing with another value or without one lies between, and exclusions are those with this value',
    ),
  breakdown: breakdownSchema.optional(),
  touch: z
    .enum(['first', 'last'])
    .default('first')
    .describe('property breakdown: of the first or last step-1 event'),
  timeToConvert: z.boolean().default(false),
});
export type FunnelRequest = z.output<typeof funnelRequestSchema>;

const funnelStepSchema = z.object({
  title: z.string(),
  people: count,
  rate: z.number().describe('of those at the first step'),
  stepRate: z.number().describe('of those at the step before'),
});
const quantilesSchema = z.object({
  people: count,
  meanMs: z.number(),
  medianMs: z.number(),
  p90Ms: z.number(),
});
export const funnelAnswerSchema = comparable(
  answerSchema.extend({
    steps: z.array(funnelStepSchema),
    groups: z.array(z.object({ group: groupSchema, steps: z.array(funnelStepSchema) })).optional(),
    times: z
      .object({
        steps: z
          .array(quantilesSchema)
          .describe('from step n to step n + 1, of the first chain that got furthest'),
        whole: quantilesSchema,
        histogram: z.array(z.object({ fromMs: z.number(), toMs: z.number(), people: count })),
      })
      .optional(),
  }),
);
export type FunnelAnswer = z.output<typeof funnelAnswerSchema>;
export type FunnelStep = z.output<typeof funnelStepSchema>;

export const funnelCellSchema = z.object({
  step: z.number().int().min(1).max(MAXIMUM_STEPS),
  outcome: z.enum(['reached', 'dropped']).describe('dropped: got to this step and no further'),
  group: groupSchema.optional(),
});
