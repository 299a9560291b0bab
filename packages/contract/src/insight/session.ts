import { z } from 'zod';
import {
  analysedEventSchema,
  answerSchema,
  count,
  scopeSchema,
  bucketUnitSchema,
  splittable,
  groupSchema,
  peopleBreakdownSchema,
} from './scope.ts';

/** Visits: events of a person with no more than `gapMs` between two. A session belongs to the bucket it begins in. */
export const sessionRequestSchema = scopeSchema.extend({
  events: z.array(analysedEventSchema).max(100).default([]).describe('none: all collected events'),
  gapMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(30 * 60_000),
  unit: bucketUnitSchema.default('day'),
  breakdown: peopleBreakdownSchema.optional(),
});
export type SessionRequest = z.output<typeof sessionRequestSchema>;

const sessionNumbers = {
  sessions: count,
  people: count,
  meanMs: z.number().describe('mean length'),
  meanEvents: z.number(),
  bounceShare: z.number().describe('sessions with a single event'),
};
export const sessionAnswerSchema = splittable(
  answerSchema.extend({
    ...sessionNumbers,
    medianMs: z.number(),
    unit: bucketUnitSchema,
    buckets: z.array(z.object({ from: z.string(), ...sessionNumbers })),
    lengths: z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable(), sessions: count })),
    entries: z
      .array(z.object({ event: z.string(), sessions: count }))
      .describe('first events, most frequent first'),
    exits: z.array(z.object({ event: z.string(), sessions: count })),
  }),
);
export type SessionAnswer = z.output<typeof sessionAnswerSchema>;

export const sessionCellSchema = z.object({
  group: groupSchema.optional(),
  bucket: z.iso.datetime({ offset: true }).optional(),
  minimumMs: z.number().min(0).default(0),
  maximumMs: z.number().min(0).optional(),
});
