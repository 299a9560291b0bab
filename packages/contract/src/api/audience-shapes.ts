import { z } from 'zod';

/** Ids are short names chosen by their makers, so that expressions read well. */
export const audienceIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/)
  .describe('short name, e.g. large_outflow');

/** When something is computed anew; `manual`: only on request. */
export const scheduleSchema = z.discriminatedUnion('every', [
  z.object({ every: z.literal('manual') }),
  z.object({ every: z.literal('minutes'), minutes: z.number().int().min(1).max(1_440) }),
  z.object({ every: z.literal('day'), at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) }),
  z.object({
    every: z.literal('week'),
    weekday: z.number().int().min(1).max(7),
    at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  }),
  z.object({
    every: z.literal('month'),
    day: z.number().int().min(1).max(31),
    at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  }),
  z.object({
    every: z
      .literal('source_ready')
      .describe('once a day, when the sources have brought all they held at `at`'),
    at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    sources: z.array(z.string().min(1).max(100)).min(1).max(20),
  }),
]);
export type Schedule = z.output<typeof scheduleSchema>;

export const segmentKinds = ['rule', 'snapshot', 'import'] as const;

export const segmentSchema = z.object({
  segmentId: z.string(),
  name: z.string(),
  description: z.string(),
  folder: z.string(),
  kind: z.enum(segmentKinds),
  version: z.number().int(),
  text: z.string().optional().describe('EQL of a rule segment'),
  schedule: scheduleSchema,
  owner: z.string(),
  archived: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  members: z.number().int().optional().describe('at the last computation'),
  computedAt: z.string().optional(),
  problem: z.string().optional().describe('why the last computation failed'),
  priority: z.number().int().describe('1 first … 9 last, among those due at one time'),
});
export type SegmentView = z.output<typeof segmentSchema>;

export const usageSchema = z.object({
  kind: z.enum(['segment', 'tag', 'strategy', 'report']),
  id: z.string(),
  name: z.string(),
});
export type Usage = z.output<typeof usageSchema>;

export const tagKinds = ['rule', 'sql', 'model', 'import', 'manual'] as const;

/** Where the scores of a model come from, and for how long they hold. */
export const tagModelSchema = z.object({
  scorer: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('name of a scorer the installation was started with; absent: scores are set through the API'),
  freshForHours: z
    .number()
    .int()
    .min(1)
    .max(8_784)
    .default(168)
    .describe('older scores are taken away: a stale score is no score'),
});
export type TagModel = z.output<typeof tagModelSchema>;
export const tagValueTypes = ['text', 'number', 'boolean', 'date', 'instant', 'list'] as const;

export const tagSchema = z.object({
  tagId: z.string(),
  name: z.string(),
  description: z.string(),
  folder: z.string(),
  kind: z.enum(tagKinds).describe('rule: an EQL value (tiers, metric, first/last, top N, RFM, distribution)'),
  model: tagModelSchema
    .extend({
      modelVersion: z.string().optional().describe('version of the model that gave the newest scores'),
      isFresh: z.boolean().describe('there are scores, and the newest are younger than freshForHours'),
    })
    .optional()
    .describe('of model tags'),
  valueType: z.enum(tagValueTypes),
  version: z.number().int(),
  text: z.string().optional().describe('EQL of a rule tag, or SQL'),
  schedule: scheduleSchema,
  owner: z.string(),
  archived: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  people: z.number().int().optional().describe('people with a value at the last computation'),
  computedAt: z.string().optional(),
  problem: z.string().optional(),
  priority: z.number().int().describe('1 first … 9 last, among those due at one time'),
});
export type TagView = z.output<typeof tagSchema>;

/** What makers say of a segment or tag besides its rule. */
export const audienceDefinition = {
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  folder: z.string().max(200).default(''),
  schedule: scheduleSchema.default({ every: 'minutes', minutes: 60 }),
  priority: z
    .number()
    .int()
    .min(1)
    .max(9)
    .default(5)
    .describe('1 first … 9 last, among those due at one time'),
};

/** What one version of a segment or tag said. */
export const versionSchema = z.object({
  version: z.number().int(),
  text: z.string().optional(),
  editedBy: z.string(),
  editedAt: z.string(),
});
