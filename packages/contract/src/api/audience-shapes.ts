import { z } from 'zod';
import { roles } from './platform.ts';
import { taskStates } from './task-states.ts';

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

/** A source that a schedule waits for, as it stands now. */
export const awaitedSourceSchema = z.object({
  sourceId: z.string(),
  name: z.string().optional().describe('absent: there is no such source'),
  state: z
    .enum(['ready', 'waiting', 'unwatched'])
    .describe('unwatched: no started task brings it, so that nothing waits for it'),
  tasks: z.array(
    z.object({
      taskId: z.string(),
      name: z.string(),
      state: z.enum(taskStates),
      started: z.boolean().describe('false: it does not run by itself, and nothing waits for it'),
      late: z.boolean(),
      completeUntil: z.string().optional().describe('everything that the source held then is in'),
      problem: z.string().optional().describe('why the last run failed'),
    }),
  ),
});
export type AwaitedSource = z.output<typeof awaitedSourceSchema>;

/** What a definition with the schedule `source_ready` waits for. */
const awaitedFields = {
  waitingSince: z.string().optional().describe('it was due then, and still waits for its sources'),
  wantedUntil: z
    .string()
    .optional()
    .describe('of the schedule source_ready: up to when its sources must be complete'),
  sources: z.array(awaitedSourceSchema).optional().describe('of the schedule source_ready'),
};

/** Who sees a segment or tag, and who changes it besides its owner; administrators see and change everything. */
export const sharingSchema = z.object({
  shared: z.boolean().describe('false: only its owner and its editors see it'),
  sharedWith: z.array(z.enum(roles)).max(roles.length).default([]).describe('when shared: roles that see it'),
  sharedWithUsers: z
    .array(z.uuid())
    .max(200)
    .default([])
    .describe('when shared: users who see it; neither roles nor users: everybody'),
  editors: z
    .array(z.uuid())
    .max(200)
    .default([])
    .describe('users who change it besides its owner; they see it too'),
});
export type Sharing = z.output<typeof sharingSchema>;

/** What a segment or tag says about who may do what with it. */
const sharingFields = {
  owner: z.string().describe('id of the user it belongs to'),
  sharing: sharingSchema,
  mayEdit: z.boolean().describe('whether the caller is its owner, an editor or an administrator'),
  mayShare: z.boolean().describe('whether the caller is its owner or an administrator'),
};

/** Orders of the lists; all but `name` the largest or newest first. */
export const definitionSorts = ['newest', 'name', 'changed', 'computed', 'people'] as const;
export type DefinitionSort = (typeof definitionSorts)[number];
export const definitionStatuses = ['computed', 'failed', 'never', 'waiting', 'differing'] as const;
export type DefinitionStatus = (typeof definitionStatuses)[number];

/** What the lists of segments and tags are narrowed and sorted by, on the server. */
export const definitionQuery = {
  search: z.string().max(200).optional().describe('in the name, the id or the description'),
  archived: z.enum(['true', 'false']).default('false'),
  unused: z.enum(['true', 'false']).default('false').describe('only those that nothing uses'),
  folder: z.string().max(200).optional().describe('exactly this one; empty: those in none'),
  owner: z.uuid().optional().describe('user id'),
  status: z
    .enum(definitionStatuses)
    .optional()
    .describe(
      'of the last computation; never: not computed yet; waiting: for its sources; differing: a segment that the nightly proof found wrong',
    ),
  ids: z
    .string()
    .max(13_000)
    .regex(/^[a-z0-9_]+(,[a-z0-9_]+){0,199}$/)
    .optional()
    .describe('only these, at most 200, with commas between them'),
  sort: z.enum(definitionSorts).default('newest'),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, of the same sort'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** A rule that names what the caller may not see is not shown to the caller. */
const ruleHidden = z
  .literal(true)
  .optional()
  .describe('the rule names what is not shared with the caller: it is left out');

export const segmentKinds = ['rule', 'snapshot', 'import', 'lookalike'] as const;

/** People who resemble the members of a segment, without those members. */
export const lookalikeSchema = z.object({
  seed: audienceIdSchema.describe('segment whose members are resembled'),
  features: z
    .array(z.string().min(1).max(2_000))
    .min(1)
    .max(30)
    .describe(
      'EQL values by which people are compared, e.g. age, city, count(event login within last 30 days)',
    ),
  size: z.number().int().min(1).max(500_000).default(1_000).describe('at most so many, the most alike first'),
  minimumScore: z
    .number()
    .optional()
    .describe('log-odds from which on people count as alike; 0: as much like the seed as like the others'),
});
export type Lookalike = z.output<typeof lookalikeSchema>;

/** Why people are alike: what each value of a feature speaks for, as found at the last computation. */
export const lookalikeExplanationSchema = z.object({
  seedPeople: z.number().int(),
  otherPeople: z.number().int(),
  highestScore: z.number().optional(),
  lowestScore: z.number().optional().describe('of the members'),
  features: z.array(
    z.object({
      feature: z.string(),
      spread: z.number().describe('how far apart its values set people: the heavier, the more it decides'),
      values: z.array(
        z.object({
          value: z.string().describe('a value, a range of numbers, or “missing”'),
          seedShare: z.number(),
          otherShare: z.number(),
          weight: z.number().describe('log-odds: above 0 speaks for the seed'),
        }),
      ),
    }),
  ),
});
export type LookalikeExplanation = z.output<typeof lookalikeExplanationSchema>;

export const segmentSchema = z.object({
  segmentId: z.string(),
  name: z.string(),
  description: z.string(),
  folder: z.string(),
  kind: z.enum(segmentKinds),
  version: z.number().int(),
  text: z.string().optional().describe('EQL of a rule segment'),
  ruleHidden,
  lookalike: lookalikeSchema.optional(),
  schedule: scheduleSchema,
  ...sharingFields,
  archived: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  ...awaitedFields,
  members: z.number().int().optional().describe('at the last computation'),
  computedAt: z.string().optional(),
  provedWrongAt: z
    .string()
    .optional()
    .describe(
      'when the nightly proof found kept members to differ from a full computation; they are made anew',
    ),
  problem: z.string().optional().describe('why the last computation failed'),
  priority: z.number().int().describe('1 first … 9 last, among those due at one time'),
});
export type SegmentView = z.output<typeof segmentSchema>;

export const usageSchema = z.object({
  kind: z.enum(['segment', 'tag', 'strategy', 'report']),
  id: z.string(),
  name: z.string(),
  hidden: z.literal(true).optional().describe('the caller may not see it: its id and name are left out'),
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
  ruleHidden,
  schedule: scheduleSchema,
  ...sharingFields,
  archived: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  ...awaitedFields,
  people: z.number().int().optional().describe('people with a value at the last computation'),
  computedAt: z.string().optional(),
  problem: z.string().optional(),
  priority: z.number().int().describe('1 first … 9 last, among those due at one time'),
});
export type TagView = z.output<typeof tagSchema>;

/** Who sees and changes it, and to whom it is handed over. */
export const shareBody = sharingSchema.extend({
  owner: z.uuid().optional().describe('the user it is handed over to; absent: it stays with its owner'),
});

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
