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
 * `position`: 40 % the first, 40 % the last, the rest shared; `time_decay`: halves every `halfLifeMs` before the
 * conversion; `markov`: removal effect in a first-order chain that knows the paths without conversion too;
 * `shapley`: each touch's mean contribution over the sets of touches seen.
 */
export const attributionModels = [
  'first',
  'last',
  'linear',
  'position',
  'time_decay',
  'markov',
  'shapley',
] as const;
export const attributionModelSchema = z.enum(attributionModels);
export type AttributionModel = z.output<typeof attributionModelSchema>;

/** Which touches earned the conversions of a period. */
export const attributionRequestSchema = scopeSchema.extend({
  touches: z.array(analysedEventSchema).min(1).max(20),
  touchBy: propertyPathSchema.optional().describe('name of a touch, e.g. channel; absent: the event'),
  conversion: analysedEventSchema,
  valueProperty: propertyPathSchema.optional(),
  lookbackMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(30 * 86_400_000),
  halfLifeMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(7 * 86_400_000),
  models: z.array(attributionModelSchema).min(1).default(['last', 'linear', 'markov']),
  breakdown: peopleBreakdownSchema.optional(),
});
export type AttributionRequest = z.output<typeof attributionRequestSchema>;

export const attributionAnswerSchema = splittable(
  answerSchema.extend({
    conversions: count,
    value: z.number(),
    untouched: count.describe('conversions without a touch in the time before'),
    touches: z.array(
      z.object({
        touch: z.string(),
        people: count.describe('touched people'),
        touches: count,
        credits: z
          .record(z.string(), z.object({ conversions: z.number(), value: z.number() }))
          .describe('by model'),
      }),
    ),
  }),
);
export type AttributionAnswer = z.output<typeof attributionAnswerSchema>;

export const attributionCellSchema = z.object({
  group: groupSchema.optional(),
  touch: z.string().max(500),
  converted: z
    .boolean()
    .default(true)
    .describe('touched in the time before a conversion; false: touched at all'),
});
