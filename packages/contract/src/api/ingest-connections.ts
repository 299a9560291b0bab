import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { titleSchema } from '../model.ts';

/**
 * Connections to the databases and files of others, and the tables of them that are mapped: readable in place, by a
 * name of ours, in the SQL of ingestion tasks.
 */

const nameRule = /^[a-z][a-z0-9_]{0,62}$/;
export const connectionIdSchema = z.string().regex(nameRule).describe('short name chosen by its maker');
export const mappedTableNameSchema = z
  .string()
  .regex(nameRule)
  .describe('the name under which SQL reads the table');
const connectionParams = z.object({ connectionId: connectionIdSchema });
const tableParams = z.object({ tableName: mappedTableNameSchema });

export const connectionFieldTypes = ['text', 'number', 'boolean', 'choice', 'secret'] as const;
export const connectionFieldSchema = z.object({
  name: z.string(),
  title: titleSchema,
  type: z.enum(connectionFieldTypes),
  required: z.boolean(),
  choices: z.array(z.string()).optional(),
  standard: z.union([z.string(), z.number(), z.boolean()]).optional().describe('value when it is not given'),
});
export type ConnectionField = z.output<typeof connectionFieldSchema>;

export const connectionKindSchema = z.object({
  kind: z.string(),
  title: titleSchema,
  fields: z.array(connectionFieldSchema).describe('what a connection of this kind is asked for'),
});

const settingsSchema = z
  .record(z.string().max(64), z.union([z.string().max(1_000), z.number(), z.boolean()]))
  .describe('by the fields of the kind');
const secretsSchema = z
  .record(z.string().max(64), z.string().max(10_000))
  .describe('fields of type `secret`; kept encrypted and never shown again');

export const connectionSchema = z.object({
  connectionId: connectionIdSchema,
  name: z.string(),
  kind: z.string(),
  settings: settingsSchema,
  secretsSet: z.array(z.string()).describe('names of the secrets that are kept'),
  createdAt: z.string(),
  updatedAt: z.string(),
  check: z
    .object({
      at: z.string(),
      ok: z.boolean(),
      code: z.string().optional(),
      message: z.string().optional(),
    })
    .optional()
    .describe('outcome of the last test'),
});
export type Connection = z.output<typeof connectionSchema>;

export const listConnectionKinds = endpoint({
  name: 'listConnectionKinds',
  method: 'GET',
  path: '/api/v1/connection-kinds',
  room: 'ingest',
  summary: { en: 'Kinds of databases and files that can be connected', zh: '支持的连接类型及其参数' },
  permission: 'source.read',
  response: z.object({ items: z.array(connectionKindSchema) }),
});

export const listConnections = endpoint({
  name: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  room: 'ingest',
  summary: { en: 'Connections; secrets are never in the answer', zh: '连接列表（不含密文）' },
  permission: 'source.read',
  response: z.object({ items: z.array(connectionSchema) }),
});

export const createConnection = endpoint({
  name: 'createConnection',
  method: 'POST',
  path: '/api/v1/connections',
  room: 'ingest',
  summary: { en: 'Create a connection', zh: '新建连接' },
  permission: 'source.write',
  body: z.object({
    connectionId: connectionIdSchema,
    name: z.string().min(1).max(200),
    kind: z.string().max(40),
    settings: settingsSchema.default({}),
    secrets: secretsSchema.default({}),
  }),
  response: connectionSchema,
  errors: [
    'connection_exists',
    'connection_settings_invalid',
    'connection_host_refused',
    'connection_path_refused',
  ],
});

export const readConnection = endpoint({
  name: 'readConnection',
  method: 'GET',
  path: '/api/v1/connections/:connectionId',
  room: 'ingest',
  summary: { en: 'One connection', zh: '连接详情' },
  permission: 'source.read',
  params: connectionParams,
  response: connectionSchema,
  errors: ['connection_not_found'],
});

export const updateConnection = endpoint({
  name: 'updateConnection',
  method: 'PUT',
  path: '/api/v1/connections/:connectionId',
  room: 'ingest',
  summary: {
    en: 'Change a connection; secrets that are not named stay, unless what it connects to changes',
    zh: '修改连接；未提及的密文保持不变，但更换连接目标时须重新填写',
  },
  permission: 'source.write',
  params: connectionParams,
  body: z.object({
    name: z.string().min(1).max(200).optional(),
    settings: settingsSchema.optional(),
    secrets: secretsSchema.optional(),
  }),
  response: connectionSchema,
  errors: [
    'connection_not_found',
    'connection_settings_invalid',
    'connection_host_refused',
    'connection_path_refused',
  ],
});

export const deleteConnection = endpoint({
  name: 'deleteConnection',
  method: 'DELETE',
  path: '/api/v1/connections/:connectionId',
  room: 'ingest',
  summary: { en: 'Delete a connection that no mapped table uses', zh: '删除未被映射表使用的连接' },
  permission: 'source.write',
  params: connectionParams,
  response: z.object({ deleted: z.boolean() }),
  errors: ['connection_not_found', 'connection_in_use'],
});

export const testConnection = endpoint({
  name: 'testConnection',
  method: 'POST',
  path: '/api/v1/connections/:connectionId/test',
  room: 'ingest',
  summary: { en: 'Connect now and say how it went', zh: '测试连接' },
  permission: 'source.write',
  params: connectionParams,
  response: z.object({
    ok: z.boolean(),
    tookMs: z.number(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  errors: ['connection_not_found'],
});

export const sourceColumnSchema = z.object({
  name: z.string(),
  type: z.string().describe('as SQL sees it: a type of ClickHouse'),
  sourceType: z.string().optional().describe('as the source calls it'),
});
export type SourceColumn = z.output<typeof sourceColumnSchema>;

const sourceErrors = [
  'connection_not_found',
  'connection_host_refused',
  'connection_path_refused',
  'source_unreachable',
  'source_login_refused',
  'source_too_slow',
  'source_failed',
] as const;

export const listSourceTables = endpoint({
  name: 'listSourceTables',
  method: 'GET',
  path: '/api/v1/connections/:connectionId/tables',
  room: 'ingest',
  summary: { en: 'Tables that the connection may read, at most 2,000', zh: '连接可读的表（最多 2,000 张）' },
  permission: 'source.read',
  params: connectionParams,
  query: z.object({ search: z.string().max(200).optional() }),
  response: z.object({
    items: z.array(z.object({ schema: z.string(), table: z.string(), kind: z.string() })),
    truncated: z.boolean(),
  }),
  errors: [...sourceErrors],
});

const sourceTableQuery = {
  schema: z.string().max(200).default('').describe('empty when the source has none'),
  table: z.string().min(1).max(500),
};

export const listSourceColumns = endpoint({
  name: 'listSourceColumns',
  method: 'GET',
  path: '/api/v1/connections/:connectionId/columns',
  room: 'ingest',
  summary: { en: 'Columns of a table of a source', zh: '源表的列' },
  permission: 'source.read',
  params: connectionParams,
  query: z.object(sourceTableQuery),
  response: z.object({ items: z.array(sourceColumnSchema) }),
  errors: [...sourceErrors, 'source_table_missing'],
});

export const previewSchema = z.object({
  columns: z.array(sourceColumnSchema),
  rows: z.array(z.array(z.string().nullable())),
  masked: z.boolean().describe('texts and long numbers are masked, as nobody has said yet what is personal'),
});
export type Preview = z.output<typeof previewSchema>;
const openQuery = z
  .enum(['true', 'false'])
  .default('false')
  .describe('unmasked; needs `pii.open` and is written to the audit');

export const previewSourceTable = endpoint({
  name: 'previewSourceTable',
  method: 'GET',
  path: '/api/v1/connections/:connectionId/preview',
  room: 'ingest',
  summary: { en: 'Up to 20 rows of a table of a source', zh: '预览源表（最多 20 行）' },
  permission: 'source.write',
  params: connectionParams,
  query: z.object({ ...sourceTableQuery, open: openQuery }),
  response: previewSchema,
  errors: [...sourceErrors, 'source_table_missing', 'permission_denied'],
});

export const mappedTableSchema = z.object({
  tableName: mappedTableNameSchema,
  connectionId: connectionIdSchema,
  schema: z.string(),
  table: z.string(),
  textColumns: z.array(z.string()),
  description: z.string(),
  columns: z.array(sourceColumnSchema),
  createdAt: z.string(),
});
export type MappedTable = z.output<typeof mappedTableSchema>;

export const listMappedTables = endpoint({
  name: 'listMappedTables',
  method: 'GET',
  path: '/api/v1/mapped-tables',
  room: 'ingest',
  summary: { en: 'Tables that SQL of ingestion tasks may read', zh: '映射表：SQL 接入可读取的表' },
  permission: 'source.read',
  response: z.object({ items: z.array(mappedTableSchema) }),
});

export const saveMappedTable = endpoint({
  name: 'saveMappedTable',
  method: 'PUT',
  path: '/api/v1/mapped-tables/:tableName',
  room: 'ingest',
  summary: {
    en: 'Map a table of a source under a name, or read its columns again',
    zh: '以名称映射一张源表，或重新读取其列',
  },
  permission: 'source.write',
  params: tableParams,
  body: z.object({
    connectionId: connectionIdSchema,
    schema: z.string().max(200).default(''),
    table: z.string().min(1).max(500),
    textColumns: z
      .array(z.string().max(200))
      .max(1_000)
      .default([])
      .describe('columns to take as the source writes them, e.g. dates that no calendar has'),
    description: z.string().max(2_000).default(''),
  }),
  response: mappedTableSchema,
  errors: [...sourceErrors, 'source_table_missing'],
});

export const deleteMappedTable = endpoint({
  name: 'deleteMappedTable',
  method: 'DELETE',
  path: '/api/v1/mapped-tables/:tableName',
  room: 'ingest',
  summary: { en: 'Unmap a table that no ingestion task reads', zh: '删除未被接入任务读取的映射表' },
  permission: 'source.write',
  params: tableParams,
  response: z.object({ deleted: z.boolean() }),
  errors: ['mapped_table_not_found', 'mapped_table_in_use'],
});

export const previewSql = endpoint({
  name: 'previewSql',
  method: 'POST',
  path: '/api/v1/mapped-tables/query',
  room: 'ingest',
  summary: {
    en: 'Columns and up to 20 rows of SQL over mapped tables',
    zh: '预览映射表上的 SQL（最多 20 行）',
  },
  permission: 'source.write',
  body: z.object({ sql: z.string().min(1).max(100_000), open: z.boolean().default(false) }),
  response: previewSchema,
  errors: [
    ...sourceErrors,
    'source_query_refused',
    'source_query_invalid',
    'source_query_too_large',
    'permission_denied',
  ],
});

const reachSchema = z.object({
  hosts: z
    .array(z.string().min(1).max(255))
    .max(1_000)
    .describe('db.example.cn, *.example.cn, 10.1.2.3, 10.1.0.0/16; each with or without :port'),
});

export const readReach = endpoint({
  name: 'readConnectionReach',
  method: 'GET',
  path: '/api/v1/connection-reach',
  room: 'ingest',
  summary: { en: 'Hosts that connections may reach', zh: '连接可访问的主机清单' },
  permission: 'source.read',
  response: reachSchema,
});

export const saveReach = endpoint({
  name: 'saveConnectionReach',
  method: 'PUT',
  path: '/api/v1/connection-reach',
  room: 'ingest',
  summary: { en: 'Set the hosts that connections may reach', zh: '设置连接可访问的主机清单' },
  permission: 'platform.write',
  body: reachSchema,
  response: reachSchema,
  errors: ['connection_settings_invalid'],
});
