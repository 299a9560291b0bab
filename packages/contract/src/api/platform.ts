import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { sentence } from '../sentence.ts';

export const sessionUserSchema = z.object({
  userId: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: z.string(),
  permissions: z.array(z.string()),
  language: z.enum(['zh', 'en']),
  institutionId: z.string().optional(),
});

export const roles = [
  'administrator',
  'marketer',
  'approver',
  'channel_administrator',
  'manager',
  'data_engineer',
] as const;
const roleSchema = z.enum(roles);
const passwordSchema = z
  .string()
  .min(10)
  .max(500)
  .refine(
    (password) => new Set(password).size > 3,
    sentence('至少要有四种不同的字符', 'at least four different characters'),
  );
const displayNameSchema = z.string().trim().min(1).max(100);

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
    bank: z.object({
      name: z.string(),
      timeZone: z.string(),
      demo: z.boolean(),
      approvesOwn: z.boolean().describe('one person may submit and approve: installations of a single user'),
    }),
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
        formerly: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('detail of the entry before it about the same object: what it was until then'),
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

/** Names for what users own and did, and choices for sharing: no more of a colleague than the bank's phone list tells. */
export const listColleagues = endpoint({
  name: 'listColleagues',
  method: 'GET',
  path: '/api/v1/colleagues',
  room: 'platform',
  summary: { en: 'Names and roles of the users of this console', zh: '控制台用户的姓名与角色' },
  permission: 'session',
  response: z.object({
    items: z.array(
      z.object({
        userId: z.string(),
        name: z.string(),
        displayName: z.string(),
        role: z.enum(roles),
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
      .regex(/^[a-z0-9_.@-]{2,100}$/)
      .describe('login name, in lower case'),
    displayName: displayNameSchema,
    password: passwordSchema,
    role: roleSchema,
    institutionId: z.string().optional(),
  }),
  response: z.object({ userId: z.string() }),
  errors: ['name_taken'],
});

export const editUser = endpoint({
  name: 'editUser',
  method: 'PATCH',
  path: '/api/v1/users/:userId',
  room: 'platform',
  summary: {
    en: "Change a console user's name, role, institution, state or password; what is left out stays",
    zh: '修改控制台用户的姓名、角色、机构、状态或密码（未给出的保持不变）',
  },
  permission: 'user.write',
  params: z.object({ userId: z.uuid() }),
  body: z.object({
    displayName: displayNameSchema.optional(),
    role: roleSchema.optional(),
    institutionId: z.string().max(200).nullable().optional().describe('null: of the whole bank'),
    disabled: z.boolean().optional(),
    password: passwordSchema.optional().describe('ends all sessions of the user'),
  }),
  response: z.object({ userId: z.string() }),
  errors: ['not_found', 'last_administrator'],
});

export const changePassword = endpoint({
  name: 'changePassword',
  method: 'POST',
  path: '/api/v1/session/password',
  room: 'platform',
  summary: {
    en: "Change one's own password; every other session of the user ends",
    zh: '修改自己的密码（其他会话随即失效）',
  },
  permission: 'session',
  body: z.object({ current: z.string().min(1).max(500), next: passwordSchema }),
  response: z.object({ changed: z.boolean() }),
  errors: ['wrong_login', 'too_many_logins'],
});

export const listTokens = endpoint({
  name: 'listTokens',
  method: 'GET',
  path: '/api/v1/tokens',
  room: 'platform',
  summary: { en: 'API tokens, newest first; secrets are never shown again', zh: 'API 令牌（密钥不再显示）' },
  permission: 'user.read',
  response: z.object({
    items: z.array(
      z.object({
        tokenId: z.string(),
        userId: z.string(),
        userName: z.string(),
        name: z.string(),
        createdAt: z.string(),
      }),
    ),
  }),
});

export const createToken = endpoint({
  name: 'createToken',
  method: 'POST',
  path: '/api/v1/tokens',
  room: 'platform',
  summary: {
    en: 'Create an API token of a user; the secret is told once',
    zh: '为用户新建 API 令牌（密钥仅此一次显示）',
  },
  permission: 'user.write',
  body: z.object({ userId: z.uuid(), name: z.string().trim().min(1).max(100) }),
  response: z.object({ tokenId: z.string(), secret: z.string() }),
  errors: ['not_found', 'name_taken'],
});

export const revokeToken = endpoint({
  name: 'revokeToken',
  method: 'DELETE',
  path: '/api/v1/tokens/:tokenId',
  room: 'platform',
  summary: { en: 'Revoke an API token', zh: '吊销 API 令牌' },
  permission: 'user.write',
  params: z.object({ tokenId: z.uuid() }),
  response: z.object({ revoked: z.boolean() }),
  errors: ['not_found'],
});
