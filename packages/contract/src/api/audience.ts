import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { eqlDocumentSchema } from '../eql/document.ts';
import { personItem } from './audience-eql.ts';
import {
  audienceDefinition,
  audienceIdSchema,
  definitionQuery,
  lookalikeExplanationSchema,
  lookalikeSchema,
  segmentKinds,
  segmentSchema,
  shareBody,
  sharingSchema,
  usageSchema,
  versionSchema,
} from './audience-shapes.ts';

export * from './audience-eql.ts';
export * from './audience-governance.ts';
export * from './audience-shapes.ts';
export * from './audience-tags.ts';

const segmentRunSchema = z.object({
  run: z.number().int(),
  at: z.string(),
  kind: z.enum(['full', 'incremental', 'identity', 'import']),
  members: z.number().int(),
  entered: z.number().int(),
  left: z.number().int(),
  tookMs: z.number(),
});

const segmentParams = z.object({ segmentId: audienceIdSchema });
export const listSegments = endpoint({
  name: 'listSegments',
  method: 'GET',
  path: '/api/v1/segments',
  room: 'audience',
  summary: {
    en: 'Segments, narrowed, sorted and paged by the server; for users of an institution of its people only',
    zh: '人群列表（由服务端筛选、排序、分页）；机构用户只统计本机构及下级机构的客户',
  },
  permission: 'segment.read',
  query: z.object({ ...definitionQuery, kind: z.enum(segmentKinds).optional() }),
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
    ...audienceDefinition,
    sharing: sharingSchema.optional().describe('absent: everybody sees it'),
    kind: z.enum(segmentKinds).default('rule'),
    text: z.string().max(20_000).optional().describe('EQL; needed for rule and snapshot'),
    document: eqlDocumentSchema.optional().describe('EQL document; instead of text'),
    lookalike: lookalikeSchema.optional().describe('needed for lookalike'),
    personIds: z
      .array(z.number().int().min(0))
      .max(100_000)
      .optional()
      .describe('members of an imported segment'),
  }),
  response: segmentSchema,
  errors: [
    'source_not_found',
    'user_unknown',
    'eql_invalid',
    'segment_exists',
    'segment_cycle',
    'lookalike_missing',
  ],
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
    ...audienceDefinition,
    text: z.string().max(20_000).optional(),
    document: eqlDocumentSchema.optional(),
    lookalike: lookalikeSchema.optional().describe('of a lookalike; absent: as it was'),
    version: z.number().int().describe('version that was edited; refused when it is not the newest'),
  }),
  response: segmentSchema,
  errors: [
    'source_not_found',
    'not_editor',
    'eql_invalid',
    'segment_not_found',
    'segment_cycle',
    'lookalike_missing',
    'conflict',
  ],
});

export const setSegmentMembers = endpoint({
  name: 'setSegmentMembers',
  method: 'PUT',
  path: '/api/v1/segments/:segmentId/members',
  room: 'audience',
  summary: {
    en: 'Give an imported segment other members; who enters and who leaves is logged; a user of an institution replaces its people only, others stay members',
    zh: '更新导入人群的成员；进入与离开均有记录；机构用户只替换本机构客户，其他成员不变',
  },
  permission: 'segment.write',
  params: segmentParams,
  body: z.object({ personIds: z.array(z.number().int().min(0)).max(100_000) }),
  response: segmentSchema,
  errors: ['not_editor', 'segment_not_found', 'segment_not_imported'],
  bodyLimitBytes: 4 * 2 ** 20,
});

export const shareSegment = endpoint({
  name: 'shareSegment',
  method: 'PUT',
  path: '/api/v1/segments/:segmentId/sharing',
  room: 'audience',
  summary: {
    en: 'Say who sees and who changes a segment, and hand it over; for its owner and administrators',
    zh: '设置人群的可见范围与编辑者，或移交负责人（负责人与管理员）',
  },
  permission: 'segment.write',
  params: segmentParams,
  body: shareBody,
  response: segmentSchema,
  errors: ['segment_not_found', 'not_owner', 'user_unknown'],
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
  errors: ['not_editor', 'segment_not_found', 'segment_in_use'],
});

export const readSegment = endpoint({
  name: 'readSegment',
  method: 'GET',
  path: '/api/v1/segments/:segmentId',
  room: 'audience',
  summary: {
    en: 'A segment with its count, trend, versions and lineage; for users of an institution of its people only and without the trend, which is of the whole bank',
    zh: '人群详情：人数、趋势、版本与血缘；机构用户只统计本机构及下级机构的客户，且不含全行口径的趋势',
  },
  permission: 'segment.read',
  params: segmentParams,
  response: segmentSchema.extend({
    document: z.unknown().optional(),
    total: z.number().int().describe('size of the population'),
    trend: z.array(segmentRunSchema).describe('newest first, at most 400'),
    versions: z.array(versionSchema),
    uses: z.array(usageSchema).describe('what this segment refers to'),
    usedBy: z.array(usageSchema).describe('what refers to this segment'),
    explanation: lookalikeExplanationSchema.optional().describe('of a lookalike'),
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

const LIVE =
  'true: every rule is evaluated for the person at this instant; false: the segments and tags of the last computations, from memory, in a millisecond. Segments and tags that are not rules or rank people are always those of the last computation; merges and splits apply at once';

const personMembershipsSchema = z.object({
  personId: z.number().int().describe('the present person, also when an id was asked for that was merged'),
  segments: z.array(z.object({ segmentId: z.string(), name: z.string() })),
  tags: z.array(z.object({ tagId: z.string(), name: z.string(), values: z.array(z.string()) })).optional(),
});

export const readPersonSegments = endpoint({
  name: 'readPersonSegments',
  method: 'GET',
  path: '/api/v1/people/:personId/segments',
  room: 'audience',
  summary: {
    en: 'Segments and tags of a person as last computed; with `live` the rules as they are true now',
    zh: '某客户所在人群与标签（最近一次计算）；live 为按规则即时判断',
  },
  permission: 'segment.read',
  params: z.object({ personId: z.coerce.number().int().min(0) }),
  query: z.object({
    tags: z.enum(['true', 'false']).default('false').describe('also the tag values'),
    live: z.enum(['true', 'false']).default('false').describe(LIVE),
  }),
  response: personMembershipsSchema,
  errors: ['eql_too_slow'],
});

/** A body, not a query: keys are personal, and addresses end in the logs of whatever stands between. */
export const findPersonSegments = endpoint({
  name: 'findPersonSegments',
  method: 'POST',
  path: '/api/v1/people/segments',
  room: 'audience',
  summary: {
    en: 'Segments and tags of the person behind a key, such as a customer number, as last computed; with `live` the rules as they are true now',
    zh: '按客户号等标识查询客户所在人群与标签（最近一次计算）；live 为按规则即时判断',
  },
  permission: 'segment.read',
  body: z.object({
    key: z.object({ type: z.string().max(50), value: z.string().min(1).max(255) }),
    tags: z.boolean().default(false).describe('also the tag values'),
    live: z.boolean().default(false).describe(LIVE),
  }),
  response: personMembershipsSchema,
  errors: ['person_not_found', 'eql_too_slow'],
});
