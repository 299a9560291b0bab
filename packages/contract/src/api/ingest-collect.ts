import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

const timeSchema = z
  .union([z.string(), z.number()])
  .describe('ISO 8601 with zone, or epoch milliseconds; default: time of arrival');
const recordKeySchema = z.object({ type: z.string().max(64), value: z.string().max(255) });
const recordBase = {
  messageId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('makes the record idempotent; without it the content is its id'),
  time: timeSchema.optional(),
  historical: z.boolean().optional().describe('accept an old time'),
};
const keysField = z.array(recordKeySchema).min(1).max(32).describe("the first is the record's own key");
const attributesField = z.record(z.string(), z.unknown());

/** One record of the native batch. */
export const collectRecordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    ...recordBase,
    keys: keysField,
    link: z.enum(['none', 'seen', 'bind', 'unbind', 'sign_up']).optional(),
    event: z.string().max(100),
    properties: attributesField.optional(),
  }),
  z.object({
    kind: z.literal('identity'),
    ...recordBase,
    keys: keysField,
    link: z.enum(['bind', 'unbind', 'sign_up']).optional(),
  }),
  z.object({
    kind: z.literal('attributes'),
    ...recordBase,
    keys: keysField,
    operation: z.enum(['set', 'set_once', 'increment', 'append', 'unset']).optional(),
    attributes: attributesField.optional(),
  }),
  z.object({
    kind: z.literal('entity'),
    ...recordBase,
    operation: z.enum(['set', 'delete']).optional(),
    entityType: z.string(),
    entityId: z.string().max(255),
    attributes: attributesField.optional(),
  }),
  z.object({
    kind: z.literal('relation'),
    ...recordBase,
    operation: z.enum(['set', 'delete']).optional(),
    relationType: z.string(),
    from: z.object({ type: z.string(), id: z.string() }).optional().describe('an entity'),
    to: z.object({ type: z.string(), id: z.string() }).optional().describe('an entity'),
    keys: keysField
      .optional()
      .describe('when one end is a person: that person; the end that is not given is the person'),
    validFrom: timeSchema.optional(),
    validTo: timeSchema.optional(),
    attributes: attributesField.optional(),
  }),
  z.object({
    kind: z.literal('detail'),
    ...recordBase,
    operation: z.enum(['set', 'delete']).optional(),
    detailType: z.string(),
    detailId: z.string().max(255),
    happenedAt: timeSchema
      .optional()
      .describe('when the business fact happened; time is when this state of it was said; default: time'),
    keys: keysField.optional().describe('the owner, when it is a person'),
    owner: z
      .object({ type: z.string(), id: z.string() })
      .optional()
      .describe('the owner, when it is an entity'),
    attributes: attributesField.optional(),
  }),
  z.object({
    kind: z.literal('consent'),
    ...recordBase,
    keys: keysField,
    purpose: z.string().max(64),
    channel: z.string().max(64),
    granted: z.boolean(),
  }),
]);
export type CollectRecord = z.output<typeof collectRecordSchema>;

/** Records in one native batch. */
export const COLLECT_RECORDS = 5_000;

export const collect = endpoint({
  name: 'collect',
  method: 'POST',
  path: '/api/v1/collect',
  room: 'ingest',
  summary: {
    en: 'Native batch: up to 5,000 records of any kind and 16 MiB, more is refused whole (413); answers when they are durable. Authorization: Bearer <source key>. Sensors (/sa), Segment (/v1/*) and CloudEvents (/cloudevents) clients may send up to 10,000 records at once',
    zh: '原生批量采集：一次最多 5,000 条任意类型记录且不超过 16 MiB，超出则整批拒收（413），落盘后应答。Authorization: Bearer <数据源密钥>。神策（/sa）、Segment（/v1/*）、CloudEvents（/cloudevents）客户端一次最多 10,000 条',
  },
  permission: 'public',
  body: z.object({
    sentAt: timeSchema.optional().describe("the sender's clock when sending; corrects wrong clocks"),
    records: z.array(collectRecordSchema).min(1).max(COLLECT_RECORDS),
  }),
  response: z.object({
    received: z.number().int(),
    stored: z.number().int(),
    duplicate: z.number().int(),
    rejected: z.number().int(),
    rejections: z
      .array(
        z.object({
          index: z.number().int(),
          code: z.string(),
          message: z.string(),
          details: z
            .record(z.string(), z.unknown())
            .optional()
            .describe('what it was, e.g. the event or property'),
        }),
      )
      .describe('the first 100'),
  }),
  errors: [
    'source_key_unknown',
    'collection_unavailable',
    'collection_busy',
    'body_undecodable',
    'batch_too_long',
    'body_too_large',
  ],
  bodyLimitBytes: 16 * 1024 * 1024,
});
