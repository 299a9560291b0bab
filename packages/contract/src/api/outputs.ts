import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  outputDestinationSchema,
  outputScheduleSchema,
  outputSecretsSchema,
  outputSelectionSchema,
} from '../output-settings.ts';
export * from './outputs-readers.ts';

const outputIdSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const outputParams = z.object({ outputId: outputIdSchema });

export const outputStates = ['running', 'paused', 'finished', 'failed'] as const;

export const outputSchema = z.object({
  outputId: outputIdSchema,
  name: z.string(),
  owner: z
    .string()
    .optional()
    .describe(
      'id of the user with whose rights it runs, looked at again at each run; absent: nobody is known',
    ),
  selection: outputSelectionSchema,
  destination: outputDestinationSchema,
  schedule: outputScheduleSchema,
  openPersonalData: z.boolean().describe('personal values leave unmasked'),
  secrets: z.array(z.string()).describe('names of the secrets that are set'),
  state: z.enum(outputStates).describe('failed: it stopped itself, see error'),
  rows: z.number().int().describe('rows sent, ever'),
  slices: z.number().int().describe('files written, or portions sent'),
  dead: z.number().int().describe('deliveries that were given up and wait to be replayed'),
  attempts: z.number().int().describe('failures of the portion under way'),
  error: z.string().optional(),
  code: z.string().optional().describe('registered code of the error'),
  lastRun: z
    .object({ at: z.string(), rows: z.number().int() })
    .optional()
    .describe('the newest portion that was sent'),
  nextAt: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Output = z.output<typeof outputSchema>;

const changes = {
  name: z.string().min(1).max(200),
  destination: outputDestinationSchema,
  schedule: outputScheduleSchema,
  secrets: outputSecretsSchema,
};

export const listOutputs = endpoint({
  name: 'listOutputs',
  method: 'GET',
  path: '/api/v1/outputs',
  room: 'ingest',
  summary: {
    en: 'Outputs: what leaves, where to, how far; one’s own, and those that name nothing that is not shared with the caller',
    zh: '数据输出任务及进度（本人的，以及未用到未共享内容的）',
  },
  permission: 'output.read',
  response: z.object({ items: z.array(outputSchema) }),
});

export const createOutput = endpoint({
  name: 'createOutput',
  method: 'POST',
  path: '/api/v1/outputs',
  room: 'ingest',
  summary: {
    en: 'Create an output; the signing secret of a webhook is shown only now. openPersonalData needs the permission pii.open',
    zh: '新建数据输出；Webhook 签名密钥仅此时显示；输出明文需 pii.open 权限',
  },
  permission: 'output.write',
  body: z.object({
    outputId: outputIdSchema,
    selection: outputSelectionSchema,
    openPersonalData: z.boolean().default(false),
    ...changes,
    secrets: changes.secrets.default({}),
  }),
  response: z.object({ output: outputSchema, signingSecret: z.string().optional() }),
  errors: ['output_exists', 'output_settings_invalid', 'address_not_allowed'],
});

const trialErrors = ['output_settings_invalid', 'output_not_found', 'address_not_allowed'] as const;

export const checkOutput = endpoint({
  name: 'checkOutput',
  method: 'POST',
  path: '/api/v1/outputs/check',
  room: 'ingest',
  summary: {
    en: 'A test delivery without data: writes and removes a file, posts no rows, looks for the topic',
    zh: '试投递（不含数据）：写入并删除小文件、推送空请求或核对主题',
  },
  permission: 'output.write',
  body: z.object({
    destination: outputDestinationSchema,
    secrets: outputSecretsSchema.default({}),
    outputId: outputIdSchema
      .optional()
      .describe('an output whose secrets count, when it leads to the same place'),
  }),
  response: z.object({
    ok: z.boolean(),
    tookMs: z.number(),
    code: z.string().optional().describe('registered code of what went wrong'),
    message: z.string().optional().describe('what the other side said'),
  }),
  errors: trialErrors,
});

export const previewOutput = endpoint({
  name: 'previewOutput',
  method: 'POST',
  path: '/api/v1/outputs/preview',
  room: 'ingest',
  summary: {
    en: 'Columns and some rows as they would leave; sends nothing',
    zh: '预览将要输出的列与几行，不送出',
  },
  permission: 'output.write',
  body: z.object({
    selection: outputSelectionSchema,
    openPersonalData: z.boolean().default(false).describe('needs `pii.open` and is written to the audit'),
  }),
  response: z.object({
    columns: z.array(
      z.object({
        name: z.string(),
        personal: z.boolean().describe('holds personal data, masked unless open'),
      }),
    ),
    rows: z.array(z.array(z.string().nullable())),
  }),
  errors: ['output_settings_invalid', 'permission_denied'],
});

export const readOutput = endpoint({
  name: 'readOutput',
  method: 'GET',
  path: '/api/v1/outputs/:outputId',
  room: 'ingest',
  summary: { en: 'One output', zh: '数据输出详情' },
  permission: 'output.read',
  params: outputParams,
  response: outputSchema,
  errors: ['output_not_found'],
});

export const updateOutput = endpoint({
  name: 'updateOutput',
  method: 'PATCH',
  path: '/api/v1/outputs/:outputId',
  room: 'ingest',
  summary: {
    en: 'Change name, destination (of the same kind) or schedule; what leaves does not change',
    zh: '修改名称、目的地（同类）或计划；输出内容不可修改',
  },
  permission: 'output.write',
  params: outputParams,
  body: z.object(changes).partial(),
  response: outputSchema,
  errors: ['output_not_found', 'output_settings_invalid', 'address_not_allowed', 'permission_denied'],
});

export const setOutputState = endpoint({
  name: 'setOutputState',
  method: 'PUT',
  path: '/api/v1/outputs/:outputId/state',
  room: 'ingest',
  summary: { en: 'Go on (also after it failed) or pause', zh: '继续（含失败后）或暂停' },
  permission: 'output.write',
  params: outputParams,
  body: z.object({ state: z.enum(['running', 'paused']) }),
  response: outputSchema,
  errors: ['output_not_found'],
});

export const handOverOutput = endpoint({
  name: 'handOverOutput',
  method: 'PUT',
  path: '/api/v1/outputs/:outputId/owner',
  room: 'ingest',
  summary: {
    en: 'Hand an output over: its owner and administrators to anybody who has the right to what leaves; whoever has it, to themselves when the owner has lost it. An output that stopped for that goes on',
    zh: '移交数据输出：负责人和管理员可移交给有权限的人；负责人失去权限后，有权限的人可自行接管。因此停止的输出会继续',
  },
  permission: 'output.write',
  params: outputParams,
  body: z.object({ owner: z.uuid().describe('user id') }),
  response: outputSchema,
  errors: ['output_not_found', 'not_owner', 'user_unknown', 'owner_lost_right'],
});

export const runOutput = endpoint({
  name: 'runOutput',
  method: 'POST',
  path: '/api/v1/outputs/:outputId/run',
  room: 'ingest',
  summary: { en: 'Run now, before its schedule says so', zh: '立即执行' },
  permission: 'output.write',
  params: outputParams,
  response: outputSchema,
  errors: ['output_not_found'],
});

export const deleteOutput = endpoint({
  name: 'deleteOutput',
  method: 'DELETE',
  path: '/api/v1/outputs/:outputId',
  room: 'ingest',
  summary: { en: 'Delete an output; files it wrote stay', zh: '删除数据输出；已写出的文件保留' },
  permission: 'output.write',
  params: outputParams,
  response: z.object({ deleted: z.boolean() }),
  errors: ['output_not_found'],
});

export const listOutputSlices = endpoint({
  name: 'listOutputSlices',
  method: 'GET',
  path: '/api/v1/outputs/:outputId/slices',
  room: 'ingest',
  summary: { en: 'What was sent, newest first: files with size and sha256', zh: '输出历史（最新在前）' },
  permission: 'output.read',
  params: outputParams,
  query: z.object({
    cursor: z.coerce.number().int().min(0).optional().describe('below this portion'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({
    items: z.array(
      z.object({
        slice: z.number().int(),
        rows: z.number().int(),
        bytes: z.number().int(),
        file: z.string().optional(),
        sha256: z.string().optional(),
        finishedAt: z.string(),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  errors: ['output_not_found'],
});

export const readOutputFile = endpoint({
  name: 'readOutputFile',
  method: 'GET',
  path: '/api/v1/outputs/:outputId/slices/:slice/file',
  room: 'ingest',
  summary: {
    en: 'The file of a portion; of an output with unmasked data it needs `pii.open`. Written to the audit',
    zh: '下载输出文件；含明文的需 pii.open 权限，并记入审计',
  },
  permission: 'output.read',
  params: outputParams.extend({ slice: z.coerce.number().int().min(0) }),
  response: z.string().describe('the bytes of the file'),
  errors: ['output_not_found', 'output_file_missing', 'permission_denied', 'owner_lost_right'],
});

export const outputLogEvents = [
  'created',
  'changed',
  'running',
  'paused',
  'requested',
  'sent',
  'failed',
  'broken',
  'finished',
  'replayed',
  'downloaded',
  'handed_over',
] as const;

export const listOutputLog = endpoint({
  name: 'listOutputLog',
  method: 'GET',
  path: '/api/v1/outputs/:outputId/log',
  room: 'ingest',
  summary: { en: 'What happened to an output, newest first', zh: '数据输出运行日志（最新在前）' },
  permission: 'output.read',
  params: outputParams,
  query: z.object({
    cursor: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({
    items: z.array(
      z.object({
        line: z.number().int(),
        at: z.string(),
        event: z.enum(outputLogEvents),
        actor: z.string().optional().describe('who did it; absent when it happened by itself'),
        code: z.string().optional().describe('registered code of what went wrong'),
        text: z.string().optional(),
        count: z.number().int().optional().describe('rows, or deliveries'),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  errors: ['output_not_found'],
});

export const listDeadDeliveries = endpoint({
  name: 'listDeadDeliveries',
  method: 'GET',
  path: '/api/v1/outputs/:outputId/dead',
  room: 'ingest',
  summary: { en: 'Deliveries that were given up, oldest first', zh: '已放弃的投递' },
  permission: 'output.read',
  params: outputParams,
  response: z.object({
    items: z.array(
      z.object({
        deadId: z.string(),
        rows: z.number().int(),
        reason: z.string(),
        code: z.string().optional().describe('registered code of the reason'),
        at: z.string(),
      }),
    ),
  }),
  errors: ['output_not_found'],
});

export const replayDeadDeliveries = endpoint({
  name: 'replayDeadDeliveries',
  method: 'POST',
  path: '/api/v1/outputs/:outputId/dead/replay',
  room: 'ingest',
  summary: {
    en: 'Send given-up deliveries again under their old ids: chosen ones or the oldest hundred',
    zh: '以原编号重新投递：所选或最早的一百个',
  },
  permission: 'output.write',
  params: outputParams,
  body: z.object({ deadIds: z.array(z.uuid()).max(100).optional() }),
  response: z.object({ delivered: z.number().int(), failed: z.number().int() }),
  errors: ['output_not_found'],
});

const privateHost = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+(\/\d{1,3})?$/)
  .describe('host name, IP address or CIDR range');
export const outputPolicySchema = z.object({
  privateHosts: z
    .array(privateHost)
    .max(200)
    .describe('private addresses that webhooks may call all the same'),
});

export const readOutputPolicy = endpoint({
  name: 'readOutputPolicy',
  method: 'GET',
  path: '/api/v1/output-policy',
  room: 'ingest',
  summary: { en: 'Which private addresses webhooks may call', zh: 'Webhook 可访问的内网地址' },
  permission: 'output.read',
  response: outputPolicySchema,
});

export const saveOutputPolicy = endpoint({
  name: 'saveOutputPolicy',
  method: 'PUT',
  path: '/api/v1/output-policy',
  room: 'ingest',
  summary: { en: 'Allow private addresses to webhooks', zh: '设置 Webhook 可访问的内网地址' },
  permission: 'output.policy',
  body: outputPolicySchema,
  response: outputPolicySchema,
});
