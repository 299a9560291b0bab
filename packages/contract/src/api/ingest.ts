import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { mappingSchema } from '../mapping.ts';
import { titleSchema } from '../model.ts';
export * from './ingest-collect.ts';
export * from './ingest-plan.ts';

/** A calendar day of the bank's time zone. */
const daySchema = z.iso.date().describe('YYYY-MM-DD in the time zone of the bank');
const newSourceIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/)
  .describe('short name chosen by its maker, e.g. mobile_app');
/** Imports and ingestion tasks make their sources by themselves, whose names may be those of files: `core-2024`. */
const sourceIdSchema = mappingSchema.shape.sourceId.describe(
  'short name chosen by its maker, e.g. mobile_app, or by a mapping, e.g. core-2024',
);
/** A source that may be one of Wutong's own, whose ids begin with `$`. */
const anySourceIdSchema = z.string().max(64);
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
    sourceId: newSourceIdSchema,
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
  params: z.object({ sourceId: anySourceIdSchema }),
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
  format: z
    .string()
    .describe('sensors, segment, cloudevents, native; of a row its file: csv, ndjson, xlsx, parquet'),
  unit: z
    .enum(['record', 'body', 'row'])
    .describe('body: the whole request could not be decoded; row: of a file that was imported'),
  code: z.string().describe('registered error code; of a row with several problems the first'),
  details: z
    .record(z.string(), z.unknown())
    .describe('of a row `problems`: {record (place in the mapping, from 0), code, detail}'),
  event: z.string().optional(),
  sizeBytes: z.number().int(),
  state: z.enum(rejectedStates),
  settledAt: z.string().optional(),
  triedAt: z.string().optional().describe('when a row was last replayed and rejected again'),
  importId: z.string().optional().describe('of a row'),
  file: z.string().optional().describe('of a row'),
  row: z.number().int().optional().describe('number in the file, from 1 without the header'),
});
export type RejectedRecord = z.output<typeof rejectedRecordSchema>;

const rejectedFilter = z.object({
  sourceId: anySourceIdSchema.optional(),
  day: daySchema.optional(),
  code: z.string().max(64).optional(),
  event: z.string().max(100).optional(),
  state: z.enum(rejectedStates).optional(),
  importId: z.uuid().optional().describe('rows of this import'),
  search: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'a text in what is wrong, in the name of the file or the event, or the number of a row; records and cells themselves are encrypted and not searched',
    ),
});

export const listRejected = endpoint({
  name: 'listRejected',
  method: 'GET',
  path: '/api/v1/rejected',
  room: 'ingest',
  summary: {
    en: 'Rejected records and rejected rows of imports, newest first',
    zh: '拒收数据与导入中被拒的行（最新在前）',
  },
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

export const openedRowSchema = z.object({
  importTitle: titleSchema.optional().describe('missing when the import is gone'),
  cells: z
    .array(z.object({ column: z.string(), value: z.string() }))
    .describe('in the order of the file; empty values when the row breaks its format'),
  problems: z.array(
    z.object({
      record: z.number().int(),
      code: z.string(),
      detail: z.string(),
      columns: z.array(z.string()).describe('that it comes from; none when it is about the row as a whole'),
    }),
  ),
  obstacle: z
    .enum(['import_gone', 'columns_unknown', 'lookups'])
    .optional()
    .describe('why it cannot be repaired and replayed in place'),
});

export type OpenedRow = z.output<typeof openedRowSchema>;

export const readRejected = endpoint({
  name: 'readRejected',
  method: 'GET',
  path: '/api/v1/rejected/:rejectedId',
  room: 'ingest',
  summary: {
    en: 'A rejected record; for those who may open personal data with its raw text or the cells of its row, which is written to the audit',
    zh: '拒收数据详情；有权查看明文者另含原文或各列内容（记入审计）',
  },
  permission: 'source.read',
  params: z.object({ rejectedId: z.uuid() }),
  response: rejectedRecordSchema.extend({
    isMasked: z.boolean().describe('raw text and values of cells are left empty'),
    raw: z.string().describe('of a row its line, when it breaks the format of its file; otherwise empty'),
    rawEncoding: z.enum(['text', 'base64']),
    opened: openedRowSchema.optional().describe('of a row'),
  }),
  errors: ['rejected_not_found'],
});

export const repairRejected = endpoint({
  name: 'repairRejected',
  method: 'PUT',
  path: '/api/v1/rejected/:rejectedId',
  room: 'ingest',
  summary: {
    en: 'Repair a rejected record before replay: its raw text, or cells of a row by column',
    zh: '修复拒收数据：替换原文，或按列修改被拒行的单元格',
  },
  permission: 'source.write',
  params: z.object({ rejectedId: z.uuid() }),
  body: z
    .strictObject({
      raw: z
        .string()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe('of a row of CSV or JSON lines the whole line'),
      cells: z
        .record(z.string().max(1_000), z.string().max(1_000_000))
        .optional()
        .describe('of a row: the cells to change by column; the others stay'),
    })
    .refine((body) => (body.raw === undefined) !== (body.cells === undefined), {
      message: 'give raw or cells',
    }),
  response: rejectedRecordSchema,
  errors: [
    'rejected_not_found',
    'rejected_settled',
    'import_replay_impossible',
    'import_row_unreadable',
    'import_column_missing',
  ],
});

export const replayRejected = endpoint({
  name: 'replayRejected',
  method: 'POST',
  path: '/api/v1/rejected/replay',
  room: 'ingest',
  summary: {
    en: 'Send rejected records through collection again, and rejected rows through their imports: chosen ones or all that match. A row is taken as if it had been right in its file; one that is rejected again waits on with its new reason',
    zh: '重放拒收数据与被拒行：所选或符合条件的全部。被拒行按其导入的映射与检查重新处理，结果与文件中本来正确时相同；再次拒收的行保留新原因继续等待',
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
    reasons: z
      .array(z.object({ code: z.string(), count: z.number().int() }))
      .describe('why those that were rejected again were'),
    more: z.boolean().describe('call again: one call replays at most 1,000 and some 64 MiB'),
  }),
  errors: ['import_running'],
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
