import { z } from 'zod';
import { answerSchema, count } from './scope.ts';

/**
 * Who an audience is: each attribute compared with everybody else (or with another audience; people in both count
 * for the first). Differences are ranked by size among the significant ones (p after Holm's correction < 0.05).
 */
export const portraitRequestSchema = z.object({
  people: z.string().min(1).max(20_000).describe('EQL'),
  against: z.string().min(1).max(20_000).optional().describe('EQL; absent: everybody else'),
  attributes: z.array(z.string().max(100)).max(100).optional().describe('absent: all that may be shown'),
  valuesPerAttribute: z.number().int().min(1).max(50).default(10),
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
      value: z.string().optional().describe('absent: the mean of a number'),
      people: z.number().describe('share or mean'),
      others: z.number(),
      effect: z.number().describe('Cohen’s h of shares, Cohen’s d of means'),
      p: z.number().describe('two-sided, after Holm’s correction'),
    }),
  ),
});
export type PortraitAnswer = z.output<typeof portraitAnswerSchema>;
