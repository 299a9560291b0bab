import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { piiClassSchema } from '../model.ts';

/** A calendar day of the bank's time zone. */
const daySchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('YYYY-MM-DD in the time zone of the bank');
const sourceIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/)
  .describe('short name chosen by its maker, e.g. mobile_app');
const sourceParams = z.object({ sourceId: sourceIdSchema });

export const sourceModes = ['lenient', 'strict'] as const;
export const sourceKeySchema = z.object({
  keyId: z.string(),
  masked: z.string().describe('first characters only'),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
});
export const sourceSchema = z.object({
  sourceId: sourceIdSchema,
  name: z.string(),
  mode: z
    .enum(sourceModes)
    .describe('lenient: what is not in the tracking plan is learnt; strict: it is rejected'),
  loginKeyType: z.string().describe('key type that a login id (Sensors) or userId (Segment) stands for'),
  anonymousKeyType: z.string().describe('key type of an anonymous id'),
  maximumAgeDays: z.number().int().describe('older records are rejected unless marked as historical'),
  disabled: z.boolean(),
  createdAt: z.string(),
  keys: z.array(sourceKeySchema),
});
export type Source = z.output<typeof sourceSchema>;

const sourceSettings = z.object({
  name: z.string().min(1).max(200),
  mode: z.enum(sourceModes),
  loginKeyType: z.string().min(1).max(64),
  anonymousKeyType: z.string().min(1).max(64),
  maximumAgeDays: z.number().int().min(1).max(36_500),
});

export const listSources = endpoint({
  name: 'listSources',
  method: 'GET',
  path: '/api/v1/sources',
  room: 'ingest',
  summary: { en: 'Sources of data and their keys', zh: '数据源及其密钥' },
  permission: 'source.read',
  response: z.object({ items: z.array(sourceSchema) }),
});

export const createSource = endpoint({
  name: 'createSource',
  method: 'POST',
  path: '/api/v1/sources',
  room: 'ingest',
  summary: { en: 'Create a source; its first key is shown once', zh: '新建数据源，首个密钥仅显示一次' },
  permission: 'source.write',
  body: z.object({
    sourceId: sourceIdSchema,
    name: z.string().min(1).max(200),
    mode: z.enum(sourceModes).default('lenient'),
    loginKeyType: z.string().min(1).max(64).default('login_id'),
    anonymousKeyType: z.string().min(1).max(64).default('device'),
    maximumAgeDays: z.number().int().min(1).max(36_500).default(730),
  }),
  response: z.object({ source: sourceSchema, key: z.string().describe('shown only now') }),
  errors: ['source_exists'],
});

export const readSource = endpoint({
  name: 'readSource',
  method: 'GET',
  path: '/api/v1/sources/:sourceId',
  room: 'ingest',
  summary: { en: 'One source', zh: '数据源详情' },
  permission: 'source.read',
  params: sourceParams,
  response: sourceSchema,
  errors: ['source_not_found'],
});

export const updateSource = endpoint({
  name: 'updateSource',
  method: 'PATCH',
  path: '/api/v1/sources/:sourceId',
  room: 'ingest',
  summary: { en: 'Change or disable a source', zh: '修改或停用数据源' },
  permission: 'source.write',
  params: sourceParams,
  body: sourceSettings.extend({ disabled: z.boolean() }).partial(),
  response: sourceSchema,
  errors: ['source_not_found'],
});

export const createSourceKey = endpoint({
  name: 'createSourceKey',
  method: 'POST',
  path: '/api/v1/sources/:sourceId/keys',
  room: 'ingest',
  summary: { en: 'Rotate: make a new key and let the others expire', zh: '轮换密钥：新建密钥并让旧密钥到期' },
  permission: 'source.write',
  params: sourceParams,
  body: z.object({
    expireOthersInHours: z
      .number()
      .min(0)
      .max(8_760)
      .optional()
      .describe('without it the other keys stay valid'),
  }),
  response: z.object({ source: sourceSchema, key: z.string().describe('shown only now') }),
  errors: ['source_not_found'],
});

export const revokeSourceKey = endpoint({
  name: 'revokeSourceKey',
  method: 'DELETE',
  path: '/api/v1/sources/:sourceId/keys/:keyId',
  room: 'ingest',
  summary: { en: 'Revoke a key at once', zh: '立即吊销密钥' },
  permission: 'source.write',
  params: sourceParams.extend({ keyId: z.string().max(100) }),
  response: sourceSchema,
  errors: ['source_not_found', 'source_key_last'],
});

export const ledgerRowSchema = z.object({
  sourceId: z.string(),
  day: daySchema,
  received: z.number().int(),
  stored: z.number().int(),
  duplicate: z.number().int(),
  rejected: z.number().int(),
  balanced: z.boolean().describe('received = stored + duplicate + rejected'),
});
export type LedgerRow = z.output<typeof ledgerRowSchema>;

const ledgerRange = z.object({
  day: daySchema.optional().describe('one day; otherwise from and to'),
  from: daySchema.optional(),
  to: daySchema.optional(),
});

export const readSourceLedger = endpoint({
  name: 'readSourceLedger',
  method: 'GET',
  path: '/api/v1/sources/:sourceId/ledger',
  room: 'ingest',
  summary: { en: 'What became of the records of a source, per day', zh: '数据源逐日对账' },
  permission: 'source.read',
  params: sourceParams.extend({ sourceId: z.string().max(63) }),
  query: ledgerRange,
  response: z.object({ items: z.array(ledgerRowSchema) }),
  errors: ['source_not_found'],
});

export const listLedger = endpoint({
  name: 'listLedger',
  method: 'GET',
  path: '/api/v1/ledger',
  room: 'ingest',
  summary: { en: 'The ledger of all sources, per day', zh: '全部数据源逐日对账' },
  permission: 'source.read',
  query: ledgerRange,
  response: z.object({ items: z.array(ledgerRowSchema) }),
});

export const listSourceRates = endpoint({
  name: 'listSourceRates',
  method: 'GET',
  path: '/api/v1/source-rates',
  room: 'ingest',
  summary: { en: 'Events stored per source and minute', zh: '各数据源每分钟入库事件数' },
  permission: 'source.read',
  query: z.object({ minutes: z.coerce.number().int().min(1).max(1_440).default(60) }),
  response: z.object({
    items: z.array(z.object({ sourceId: z.string(), minute: z.string(), events: z.number().int() })),
  }),
});

export const rejectedStates = ['waiting', 'repaired', 'replayed', 'discarded'] as const;
export const rejectedRecordSchema = z.object({
  rejectedId: z.string(),
  sourceId: z.string(),
  receivedAt: z.string(),
  day: daySchema,
  format: z.string().describe('sensors, segment, cloudevents, native'),
  unit: z.enum(['record', 'body']).describe('body: the whole request could not be decoded'),
  code: z.string().describe('registered error code'),
  details: z.record(z.string(), z.unknown()),
  event: z.string().optional(),
  sizeBytes: z.number().int(),
  state: z.enum(rejectedStates),
  settledAt: z.string().optional(),
});
export type RejectedRecord = z.output<typeof rejectedRecordSchema>;

const rejectedFilter = z.object({
  sourceId: z.string().max(63).optional(),
  day: daySchema.optional(),
  code: z.string().max(64).optional(),
  event: z.string().max(100).optional(),
  state: z.enum(rejectedStates).optional(),
});

export const listRejected = endpoint({
  name: 'listRejected',
  method: 'GET',
  path: '/api/v1/rejected',
  room: 'ingest',
  summary: { en: 'Rejected records, newest first', zh: '拒收数据（最新在前）' },
  permission: 'source.read',
  query: rejectedFilter.extend({
    cursor: z.string().max(100).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  response: z.object({
    items: z.array(rejectedRecordSchema),
    nextCursor: z.string().optional(),
    codes: z
      .array(z.object({ code: z.string(), count: z.number().int() }))
      .describe('how many of the filtered records per reason'),
  }),
});

export const readRejected = endpoint({
  name: 'readRejected',
  method: 'GET',
  path: '/api/v1/rejected/:rejectedId',
  room: 'ingest',
  summary: {
    en: 'A rejected record with its raw bytes; written to the audit',
    zh: '拒收数据原文（记入审计）',
  },
  permission: 'pii.open',
  params: z.object({ rejectedId: z.uuid() }),
  response: rejectedRecordSchema.extend({
    raw: z.string(),
    rawEncoding: z.enum(['text', 'base64']),
  }),
  errors: ['rejected_not_found'],
});

export const repairRejected = endpoint({
  name: 'repairRejected',
  method: 'PUT',
  path: '/api/v1/rejected/:rejectedId',
  room: 'ingest',
  summary: { en: 'Replace the raw text of a rejected record before replay', zh: '修复拒收数据原文' },
  permission: 'source.write',
  params: z.object({ rejectedId: z.uuid() }),
  body: z.object({ raw: z.string().min(1).max(1_000_000) }),
  response: rejectedRecordSchema,
  errors: ['rejected_not_found', 'rejected_settled'],
});

export const replayRejected = endpoint({
  name: 'replayRejected',
  method: 'POST',
  path: '/api/v1/rejected/replay',
  room: 'ingest',
  summary: {
    en: 'Send rejected records through collection again: chosen ones or all that match',
    zh: '重放拒收数据：所选或符合条件的全部',
  },
  permission: 'source.write',
  // Strict: a misspelt filter would choose everything.
  body: z
    .strictObject({
      rejectedIds: z.array(z.uuid()).max(1_000).optional(),
      filter: z.strictObject(rejectedFilter.shape).optional(),
    })
    .refine((body) => body.rejectedIds !== undefined || body.filter !== undefined, {
      message: 'give rejectedIds or filter; an empty filter chooses all that wait',
    }),
  response: z.object({
    replayed: z.number().int(),
    stored: z.number().int(),
    duplicate: z.number().int(),
    rejectedAgain: z.number().int(),
    more: z.boolean().describe('call again: one call replays at most 1,000'),
  }),
});

export const discardRejected = endpoint({
  name: 'discardRejected',
  method: 'POST',
  path: '/api/v1/rejected/discard',
  room: 'ingest',
  summary: { en: 'Set rejected records aside for good', zh: '丢弃拒收数据' },
  permission: 'source.write',
  body: z.object({ rejectedIds: z.array(z.uuid()).min(1).max(1_000) }),
  response: z.object({ discarded: z.number().int() }),
});

export const planStates = ['learnt', 'governed', 'hidden'] as const;
export const planValueTypes = [
  'string',
  'number',
  'boolean',
  'date',
  'datetime',
  'string[]',
  'json',
] as const;

export const planPropertySchema = z.object({
  property: z.string(),
  type: z.enum(planValueTypes),
  title: z.string(),
  meaning: z.string(),
  piiClass: piiClassSchema,
  state: z.enum(planStates),
  usage: z.number().int().describe('records that carried it'),
  conflicts: z.number().int().describe('values of another type, set aside in $type_conflicts'),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
});
export const planEventSchema = z.object({
  event: z.string(),
  title: z.string(),
  meaning: z.string(),
  state: z.enum(planStates),
  usage: z.number().int(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  properties: z.array(planPropertySchema),
});
export type PlanEvent = z.output<typeof planEventSchema>;
export type PlanProperty = z.output<typeof planPropertySchema>;

const nameParam = z.string().min(1).max(200);

export const listTrackingPlan = endpoint({
  name: 'listTrackingPlan',
  method: 'GET',
  path: '/api/v1/tracking-plan',
  room: 'ingest',
  summary: { en: 'Events and properties: types, meaning, usage', zh: '埋点方案：事件与属性' },
  permission: 'source.read',
  query: z.object({
    search: z.string().max(200).optional(),
    hidden: z.enum(['true', 'false']).default('false').describe('also the hidden ones'),
  }),
  response: z.object({ items: z.array(planEventSchema) }),
});

export const savePlanEvent = endpoint({
  name: 'savePlanEvent',
  method: 'PUT',
  path: '/api/v1/tracking-plan/:event',
  room: 'ingest',
  summary: { en: 'Declare or edit an event of the plan', zh: '声明或修改事件' },
  permission: 'source.write',
  params: z.object({ event: nameParam }),
  body: z.object({
    title: z.string().max(200).optional(),
    meaning: z.string().max(2_000).optional(),
    state: z.enum(planStates).optional(),
  }),
  response: planEventSchema,
  errors: ['event_name_invalid'],
});

export const savePlanProperty = endpoint({
  name: 'savePlanProperty',
  method: 'PUT',
  path: '/api/v1/tracking-plan/:event/properties/:property',
  room: 'ingest',
  summary: { en: 'Declare or edit a property of an event', zh: '声明或修改事件属性' },
  permission: 'source.write',
  params: z.object({ event: nameParam, property: nameParam }),
  body: z.object({
    type: z.enum(planValueTypes).optional(),
    title: z.string().max(200).optional(),
    meaning: z.string().max(2_000).optional(),
    piiClass: piiClassSchema.optional(),
    state: z.enum(planStates).optional(),
  }),
  response: planEventSchema,
  errors: ['plan_entry_not_found', 'property_name_invalid'],
});

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
      .array(z.object({ index: z.number().int(), code: z.string(), message: z.string() }))
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
