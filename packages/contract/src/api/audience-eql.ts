import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { eqlDocumentSchema } from '../eql/document.ts';
import { eqlProblemSchema } from '../eql/problem.ts';
import { sentence } from '../sentence.ts';

/** An expression as text or as document; one of the two. */
const expressionShape = {
  text: z.string().max(20_000).optional().describe('EQL text, e.g. person where age >= 30'),
  document: eqlDocumentSchema.optional().describe('EQL document; instead of text'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('values of $names; $viewer is the caller'),
};
const EITHER_FACE = sentence('text 与 document 给且只给一个', 'give either text or document');

const expressionBody = z
  .object(expressionShape)
  .refine((body) => (body.text === undefined) !== (body.document === undefined), EITHER_FACE);

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
  summary: {
    en: 'Count the people an expression describes, now; for users of an institution of its people only',
    zh: '实时统计符合表达式的人数；机构用户只统计本机构及下级机构的客户',
  },
  permission: 'segment.read',
  body: z
    .object({
      ...expressionShape,
      breakdown: z.boolean().optional().describe('also say what each top-level condition removes'),
    })
    .refine((body) => (body.text === undefined) !== (body.document === undefined), EITHER_FACE),
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
  summary: {
    en: 'What each condition of a rule does to the count; for users of an institution of its people only',
    zh: '规则中每个条件对人数的影响；机构用户只统计本机构及下级机构的客户',
  },
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

export const personItem = z.object({
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
    .refine((body) => (body.text === undefined) !== (body.document === undefined), EITHER_FACE),
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
