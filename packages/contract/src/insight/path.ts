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
 * What people do next, or did before. Events of a person are cut into sessions where more than `gapMs` lies
 * between two; each session is one path, from its first event, from the first `start`, or backwards from the last
 * `end` in it.
 */
export const pathRequestSchema = scopeSchema.extend({
  events: z
    .array(analysedEventSchema)
    .max(100)
    .default([])
    .describe('events shown; none: all collected ones'),
  anchor: z
    .object({ kind: z.enum(['start', 'end']), event: z.string().min(1).max(200) })
    .optional()
    .describe('event name that paths begin or end with'),
  depth: z.number().int().min(2).max(20).default(5),
  gapMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .default(30 * 60_000),
  mergeRepeats: z.boolean().default(true).describe('the same event several times in a row counts once'),
  splitBy: propertyPathSchema.optional().describe('tells events apart by a property: page_view · /loans'),
  maximumNodes: z.number().int().min(2).max(30).default(8).describe('of each level; the others together'),
  breakdown: peopleBreakdownSchema.optional(),
});
export type PathRequest = z.output<typeof pathRequestSchema>;

export const pathAnswerSchema = splittable(
  answerSchema.extend({
    paths: count.describe('sessions with at least one event shown'),
    people: count,
    nodes: z.array(z.object({ level: count, name: z.string(), paths: count, ended: count })),
    links: z.array(
      z.object({ level: count.describe('of `from`'), from: z.string(), to: z.string(), paths: count }),
    ),
  }),
);
export type PathAnswer = z.output<typeof pathAnswerSchema>;

export const pathCellSchema = z.object({
  group: groupSchema.optional(),
  level: z.number().int().min(0).max(20),
  name: z
    .string()
    .max(500)
    .describe('a node’s name; `$other` stands for all that are not shown at its level'),
  next: z.string().max(500).optional().describe('only those who went on to this node'),
});
