import { z } from 'zod';
import { analysedEventSchema, answerSchema, count, scopeSchema } from './scope.ts';

/** What single people did, one after the other, in sessions. */
export const sequenceRequestSchema = scopeSchema.omit({ sample: true, compare: true }).extend({
  personIds: z
    .array(z.number().int().min(0))
    .max(200)
    .optional()
    .describe('these people; absent: any, by id'),
  events: z.array(analysedEventSchema).max(100).default([]).describe('none: all collected events'),
  gapMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(30 * 60_000),
  eventsPerPerson: z.number().int().min(1).max(1_000).default(200).describe('the newest ones'),
  afterPersonId: z.number().int().min(0).optional(),
  limit: z.number().int().min(1).max(200).default(20),
});
export type SequenceRequest = z.output<typeof sequenceRequestSchema>;

export const sequenceAnswerSchema = answerSchema.extend({
  people: z.array(
    z.object({
      personId: z.number().int(),
      events: count,
      sessions: z.array(
        z.object({
          from: z.string(),
          to: z.string(),
          events: z.array(z.object({ event: z.string(), at: z.string(), eventId: z.string() })),
        }),
      ),
    }),
  ),
  nextAfterPersonId: z.number().int().optional(),
});
export type SequenceAnswer = z.output<typeof sequenceAnswerSchema>;
