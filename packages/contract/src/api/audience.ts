import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { eqlDocumentSchema } from '../eql/document.ts';
import { eqlProblemSchema } from '../eql/problem.ts';

/** An expression as text or as document; one of the two. */
const expressionShape = {
  text: z.string().max(20_000).optional().describe('EQL text, e.g. person where age >= 30'),
  document: eqlDocumentSchema.optional().describe('EQL document; instead of text'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('values of $names; $viewer is the caller'),
};
const expressionBody = z
  .object(expressionShape)
  .refine((body) => (body.text === undefined) !== (body.document === undefined), {
    message: 'give either text or document',
  });

export const checkEql = endpoint({
  name: 'checkEql',
  method: 'POST',
  path: '/api/v1/eql/check',
  room: 'audience',
  summary: {
    en: 'Check an expression; both faces of it, or its problems',
    zh: '检查表达式，返回文本与文档两种形式或错误',
  },
  permission: 'segment.read',
  body: expressionBody,
  response: z.object({
    valid: z.boolean(),
    problems: z.array(eqlProblemSchema),
    text: z.string().optional().describe('formatted text'),
    document: z.unknown().optional(),
    valueType: z.string().optional().describe('type of the value, for value expressions'),
    estimate: z.object({ rows: z.number().describe('rows to read'), allowed: z.boolean() }).optional(),
  }),
});

export const countEql = endpoint({
  name: 'countEql',
  method: 'POST',
  path: '/api/v1/eql/count',
  room: 'audience',
  summary: { en: 'Count the people an expression describes, now', zh: '实时统计符合表达式的人数' },
  permission: 'segment.read',
  body: z
    .object({
      ...expressionShape,
      breakdown: z.boolean().optional().describe('also say what each top-level condition removes'),
    })
    .refine((body) => (body.text === undefined) !== (body.document === undefined), {
      message: 'give either text or document',
    }),
  response: z.object({
    count: z.number().int(),
    total: z.number().int().describe('size of the population'),
    withoutValue: z
      .number()
      .int()
      .describe('people for whom an attribute the expression compares is missing'),
    tookMs: z.number(),
    conditions: z
      .array(
        z.object({
          text: z.string(),
          count: z.number().int().describe('people for whom this condition alone is true'),
          removes: z.number().int().describe('people who would be in without this condition'),
        }),
      )
      .optional(),
  }),
  errors: ['eql_invalid', 'eql_too_expensive', 'eql_too_slow'],
});

export const effectsOfEql = endpoint({
  name: 'effectsOfEql',
  method: 'POST',
  path: '/api/v1/eql/effects',
  room: 'audience',
  summary: { en: 'What each condition of a rule does to the count', zh: '规则中每个条件对人数的影响' },
  permission: 'segment.read',
  body: expressionBody,
  response: z.object({
    count: z.number().int().describe('people the whole rule describes'),
    total: z.number().int().describe('size of the population'),
    tookMs: z.number(),
    isComplete: z.boolean().describe('false: only the first 60 conditions are told'),
    conditions: z
      .array(
        z.object({
          path: z.string().describe('place in the document, e.g. where.items[0].item'),
          kind: z.enum(['and', 'or', 'not', 'condition']),
          text: z.string(),
          count: z.number().int().describe('people for whom this alone is true'),
          without: z.number().int().describe('people the rule would describe without it'),
          removes: z.number().int().describe('without − count of the rule; negative in an or'),
          remaining: z.number().int().describe('people left when the rule is read up to and including this'),
        }),
      )
      .describe('in reading order: each group before its conditions'),
  }),
  errors: ['eql_invalid', 'eql_too_expensive', 'eql_too_slow'],
});

const personItem = z.object({
  personId: z.number().int(),
  attributes: z.record(z.string(), z.unknown()).describe('personal data masked'),
});

export const peopleOfEql = endpoint({
  name: 'peopleOfEql',
  method: 'POST',
  path: '/api/v1/eql/people',
  room: 'audience',
  summary: { en: 'Page through the people an expression describes', zh: '分页查看符合表达式的客户' },
  permission: 'segment.read',
  body: z
    .object({
      ...expressionShape,
      cursor: z.string().max(200).optional(),
      limit: z.number().int().min(1).max(1_000).default(50),
    })
    .refine((body) => (body.text === undefined) !== (body.document === undefined), {
      message: 'give either text or document',
    }),
  response: z.object({ items: z.array(personItem), nextCursor: z.string().optional() }),
  errors: ['eql_invalid', 'eql_too_expensive', 'eql_too_slow'],
});

export const readCatalogue = endpoint({
  name: 'readEqlCatalogue',
  method: 'GET',
  path: '/api/v1/eql/catalogue',
  room: 'audience',
  summary: { en: 'Every name an expression may use', zh: '表达式可以使用的全部名称' },
  permission: 'segment.read',
  response: z.object({
    attributes: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        type: z.string(),
        unit: z.string().optional(),
        encrypted: z.boolean(),
      }),
    ),
    entities: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        attributes: z.array(z.object({ name: z.string(), title: z.string(), type: z.string() })),
      }),
    ),
    details: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        owner: z.string(),
        attributes: z.array(z.object({ name: z.string(), title: z.string(), type: z.string() })),
      }),
    ),
    relations: z.array(z.object({ name: z.string(), title: z.string(), from: z.string(), to: z.string() })),
    events: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        properties: z.array(z.object({ name: z.string(), title: z.string(), type: z.string() })),
      }),
    ),
    segments: z.array(z.object({ segmentId: z.string(), name: z.string() })),
    tags: z.array(z.object({ tagId: z.string(), name: z.string(), type: z.string() })),
  }),
});

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
});
export type SegmentView = z.output<typeof segmentSchema>;

const segmentRunSchema = z.object({
  run: z.number().int(),
  at: z.string(),
  kind: z.enum(['full', 'incremental', 'identity', 'import']),
  members: z.number().int(),
  entered: z.number().int(),
  left: z.number().int(),
  tookMs: z.number(),
});

const usageSchema = z.object({
  kind: z.enum(['segment', 'tag', 'strategy', 'report']),
  id: z.string(),
  name: z.string(),
});
export type Usage = z.output<typeof usageSchema>;

const segmentParams = z.object({ segmentId: audienceIdSchema });
const segmentDefinition = {
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  folder: z.string().max(200).default(''),
  schedule: scheduleSchema.default({ every: 'minutes', minutes: 60 }),
};

export const listSegments = endpoint({
  name: 'listSegments',
  method: 'GET',
  path: '/api/v1/segments',
  room: 'audience',
  summary: { en: 'Segments, newest first', zh: '人群列表（最新在前）' },
  permission: 'segment.read',
  query: z.object({
    search: z.string().max(200).optional(),
    archived: z.enum(['true', 'false']).default('false'),
    unused: z.enum(['true', 'false']).default('false').describe('only those that nothing uses'),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ items: z.array(segmentSchema), nextCursor: z.string().optional() }),
});

export const createSegment = endpoint({
  name: 'createSegment',
  method: 'POST',
  path: '/api/v1/segments',
  room: 'audience',
  summary: { en: 'Create a segment and compute it', zh: '新建人群并计算' },
  permission: 'segment.write',
  body: z.object({
    segmentId: audienceIdSchema,
    ...segmentDefinition,
    kind: z.enum(segmentKinds).default('rule'),
    text: z.string().max(20_000).optional().describe('EQL; needed for rule and snapshot'),
    document: eqlDocumentSchema.optional().describe('EQL document; instead of text'),
    personIds: z.array(z.number().int()).max(100_000).optional().describe('members of an imported segment'),
  }),
  response: segmentSchema,
  errors: ['eql_invalid', 'segment_exists', 'segment_cycle'],
});

export const editSegment = endpoint({
  name: 'editSegment',
  method: 'PUT',
  path: '/api/v1/segments/:segmentId',
  room: 'audience',
  summary: { en: 'Save a new version of a segment', zh: '保存人群的新版本' },
  permission: 'segment.write',
  params: segmentParams,
  body: z.object({
    ...segmentDefinition,
    text: z.string().max(20_000).optional(),
    document: eqlDocumentSchema.optional(),
    version: z.number().int().describe('version that was edited; refused when it is not the newest'),
  }),
  response: segmentSchema,
  errors: ['eql_invalid', 'segment_not_found', 'segment_cycle', 'conflict'],
});

export const archiveSegment = endpoint({
  name: 'archiveSegment',
  method: 'POST',
  path: '/api/v1/segments/:segmentId/archive',
  room: 'audience',
  summary: {
    en: 'Archive a segment that nothing uses, or bring it back',
    zh: '归档（未被使用的）人群，或恢复',
  },
  permission: 'segment.write',
  params: segmentParams,
  body: z.object({ archived: z.boolean().default(true) }),
  response: segmentSchema,
  errors: ['segment_not_found', 'segment_in_use'],
});

export const readSegment = endpoint({
  name: 'readSegment',
  method: 'GET',
  path: '/api/v1/segments/:segmentId',
  room: 'audience',
  summary: {
    en: 'A segment with its count, trend, versions and lineage',
    zh: '人群详情：人数、趋势、版本与血缘',
  },
  permission: 'segment.read',
  params: segmentParams,
  response: segmentSchema.extend({
    document: z.unknown().optional(),
    total: z.number().int().describe('size of the population'),
    trend: z.array(segmentRunSchema).describe('newest first, at most 400'),
    versions: z.array(
      z.object({
        version: z.number().int(),
        text: z.string().optional(),
        editedBy: z.string(),
        editedAt: z.string(),
      }),
    ),
    uses: z.array(usageSchema).describe('what this segment refers to'),
    usedBy: z.array(usageSchema).describe('what refers to this segment'),
    lookups: z.number().int().describe('membership look-ups through the API'),
  }),
  errors: ['segment_not_found'],
});

export const listSegmentMembers = endpoint({
  name: 'listSegmentMembers',
  method: 'GET',
  path: '/api/v1/segments/:segmentId/members',
  room: 'audience',
  summary: { en: 'Members at the last computation, by person id', zh: '最近一次计算的人群成员' },
  permission: 'segment.read',
  params: segmentParams,
  query: z.object({
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(50),
  }),
  response: z.object({ items: z.array(personItem), nextCursor: z.string().optional() }),
  errors: ['segment_not_found'],
});

export const computeSegment = endpoint({
  name: 'computeSegment',
  method: 'POST',
  path: '/api/v1/segments/:segmentId/compute',
  room: 'audience',
  summary: { en: 'Compute a segment now', zh: '立即计算人群' },
  permission: 'segment.write',
  params: segmentParams,
  response: segmentRunSchema,
  errors: ['segment_not_found', 'segment_not_rule'],
});

export const readPersonSegments = endpoint({
  name: 'readPersonSegments',
  method: 'GET',
  path: '/api/v1/people/:personId/segments',
  room: 'audience',
  summary: { en: 'Segments and tags of a person, from memory', zh: '某客户所在人群与标签（实时查询）' },
  permission: 'segment.read',
  params: z.object({ personId: z.coerce.number().int().min(0) }),
  query: z.object({ tags: z.enum(['true', 'false']).default('false').describe('also the tag values') }),
  response: z.object({
    personId: z.number().int(),
    segments: z.array(z.object({ segmentId: z.string(), name: z.string() })),
    tags: z.array(z.object({ tagId: z.string(), name: z.string(), values: z.array(z.string()) })).optional(),
  }),
});

export const tagKinds = ['rule', 'sql', 'import', 'manual'] as const;
export const tagValueTypes = ['text', 'number', 'boolean', 'date', 'instant', 'list'] as const;

export const tagSchema = z.object({
  tagId: z.string(),
  name: z.string(),
  description: z.string(),
  folder: z.string(),
  kind: z.enum(tagKinds).describe('rule: an EQL value (tiers, metric, first/last, top N, RFM, distribution)'),
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
});
export type TagView = z.output<typeof tagSchema>;

const tagParams = z.object({ tagId: audienceIdSchema });

export const listTags = endpoint({
  name: 'listTags',
  method: 'GET',
  path: '/api/v1/tags',
  room: 'audience',
  summary: { en: 'Tags, newest first', zh: '标签列表（最新在前）' },
  permission: 'tag.read',
  query: z.object({
    search: z.string().max(200).optional(),
    archived: z.enum(['true', 'false']).default('false'),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ items: z.array(tagSchema), nextCursor: z.string().optional() }),
});

export const createTag = endpoint({
  name: 'createTag',
  method: 'POST',
  path: '/api/v1/tags',
  room: 'audience',
  summary: { en: 'Create a tag and compute it', zh: '新建标签并计算' },
  permission: 'tag.write',
  body: z.object({
    tagId: audienceIdSchema,
    ...segmentDefinition,
    kind: z.enum(tagKinds).default('rule'),
    text: z.string().max(20_000).optional().describe('EQL value, or SQL selecting person_id and value'),
    document: eqlDocumentSchema.optional(),
    valueType: z.enum(tagValueTypes).default('text').describe('of SQL, imported and manual tags'),
  }),
  response: tagSchema,
  errors: ['eql_invalid', 'tag_exists', 'tag_sql_refused'],
});

export const readTag = endpoint({
  name: 'readTag',
  method: 'GET',
  path: '/api/v1/tags/:tagId',
  room: 'audience',
  summary: { en: 'A tag with its values and how many people have each', zh: '标签详情：取值分布与血缘' },
  permission: 'tag.read',
  params: tagParams,
  response: tagSchema.extend({
    document: z.unknown().optional(),
    total: z.number().int(),
    values: z.array(z.object({ value: z.string(), people: z.number().int() })).describe('100 most frequent'),
    trend: z.array(z.object({ at: z.string(), people: z.number().int(), tookMs: z.number() })),
    uses: z.array(usageSchema),
    usedBy: z.array(usageSchema),
  }),
  errors: ['tag_not_found'],
});

export const archiveTag = endpoint({
  name: 'archiveTag',
  method: 'POST',
  path: '/api/v1/tags/:tagId/archive',
  room: 'audience',
  summary: { en: 'Archive a tag that nothing uses, or bring it back', zh: '归档（未被使用的）标签，或恢复' },
  permission: 'tag.write',
  params: tagParams,
  body: z.object({ archived: z.boolean().default(true) }),
  response: tagSchema,
  errors: ['tag_not_found', 'tag_in_use'],
});

export const computeTag = endpoint({
  name: 'computeTag',
  method: 'POST',
  path: '/api/v1/tags/:tagId/compute',
  room: 'audience',
  summary: { en: 'Compute a tag now', zh: '立即计算标签' },
  permission: 'tag.write',
  params: tagParams,
  response: tagSchema,
  errors: ['tag_not_found'],
});

export const setTagValues = endpoint({
  name: 'setTagValues',
  method: 'POST',
  path: '/api/v1/tags/:tagId/values',
  room: 'audience',
  summary: { en: 'Set values of a manual or imported tag', zh: '为手工或导入标签赋值' },
  permission: 'tag.write',
  params: tagParams,
  body: z.object({
    values: z
      .array(
        z.object({
          personId: z.number().int(),
          values: z.array(z.string().max(1_000)).max(100).describe('empty: remove the tag from the person'),
        }),
      )
      .min(1)
      .max(10_000),
  }),
  response: z.object({ changed: z.number().int() }),
  errors: ['tag_not_found', 'tag_not_settable'],
});
