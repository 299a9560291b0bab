import { z } from 'zod';
import { propertyConditionSchema } from '../strategy/condition.ts';

/** Property paths: letters of any script, digits, `_`, `$`, `-`, and dots into nested objects. */
export const propertyPathSchema = z
  .string()
  .max(200)
  .regex(/^[\p{L}_$][\p{L}\p{N}_$-]*(\.[\p{L}_$][\p{L}\p{N}_$-]*)*$/u);

/** Events that count. `*` is any collected event. */
export const analysedEventSchema = z.object({
  event: z.string().min(1).max(200),
  where: z
    .array(propertyConditionSchema.omit({ sameAs: true }).extend({ property: propertyPathSchema }))
    .max(20)
    .default([])
    .describe('all must hold; a comparison with a missing value is false'),
  title: z.string().max(100).optional().describe('shown instead of the event’s name'),
});
export type AnalysedEvent = z.output<typeof analysedEventSchema>;

const isoTime = z.iso.datetime({ offset: true });
/** From `from` up to and without `to`, or the last days of the bank up to now. */
export const periodSchema = z.union([
  z.object({ from: isoTime, to: isoTime }),
  z.object({ lastDays: z.number().int().min(1).max(3_660).describe('calendar days, today included') }),
]);
export type Period = z.output<typeof periodSchema>;

const peopleGroupsSchema = z
  .array(z.object({ title: z.string().min(1).max(100), people: z.string().min(1).max(20_000) }))
  .min(1)
  .max(10)
  .describe('EQL; the first that describes a person is the person’s group');

/** What people or events are told apart by; the largest `limit` groups, the others together as `other`. */
export const breakdownSchema = z.object({
  by: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('property'), property: propertyPathSchema }),
    z.object({ kind: z.literal('attribute'), attribute: z.string().min(1).max(100) }),
    z.object({
      kind: z.literal('people'),
      groups: peopleGroupsSchema,
    }),
  ]),
  limit: z.number().int().min(1).max(50).default(10),
});
export type Breakdown = z.output<typeof breakdownSchema>;

/** The breakdown of questions that are asked again for each group of people, and for those in none (''). */
export const peopleBreakdownSchema = z.object({
  by: z.object({ kind: z.literal('people'), groups: peopleGroupsSchema }),
});
export type PeopleBreakdown = z.output<typeof peopleBreakdownSchema>;

/** What all analyses share. */
export const scopeSchema = z.object({
  period: periodSchema,
  people: z.string().max(20_000).optional().describe('EQL: only these people, e.g. person where age >= 30'),
  timeZone: z.string().max(64).optional().describe('of days, weeks and months; default the bank’s'),
  sample: z
    .number()
    .min(0.001)
    .max(1)
    .optional()
    .describe('share of people looked at, always the same ones; counts are scaled up, `error` says how sure'),
  compare: z
    .enum(['previous_period', 'previous_year'])
    .optional()
    .describe('the same question of the period before, or of the same days a year ago, in `compared`'),
});
export type Scope = z.output<typeof scopeSchema>;

export const bucketUnitSchema = z.enum(['hour', 'day', 'week', 'month']);
export type BucketUnit = z.output<typeof bucketUnitSchema>;

/** Said of every answer. */
export const answerSchema = z.object({
  from: z.string(),
  to: z.string(),
  asOf: z.string(),
  tookMs: z.number(),
  sampled: z
    .object({
      share: z.number(),
      error: z
        .number()
        .describe('half width of the 95 % interval of a share of one half, in shares of people'),
    })
    .optional(),
});
export type Answer = z.output<typeof answerSchema>;

/** An answer, and the one to the same question of an earlier period where it was asked for. */
export function comparable<Shape extends z.ZodRawShape>(answer: z.ZodObject<Shape>) {
  return answer.extend({ compared: answer.optional() });
}

/** The same, and the answers for each group of people where there is a breakdown. */
export function splittable<Shape extends z.ZodRawShape>(answer: z.ZodObject<Shape>) {
  return answer.extend({
    compared: answer.optional(),
    groups: z.array(z.object({ group: z.string(), answer })).optional(),
  });
}

export const count = z.number().int().min(0);
/** Group of a breakdown: '' has no value, `other` stands for all beyond the limit. */
export const groupSchema = z.string();
export const OTHER_GROUP = '$other';
