import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { eqlDocumentSchema } from '../eql/document.ts';
import {
  audienceDefinition,
  audienceIdSchema,
  definitionQuery,
  tagKinds,
  tagModelSchema,
  tagSchema,
  shareBody,
  sharingSchema,
  tagValueTypes,
  usageSchema,
  versionSchema,
} from './audience-shapes.ts';

const tagParams = z.object({ tagId: audienceIdSchema });

export const listTags = endpoint({
  name: 'listTags',
  method: 'GET',
  path: '/api/v1/tags',
  room: 'audience',
  summary: {
    en: 'Tags, narrowed, sorted and paged by the server; for users of an institution of its people only',
    zh: '标签列表（由服务端筛选、排序、分页）；机构用户只统计本机构及下级机构的客户',
  },
  permission: 'tag.read',
  query: z.object({ ...definitionQuery, kind: z.enum(tagKinds).optional() }),
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
    ...audienceDefinition,
    sharing: sharingSchema.optional().describe('absent: everybody sees it'),
    kind: z.enum(tagKinds).default('rule'),
    text: z.string().max(20_000).optional().describe('EQL value, or SQL selecting person_id and value'),
    document: eqlDocumentSchema.optional(),
    valueType: z
      .enum(tagValueTypes)
      .optional()
      .describe('of SQL, model, imported and manual tags; default text, for model tags number'),
    model: tagModelSchema.optional().describe('of model tags'),
  }),
  response: tagSchema,
  errors: [
    'source_not_found',
    'user_unknown',
    'eql_invalid',
    'tag_exists',
    'tag_sql_refused',
    'tag_scorer_unknown',
  ],
});

export const readTag = endpoint({
  name: 'readTag',
  method: 'GET',
  path: '/api/v1/tags/:tagId',
  room: 'audience',
  summary: {
    en: 'A tag with its values and how many people have each; for users of an institution of its people only and without the trend, which is of the whole bank',
    zh: '标签详情：取值分布与血缘；机构用户只统计本机构及下级机构的客户，且不含全行口径的趋势',
  },
  permission: 'tag.read',
  params: tagParams,
  response: tagSchema.extend({
    document: z.unknown().optional(),
    total: z.number().int(),
    values: z.array(z.object({ value: z.string(), people: z.number().int() })).describe('100 most frequent'),
    trend: z.array(
      z.object({
        at: z.string(),
        people: z.number().int(),
        tookMs: z.number(),
        modelVersion: z.string().optional(),
      }),
    ),
    uses: z.array(usageSchema),
    usedBy: z.array(usageSchema),
    versions: z.array(versionSchema).describe('newest first'),
  }),
  errors: ['tag_not_found'],
});

export const editTag = endpoint({
  name: 'editTag',
  method: 'PUT',
  path: '/api/v1/tags/:tagId',
  room: 'audience',
  summary: { en: 'Save a new version of a tag', zh: '保存标签的新版本' },
  permission: 'tag.write',
  params: tagParams,
  body: z.object({
    ...audienceDefinition,
    text: z.string().max(20_000).optional().describe('EQL value or SQL of a computed tag; its kind stays'),
    document: eqlDocumentSchema.optional(),
    model: tagModelSchema.optional().describe('of model tags; absent: as it was'),
    version: z.number().int().describe('version that was edited; refused when it is not the newest'),
  }),
  response: tagSchema,
  errors: [
    'source_not_found',
    'not_editor',
    'eql_invalid',
    'tag_not_found',
    'tag_sql_refused',
    'tag_scorer_unknown',
    'tag_type_in_use',
    'conflict',
  ],
});

export const shareTag = endpoint({
  name: 'shareTag',
  method: 'PUT',
  path: '/api/v1/tags/:tagId/sharing',
  room: 'audience',
  summary: {
    en: 'Say who sees and who changes a tag, and hand it over; for its owner and administrators',
    zh: '设置标签的可见范围与编辑者，或移交负责人（负责人与管理员）',
  },
  permission: 'tag.write',
  params: tagParams,
  body: shareBody,
  response: tagSchema,
  errors: ['tag_not_found', 'not_owner', 'user_unknown'],
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
  errors: ['not_editor', 'tag_not_found', 'tag_in_use'],
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
  summary: {
    en: 'Set values of a manual, imported or model tag',
    zh: '为手工、导入或模型分标签赋值',
  },
  permission: 'tag.write',
  params: tagParams,
  body: z.object({
    values: z
      .array(
        z.object({
          personId: z.number().int().min(0),
          values: z.array(z.string().max(1_000)).max(100).describe('empty: remove the tag from the person'),
        }),
      )
      .min(1)
      .max(10_000),
    modelVersion: z.string().min(1).max(100).optional().describe('of model tags: version of the model'),
  }),
  response: z.object({
    changed: z.number().int().describe('people whose value was set or removed'),
    refused: z
      .array(
        z.object({
          index: z.number().int().describe('place in `values`'),
          personId: z.number().int(),
          reason: z.enum(['person_unknown', 'person_twice']),
          en: z.string(),
          zh: z.string(),
        }),
      )
      .describe(
        'rows that were left out, the others were set: nobody has or had this id, or it was merged into one before',
      ),
  }),
  errors: ['not_editor', 'tag_not_found', 'tag_not_settable', 'tag_value_invalid'],
});
