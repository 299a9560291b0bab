import { z } from 'zod';
import { answerSchema, count } from './scope.ts';

/**
 * Who an audience is: each attribute compared with everybody else (or with another audience; people in both count
 * for the first). Differences are ranked by size among the significant ones (p after Holm's correction < 0.05): of
 * all values of all attributes, those not shown too, each attribute having the same part of the chance of being wrong.
 */
export const portraitRequestSchema = z.object({
  people: z.string().min(1).max(20_000).describe('EQL'),
  against: z.string().min(1).max(20_000).optional().describe('EQL; absent: everybody else'),
  attributes: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .describe('absent: all that may be shown, the first 100'),
  valuesPerAttribute: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('those with the largest share on either side'),
});
export type PortraitRequest = z.output<typeof portraitRequestSchema>;

const side = z.object({ people: count, share: z.number() });
export const portraitAnswerSchema = answerSchema.omit({ from: true, to: true, sampled: true }).extend({
  people: count,
  others: count,
  attributes: z.array(
    z.object({
      attribute: z.string(),
      title: z.string(),
      values: z.array(
        z.object({
          value: z.string().describe("'' has no value"),
          people: side,
          others: side,
          hidden: z
            .boolean()
            .describe('fewer than five people, and the attribute is personal: numbers are 0'),
        }),
      ),
      numbers: z
        .object({
          people: z.object({ known: count, mean: z.number(), median: z.number() }),
          others: z.object({ known: count, mean: z.number(), median: z.number() }),
        })
        .optional()
        .describe('of a number; `values` is empty then'),
    }),
  ),
  differences: z.array(
    z.object({
      attribute: z.string(),
      title: z.string(),
      measure: z
        .enum(['share', 'mean', 'median'])
        .describe('of a number the one that tells the sides apart more surely'),
      value: z.string().optional().describe('absent: of a number'),
      people: z.number().describe('share, mean or median'),
      others: z.number(),
      effect: z
        .number()
        .describe('Cohen’s h of shares and of those above the common median, Cohen’s d of means'),
      p: z
        .number()
        .describe(
          'two-sided, after Holm’s correction: z or, of few people, Fisher’s exact test of shares; the larger of Student’s and Welch’s of means',
        ),
    }),
  ),
});
export type PortraitAnswer = z.output<typeof portraitAnswerSchema>;
