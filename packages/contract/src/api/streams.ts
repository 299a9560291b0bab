import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { kafkaSecretsSchema, streamSettingsSchema } from '../stream-settings.ts';
import { previewSchema } from './ingest-connections.ts';

const streamIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/)
  .describe('short name chosen by its maker, e.g. core_banking');
const streamParams = z.object({ streamId: streamIdSchema });

export const streamStates = ['running', 'paused', 'stopped'] as const;

export const streamPartitionSchema = z.object({
  topic: z.string(),
  partition: z.number().int(),
  position: z.number().int().describe('offset of the next message to be stored'),
  end: z.number().int().describe('offset of the next message to be written by producers'),
  lag: z.number().int(),
});
export type StreamPartition = z.output<typeof streamPartitionSchema>;

export const streamSchema = z.object({
  streamId: streamIdSchema,
  name: z.string(),
  sourceId: z.string().describe('the source whose rules, ledger and rejected records these are'),
  settings: streamSettingsSchema,
  secrets: z.array(z.string()).describe('names of the secrets that are set'),
  state: z.enum(streamStates).describe('what is wanted'),
  messages: z.number().int().describe('messages taken, ever'),
  stored: z.number().int().describe('records'),
  duplicate: z.number().int(),
  rejected: z.number().int(),
  lostMessages: z
    .number()
    .int()
    .describe('messages that the broker deleted by its retention before they were read'),
  lag: z
    .number()
    .int()
    .optional()
    .describe('messages waiting at the broker; absent when nobody is connected'),
  messagesPerSecond: z.number().describe('over the last ten seconds, all processes together'),
  partitions: z.array(streamPartitionSchema),
  workers: z.array(
    z.object({
      processId: z.string(),
      activity: z.enum(['connecting', 'reading', 'waiting', 'paused']),
      partitions: z.number().int(),
      seenAt: z.string(),
      error: z.string().optional().describe('what is in the way at the moment'),
      code: z.string().optional().describe('registered code of what is in the way'),
    }),
  ),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Stream = z.output<typeof streamSchema>;

const changes = {
  name: z.string().min(1).max(200),
  settings: streamSettingsSchema,
  secrets: kafkaSecretsSchema,
};

/** Settings that are tried without being kept. */
const trial = z.object({
  settings: streamSettingsSchema,
  secrets: kafkaSecretsSchema.default({}),
  streamId: streamIdSchema
    .optional()
    .describe('a stream whose secrets count where none are given; for the same brokers and user only'),
});
const trialErrors = [
  'stream_settings_invalid',
  'stream_not_found',
  'stream_unreachable',
  'stream_login_refused',
  'stream_certificate_refused',
  'stream_topic_missing',
  'stream_not_permitted',
] as const;

export const listStreams = endpoint({
  name: 'listStreams',
  method: 'GET',
  path: '/api/v1/streams',
  room: 'ingest',
  summary: {
    en: 'Streams that are read in (Kafka topics), with position and lag',
    zh: '接入的消息流（Kafka 主题）及其位点与积压',
  },
  permission: 'source.read',
  response: z.object({ items: z.array(streamSchema) }),
});

export const createStream = endpoint({
  name: 'createStream',
  method: 'POST',
  path: '/api/v1/streams',
  room: 'ingest',
  summary: { en: 'Create a stream; it begins to read at once', zh: '新建消息流并立即开始消费' },
  permission: 'source.write',
  body: z.object({
    streamId: streamIdSchema,
    sourceId: z.string().max(64),
    state: z.enum(streamStates).default('running'),
    ...changes,
    secrets: changes.secrets.default({}),
  }),
  response: streamSchema,
  errors: ['stream_exists', 'stream_settings_invalid', 'source_not_found'],
});

export const readStream = endpoint({
  name: 'readStream',
  method: 'GET',
  path: '/api/v1/streams/:streamId',
  room: 'ingest',
  summary: { en: 'One stream with its partitions and workers', zh: '消息流详情' },
  permission: 'source.read',
  params: streamParams,
  response: streamSchema,
  errors: ['stream_not_found'],
});

export const updateStream = endpoint({
  name: 'updateStream',
  method: 'PATCH',
  path: '/api/v1/streams/:streamId',
  room: 'ingest',
  summary: {
    en: 'Change a stream; it reconnects. Secrets that are not named stay',
    zh: '修改消息流并重新连接；未提及的密文保持不变',
  },
  permission: 'source.write',
  params: streamParams,
  body: z.object(changes).partial(),
  response: streamSchema,
  errors: ['stream_not_found', 'stream_settings_invalid'],
});

export const setStreamState = endpoint({
  name: 'setStreamState',
  method: 'PUT',
  path: '/api/v1/streams/:streamId/state',
  room: 'ingest',
  summary: {
    en: 'Start, pause (stays in the group, reads nothing) or stop (leaves the group) a stream',
    zh: '启动、暂停（留在消费组但不读取）或停止（退出消费组）消息流',
  },
  permission: 'source.write',
  params: streamParams,
  body: z.object({ state: z.enum(streamStates) }),
  response: streamSchema,
  errors: ['stream_not_found'],
});

export const deleteStream = endpoint({
  name: 'deleteStream',
  method: 'DELETE',
  path: '/api/v1/streams/:streamId',
  room: 'ingest',
  summary: {
    en: 'Delete a stream; what it brought stays, its position stays at the broker',
    zh: '删除消息流；已入库数据与消费组位点保留',
  },
  permission: 'source.write',
  params: streamParams,
  response: z.object({ deleted: z.boolean() }),
  errors: ['stream_not_found'],
});

export const checkStream = endpoint({
  name: 'checkStream',
  method: 'POST',
  path: '/api/v1/streams/check',
  room: 'ingest',
  summary: {
    en: 'Try to connect and look at the topics, without creating anything',
    zh: '测试连接并查看主题分区，不创建任何内容',
  },
  permission: 'source.write',
  body: trial,
  response: z.object({
    topics: z.array(
      z.object({ topic: z.string(), partitions: z.number().int(), messages: z.number().int() }),
    ),
  }),
  errors: trialErrors,
});

export const previewStream = endpoint({
  name: 'previewStream',
  method: 'POST',
  path: '/api/v1/streams/preview',
  room: 'ingest',
  summary: {
    en: 'The newest messages, and what would become of them; nothing is stored, no position moves',
    zh: '预览最新消息及其解读结果；不入库，不移动位点',
  },
  permission: 'source.write',
  body: trial.extend({
    open: z.boolean().default(false).describe('unmasked; needs `pii.open` and is written to the audit'),
  }),
  response: z.object({
    messages: z.array(
      z.object({
        topic: z.string(),
        partition: z.number().int(),
        offset: z.number().int(),
        at: z.string().optional(),
        text: z.string().describe('up to 2,000 characters'),
        records: z.number().int().describe('records that it would become'),
        problem: z
          .object({ code: z.string(), reason: z.string().optional() })
          .optional()
          .describe('why it, or its first bad record, would be rejected'),
      }),
    ),
    preview: previewSchema.describe('objects of JSON messages, a column a field; a.b is the field b of a'),
  }),
  errors: [...trialErrors, 'permission_denied'],
});

export const streamLogEvents = [
  'created',
  'changed',
  'running',
  'paused',
  'stopped',
  'connected',
  'failed',
  'recovered',
  'lost',
] as const;

export const listStreamLog = endpoint({
  name: 'listStreamLog',
  method: 'GET',
  path: '/api/v1/streams/:streamId/log',
  room: 'ingest',
  summary: { en: 'What happened to a stream, newest first', zh: '消息流运行日志（最新在前）' },
  permission: 'source.read',
  params: streamParams,
  query: z.object({
    cursor: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({
    items: z.array(
      z.object({
        line: z.number().int(),
        at: z.string(),
        event: z.enum(streamLogEvents),
        actor: z.string().optional().describe('who did it; absent when it happened by itself'),
        code: z.string().optional().describe('registered code of what was in the way'),
        text: z.string().optional(),
        count: z.number().int().optional().describe('partitions when connected, messages when lost'),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  errors: ['stream_not_found'],
});
