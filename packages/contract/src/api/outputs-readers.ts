import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

const readerName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,30}$/)
  .describe('its ClickHouse user is wutong_reader_<name>');
export const readerSchema = z.object({
  name: readerName,
  user: z.string(),
  tables: z.array(z.string()).describe('views that it may read; personal columns are masked in them'),
  createdAt: z.string(),
});
export type Reader = z.output<typeof readerSchema>;

export const listReaders = endpoint({
  name: 'listReaders',
  method: 'GET',
  path: '/api/v1/readers',
  room: 'ingest',
  summary: { en: 'Read-only users of ClickHouse', zh: 'ClickHouse 只读用户' },
  permission: 'output.read',
  response: z.object({
    items: z.array(readerSchema),
    url: z.string().describe('HTTP interface of ClickHouse'),
    database: z.string().describe('where the views are'),
  }),
});

export const listReaderTables = endpoint({
  name: 'listReaderTables',
  method: 'GET',
  path: '/api/v1/reader-tables',
  room: 'ingest',
  summary: {
    en: 'What readers see: views, columns, and which are masked',
    zh: '只读用户可见的视图与列，及哪些已脱敏',
  },
  permission: 'output.read',
  response: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        columns: z.array(
          z.object({ name: z.string(), masked: z.boolean().describe('personal values do not appear in it') }),
        ),
      }),
    ),
  }),
});

export const createReader = endpoint({
  name: 'createReader',
  method: 'POST',
  path: '/api/v1/readers',
  room: 'ingest',
  summary: {
    en: 'Create a read-only ClickHouse user that sees masked views only; its password is shown only now',
    zh: '新建 ClickHouse 只读用户（仅可读脱敏视图），密码仅此时显示',
  },
  permission: 'output.write',
  body: z.object({ name: readerName }),
  response: z.object({
    reader: readerSchema,
    password: z.string(),
    url: z.string().describe('HTTP interface of ClickHouse'),
    database: z.string().describe('where the views are'),
  }),
  errors: ['reader_exists', 'readers_unsupported'],
});

export const rotateReader = endpoint({
  name: 'rotateReader',
  method: 'POST',
  path: '/api/v1/readers/:name/password',
  room: 'ingest',
  summary: {
    en: 'A new password, shown only now; the former one opens nothing any more',
    zh: '更换密码（仅此时显示），旧密码立即失效',
  },
  permission: 'output.write',
  params: z.object({ name: readerName }),
  response: z.object({ password: z.string() }),
  errors: ['reader_not_found'],
});

export const revokeReader = endpoint({
  name: 'revokeReader',
  method: 'DELETE',
  path: '/api/v1/readers/:name',
  room: 'ingest',
  summary: { en: 'Revoke a read-only user at once', zh: '立即吊销只读用户' },
  permission: 'output.write',
  params: z.object({ name: readerName }),
  response: z.object({ revoked: z.boolean() }),
  errors: ['reader_not_found'],
});
