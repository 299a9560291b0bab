import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { eqlDocumentSchema } from '../eql/document.ts';
import { audienceIdSchema, definitionQuery, usageSchema } from './audience-shapes.ts';
import { sentence } from '../sentence.ts';

const made = z.enum(['segment', 'tag']);

/** What lineage knows of: what is made here, what uses it, and the data that rules name. */
export const lineageKinds = [
  'segment',
  'tag',
  'strategy',
  'report',
  'event',
  'attribute',
  'detail',
  'relation',
] as const;

export const readLineage = endpoint({
  name: 'readLineage',
  method: 'GET',
  path: '/api/v1/audience/lineage',
  room: 'audience',
  summary: {
    en: 'What uses what: segments, tags, strategies, reports, and the data they name',
    zh: '血缘图：人群、标签、策略、报表及其使用的数据',
  },
  permission: 'segment.read',
  query: z.object({
    kind: z.enum(lineageKinds).optional().describe('with id: only what it depends on and what depends on it'),
    id: z.string().max(200).optional(),
    data: z
      .enum(['true', 'false'])
      .default('true')
      .describe('also events, attributes, details and relations'),
  }),
  response: z.object({
    nodes: z.array(
      z.object({
        key: z.string().describe('kind:id'),
        kind: z.enum(lineageKinds),
        id: z.string(),
        name: z.string(),
        people: z.number().int().optional().describe('members of a segment, people with a tag'),
        archived: z.boolean(),
        hidden: z
          .literal(true)
          .optional()
          .describe('the caller may not see it: its id and name are left out'),
        problem: z.string().optional().describe('why its rule cannot be understood or computed'),
        waitingSince: z.string().optional().describe('it was due then, and still waits for its sources'),
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string() })).describe('from uses to'),
    isComplete: z.boolean().describe('false: only the first 5,000 nodes are shown'),
  }),
});

export const readImpact = endpoint({
  name: 'readImpact',
  method: 'POST',
  path: '/api/v1/audience/impact',
  room: 'audience',
  summary: {
    en: 'What an edit or an archiving would touch, before it is done; numbers of the whole bank, also for users of an institution',
    zh: '修改或归档前的影响分析；全行口径，机构用户亦同',
  },
  permission: 'segment.read',
  body: z
    .object({
      kind: made,
      id: audienceIdSchema,
      text: z.string().max(20_000).optional().describe('the rule a segment would have'),
      document: eqlDocumentSchema.optional(),
    })
    .refine(
      (body) => body.text === undefined || body.document === undefined,
      sentence('text 与 document 只能给一个', 'give text or document, not both'),
    ),
  response: z.object({
    users: z
      .array(usageSchema.extend({ steps: z.number().int().describe('1: uses it directly') }))
      .describe('everything that depends on it, nearest first'),
    lookups: z.number().int().describe('look-ups through the API so far'),
    canArchive: z.boolean(),
    members: z
      .object({
        before: z.number().int().describe('at the last computation'),
        after: z.number().int().describe('with the rule it would have'),
        entering: z.number().int(),
        leaving: z.number().int(),
      })
      .optional()
      .describe('only for a segment with the rule it would have'),
  }),
  errors: ['eql_invalid', 'eql_too_expensive', 'eql_too_slow', 'segment_not_found', 'tag_not_found'],
});

const facet = z.array(z.object({ value: z.string(), count: z.number().int() }));

export const readAudienceFacets = endpoint({
  name: 'readAudienceFacets',
  method: 'GET',
  path: '/api/v1/audience/facets',
  room: 'audience',
  summary: {
    en: 'What the list of segments or tags can be narrowed to, with how many there are of each',
    zh: '人群或标签列表可用的筛选项及数量',
  },
  permission: 'segment.read',
  query: z.object({ kind: made, archived: z.enum(['true', 'false']).default('false') }),
  response: z.object({
    folders: facet.describe('empty: in none'),
    owners: facet.describe('user ids'),
    kinds: facet,
  }),
});

export const readAudienceUse = endpoint({
  name: 'readAudienceUse',
  method: 'GET',
  path: '/api/v1/audience/use',
  room: 'audience',
  summary: {
    en: 'How much each segment and tag is used and what it costs',
    zh: '人群与标签的使用情况与计算开销',
  },
  permission: 'segment.read',
  query: z.object({
    kind: made.optional(),
    unusedDays: z.coerce
      .number()
      .int()
      .min(0)
      .max(3_650)
      .optional()
      .describe('only those that nothing uses and nobody looked up for so many days'),
    ids: definitionQuery.ids,
    sort: z.enum(['cost', 'name', 'last_used']).default('cost'),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  }),
  response: z.object({
    items: z.array(
      z.object({
        kind: made,
        id: z.string(),
        name: z.string(),
        owner: z.string(),
        folder: z.string(),
        createdAt: z.string(),
        users: z.number().int().describe('what refers to it'),
        lookups: z.number().int(),
        lastLookupAt: z.string().optional(),
        runs: z.number().int().describe('computations within 30 days'),
        totalMs: z.number().describe('time they took together'),
        lastRunAt: z.string().optional(),
        lastRunMs: z.number().optional(),
        rowsRead: z.number().int().optional().describe('rows one computation reads alone, estimated'),
      }),
    ),
  }),
});

export const readDuplicates = endpoint({
  name: 'readDuplicates',
  method: 'GET',
  path: '/api/v1/audience/duplicates',
  room: 'audience',
  summary: {
    en: 'Segments and tags that say the same, and segments with the same members; numbers of the whole bank, also for users of an institution',
    zh: '重复的人群与标签：规则相同或成员相同；全行口径，机构用户亦同',
  },
  permission: 'segment.read',
  response: z.object({
    groups: z.array(
      z.object({
        reason: z.enum(['rule', 'members']),
        kind: made,
        items: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            owner: z.string(),
            people: z.number().int().optional(),
            users: z.number().int(),
          }),
        ),
      }),
    ),
  }),
});

export const archiveMany = endpoint({
  name: 'archiveMany',
  method: 'POST',
  path: '/api/v1/audience/archive',
  room: 'audience',
  summary: { en: 'Archive segments and tags, or bring them back', zh: '批量归档或恢复人群与标签' },
  permission: 'segment.write',
  body: z.object({
    items: z
      .array(z.object({ kind: made, id: audienceIdSchema }))
      .min(1)
      .max(500),
    archived: z.boolean().default(true),
  }),
  response: z.object({
    done: z.number().int(),
    refused: z.array(
      z.object({
        kind: made,
        id: z.string(),
        code: z.string(),
        usedBy: z.array(z.string()).optional(),
      }),
    ),
  }),
});
