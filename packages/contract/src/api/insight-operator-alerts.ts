import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { operatorAlertsInputSchema, operatorAlertsSchema } from '../insight/index.ts';

const room = 'insight';
const permission = 'platform.write';

export const readOperatorAlerts = endpoint({
  name: 'readOperatorAlerts',
  method: 'GET',
  path: '/api/v1/operator-alerts',
  room,
  summary: {
    en: 'Who is told when computing goes wrong, what is wrong now, and what was told last',
    zh: '计算异常通知谁、当前有哪些异常、最近通知了什么',
  },
  permission,
  response: operatorAlertsSchema,
});
export const saveOperatorAlerts = endpoint({
  name: 'saveOperatorAlerts',
  method: 'PUT',
  path: '/api/v1/operator-alerts',
  room,
  summary: {
    en: 'Set who is told when computing goes wrong; they are told what is wrong at the moment. Logged',
    zh: '设置计算异常通知谁；保存后即通知当前的异常（记入审计）',
  },
  permission,
  body: operatorAlertsInputSchema,
  response: operatorAlertsSchema,
});
export const testOperatorAlerts = endpoint({
  name: 'testOperatorAlerts',
  method: 'POST',
  path: '/api/v1/operator-alerts/test',
  room,
  summary: { en: 'Send a test to all of them', zh: '向全部通知对象发送测试' },
  permission,
  response: z.object({ notices: z.number().int() }),
});
export const readOperatorSecret = endpoint({
  name: 'readOperatorSecret',
  method: 'POST',
  path: '/api/v1/operator-alerts/signing-secret',
  room,
  summary: {
    en: 'The secret that signs the webhooks to operators; a new one on demand. Logged',
    zh: '运行告警 Webhook 的签名密钥；可换新（记入审计）',
  },
  permission,
  body: z.object({ renew: z.boolean().default(false) }),
  response: z.object({ secret: z.string().describe('`whsec_` and base64, as Standard Webhooks has it') }),
});
