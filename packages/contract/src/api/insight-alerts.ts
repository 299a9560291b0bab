import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  alertCheckSchema,
  alertInputSchema,
  alertNoticeSchema,
  alertSchema,
  noticeStates,
  reportSettingsSchema,
} from '../insight/index.ts';

const room = 'insight';
const done = z.object({ done: z.literal(true) });
const alertParams = z.object({ alertId: z.uuid() });

export const listAlerts = endpoint({
  name: 'listAlerts',
  method: 'GET',
  path: '/api/v1/alerts',
  room,
  summary: {
    en: 'Alerts, raised ones first, one’s own and those that name nothing that is not shared with the caller; numbers of the whole bank, also for users of an institution',
    zh: '预警列表（本人的，以及未用到未共享内容的）；全行口径，机构用户亦同',
  },
  permission: 'report.read',
  response: z.object({ items: z.array(alertSchema) }),
});
export const createAlert = endpoint({
  name: 'createAlert',
  method: 'POST',
  path: '/api/v1/alerts',
  room,
  summary: { en: 'Create an alert', zh: '新建预警' },
  permission: 'report.read',
  body: alertInputSchema,
  response: alertSchema,
  errors: ['eql_invalid', 'analysis_invalid'],
});
export const saveAlert = endpoint({
  name: 'saveAlert',
  method: 'PUT',
  path: '/api/v1/alerts/:alertId',
  room,
  summary: { en: 'Save an alert of one’s own', zh: '保存预警' },
  permission: 'report.read',
  params: alertParams,
  body: alertInputSchema,
  response: alertSchema,
  errors: ['alert_not_found', 'eql_invalid', 'analysis_invalid'],
});
export const handOverAlert = endpoint({
  name: 'handOverAlert',
  method: 'PUT',
  path: '/api/v1/alerts/:alertId/owner',
  room,
  summary: {
    en: 'Hand an alert over: its owner and administrators to anybody who has the right to what it names; whoever has it, to themselves when the owner has lost it. It is looked at at once',
    zh: '移交预警：负责人和管理员可移交给有权限的人；负责人失去权限后，有权限的人可自行接管。移交后立即检查',
  },
  permission: 'report.read',
  params: alertParams,
  body: z.object({ owner: z.uuid().describe('user id') }),
  response: alertSchema,
  errors: ['alert_not_found', 'not_owner', 'user_unknown', 'owner_lost_right'],
});
export const deleteAlert = endpoint({
  name: 'deleteAlert',
  method: 'DELETE',
  path: '/api/v1/alerts/:alertId',
  room,
  summary: { en: 'Delete an alert of one’s own, with its history', zh: '删除预警及其历史' },
  permission: 'report.read',
  params: alertParams,
  response: done,
  errors: ['alert_not_found'],
});
export const listAlertChecks = endpoint({
  name: 'listAlertChecks',
  method: 'GET',
  path: '/api/v1/alerts/:alertId/checks',
  room,
  summary: { en: 'History of an alert, newest first', zh: '预警历史' },
  permission: 'report.read',
  params: alertParams,
  query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  response: z.object({ items: z.array(alertCheckSchema) }),
  errors: ['alert_not_found'],
});

export const testAlert = endpoint({
  name: 'testAlert',
  method: 'POST',
  path: '/api/v1/alerts/:alertId/test',
  room,
  summary: { en: 'Send a test to all targets of an alert of one’s own', zh: '向预警的全部通知对象发送测试' },
  permission: 'report.export',
  params: alertParams,
  response: z.object({ notices: z.number().int() }),
  errors: ['alert_not_found'],
});
export const readAlertSecret = endpoint({
  name: 'readAlertSecret',
  method: 'POST',
  path: '/api/v1/alerts/:alertId/signing-secret',
  room,
  summary: {
    en: 'The secret that signs the webhooks of an alert of one’s own; a new one on demand. Logged',
    zh: '查看或更换预警 Webhook 的签名密钥（记入审计）',
  },
  permission: 'report.export',
  params: alertParams,
  body: z.object({ renew: z.boolean().default(false) }),
  response: z.object({ secret: z.string().describe('`whsec_` and base64, as Standard Webhooks has it') }),
  errors: ['alert_not_found'],
});
export const listAlertNotices = endpoint({
  name: 'listAlertNotices',
  method: 'GET',
  path: '/api/v1/alert-notices',
  room,
  summary: { en: 'What alerts told whom, newest first', zh: '预警通知记录' },
  permission: 'report.read',
  query: z.object({
    alertId: z.uuid().optional(),
    state: z.enum(noticeStates).optional(),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  response: z.object({ items: z.array(alertNoticeSchema), nextCursor: z.string().optional() }),
});

export const readReportSettings = endpoint({
  name: 'readReportSettings',
  method: 'GET',
  path: '/api/v1/report-settings',
  room,
  summary: { en: 'Rules of exports and alerts', zh: '报表与预警规则' },
  permission: 'report.read',
  response: reportSettingsSchema,
});
export const saveReportSettings = endpoint({
  name: 'saveReportSettings',
  method: 'PUT',
  path: '/api/v1/report-settings',
  room,
  summary: { en: 'Set the rules of exports and alerts; logged', zh: '设置报表与预警规则（记入审计）' },
  permission: 'platform.write',
  body: reportSettingsSchema,
  response: reportSettingsSchema,
});
