import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

export const sessionUserSchema = z.object({
  userId: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
  language: z.enum(['zh', 'en']),
  institutionId: z.string().optional(),
});

export const logIn = endpoint({
  name: 'logIn',
  method: 'POST',
  path: '/api/v1/session',
  room: 'platform',
  summary: { en: 'Log in; sets the session cookie', zh: '登录，写入会话 Cookie' },
  permission: 'public',
  body: z.object({ name: z.string().min(1).max(200), password: z.string().min(1).max(500) }),
  response: z.object({ user: sessionUserSchema }),
  errors: ['wrong_login', 'too_many_logins'],
});

export const readSession = endpoint({
  name: 'readSession',
  method: 'GET',
  path: '/api/v1/session',
  room: 'platform',
  summary: { en: 'Who am I', zh: '当前登录用户' },
  permission: 'session',
  response: z.object({
    user: sessionUserSchema,
    bank: z.object({ name: z.string(), timeZone: z.string(), demo: z.boolean() }),
  }),
});

export const logOut = endpoint({
  name: 'logOut',
  method: 'DELETE',
  path: '/api/v1/session',
  room: 'platform',
  summary: { en: 'Log out', zh: '退出登录' },
  permission: 'session',
  response: z.object({ loggedOut: z.boolean() }),
});

export const clockSchema = z.object({
  now: z.string().describe("Wutong's time, ISO 8601 UTC"),
  rate: z.number().describe('virtual seconds per real second; 1 in normal operation'),
  caughtUp: z.boolean().describe('true when Wutong lives in real time'),
});

export const readClock = endpoint({
  name: 'readClock',
  method: 'GET',
  path: '/api/v1/clock',
  room: 'platform',
  summary: { en: "Wutong's clock", zh: '系统时钟' },
  permission: 'session',
  response: clockSchema.extend({
    anchorVirtualMs: z.number(),
    anchorRealMs: z.number(),
    anchorRate: z.number().describe('time = min(real, anchorVirtualMs + (real − anchorRealMs) × anchorRate)'),
  }),
});

export const setClock = endpoint({
  name: 'setClock',
  method: 'POST',
  path: '/api/v1/clock',
  room: 'platform',
  summary: {
    en: 'Set the speed of the demo clock (only on an installation started with a demo clock)',
    zh: '设置演示时钟的倍速（仅演示安装）',
  },
  permission: 'platform.write',
  body: z.object({ rate: z.number().min(1).max(100_000) }),
  response: clockSchema,
});

const light = z.enum(['ok', 'degraded', 'down']);
export const readHealth = endpoint({
  name: 'readHealth',
  method: 'GET',
  path: '/api/v1/health',
  room: 'platform',
  summary: { en: 'Health of the engines and of each room', zh: '引擎与各模块健康状态' },
  permission: 'session',
  response: z.object({
    postgres: light,
    clickhouse: light,
    version: z.string(),
    rooms: z.array(z.object({ room: z.string(), state: light, detail: z.string().optional() })),
  }),
});

export const listAudit = endpoint({
  name: 'listAudit',
  method: 'GET',
  path: '/api/v1/audit',
  room: 'platform',
  summary: { en: 'The audit log, newest first', zh: '审计日志（最新在前）' },
  permission: 'audit.read',
  query: z.object({
    cursor: z.coerce.number().int().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    action: z.string().optional(),
  }),
  response: z.object({
    items: z.array(
      z.object({
        sequence: z.number(),
        at: z.string(),
        actor: z.string(),
        action: z.string(),
        object: z.string(),
        detail: z.record(z.string(), z.unknown()),
      }),
    ),
    nextCursor: z.number().optional(),
    intact: z.boolean().describe('whether the hash chain of the shown page holds'),
  }),
});

export const listUsers = endpoint({
  name: 'listUsers',
  method: 'GET',
  path: '/api/v1/users',
  room: 'platform',
  summary: { en: 'Console users', zh: '控制台用户' },
  permission: 'user.read',
  response: z.object({
    items: z.array(
      z.object({
        userId: z.string(),
        name: z.string(),
        displayName: z.string(),
        role: z.string(),
        institutionId: z.string().optional(),
        disabled: z.boolean(),
      }),
    ),
  }),
});

export const createUser = endpoint({
  name: 'createUser',
  method: 'POST',
  path: '/api/v1/users',
  room: 'platform',
  summary: { en: 'Create a console user', zh: '新建控制台用户' },
  permission: 'user.write',
  body: z.object({
    name: z
      .string()
      .regex(/^[\w.@-]{2,100}$/)
      .describe('login name'),
    displayName: z.string().min(1).max(100),
    password: z.string().min(10).max(500),
    role: z.enum([
      'administrator',
      'marketer',
      'approver',
      'channel_administrator',
      'manager',
      'data_engineer',
    ]),
    institutionId: z.string().optional(),
  }),
  response: z.object({ userId: z.string() }),
  errors: ['conflict'],
});
