import { z } from 'zod';
import { trendRequestSchema } from './trend.ts';
import { sentence } from '../sentence.ts';

/** Complete periods that must lie before the one looked at, before anything is called unusual. */
export const LEAST_HISTORY = 14;

/** When an alert is raised; the number is the total of the first series over the period. */
export const alertConditionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('threshold'), direction: z.enum(['above', 'below']), value: z.number() }),
  z.object({
    kind: z.literal('change'),
    direction: z.enum(['rise', 'fall', 'either']),
    percent: z.number().min(0.1).max(100_000).describe('against the period before'),
  }),
  z
    .object({
      kind: z.literal('anomaly'),
      direction: z.enum(['rise', 'fall', 'either']).default('either'),
      sensitivity: z
        .number()
        .min(1)
        .max(20)
        .default(3.5)
        .describe('robust standard deviations (1.4826 × MAD) from what is usual; smaller raises more often'),
    })
    .describe(
      'the last complete hour, day, week or month (`unit` of the analysis) against the median of the same hours of ' +
        `the week, weekdays or months of the year before it; lastDays is the history looked at, ${LEAST_HISTORY} periods at least`,
    ),
]);
export type AlertCondition = z.output<typeof alertConditionSchema>;

/** Where an alert is told. A webhook gets signed JSON after Standard Webhooks; it may name a host of the bank's own network only where the settings allow it. */
export const alertTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email'), address: z.email().max(254) }),
  z.object({
    kind: z.literal('webhook'),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .refine(
        (url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '',
        sentence(
          '地址中不能有用户名或密码：签名已能证明发送方',
          'no user name or password in the address: the signature proves who sends',
        ),
      )
      .describe('shown whole to the owner only; others see the host'),
  }),
]);
export type AlertTarget = z.output<typeof alertTargetSchema>;

/** Days that hold the least history and the periods at either end that are not whole. */
const LEAST_DAYS = {
  hour: 2,
  day: LEAST_HISTORY + 2,
  week: (LEAST_HISTORY + 2) * 7,
  month: (LEAST_HISTORY + 2) * 31,
} as const;

const alertFields = {
  name: z.string().min(1).max(200),
  analysis: trendRequestSchema.refine(
    (trend) => 'lastDays' in trend.period && trend.breakdown === undefined,
    sentence(
      '时间范围要用 lastDays，且不能有分组',
      'the period is given in lastDays, and there is no breakdown',
    ),
  ),
  condition: alertConditionSchema,
  everyMinutes: z.number().int().min(1).max(1_440).default(60),
  enabled: z.boolean().default(true),
  notify: z.array(alertTargetSchema).max(20).default([]).describe('needs the permission report.export'),
  notifyCleared: z.boolean().default(true).describe('tell the same targets when it is over'),
  language: z.enum(['zh', 'en']).default('zh').describe('of what the targets are told'),
};

export const alertInputSchema = z
  .object(alertFields)
  .refine(
    ({ analysis, condition }) =>
      condition.kind !== 'anomaly' ||
      !('lastDays' in analysis.period) ||
      analysis.period.lastDays >= LEAST_DAYS[analysis.unit],
    {
      path: ['analysis', 'period', 'lastDays'],
      ...sentence(
        `异常检测需要之前至少 ${LEAST_HISTORY} 个完整周期：按小时 2 天，按日 16 天，按周 112 天，按月 496 天`,
        `an anomaly needs ${LEAST_HISTORY} whole periods before the one looked at: 2 days by hour, 16 by day, 112 by week, 496 by month`,
      ),
    },
  );
export type AlertInput = z.output<typeof alertInputSchema>;

export const alertCheckSchema = z.object({
  at: z.string(),
  value: z.number().optional(),
  before: z.number().optional().describe('of the period before'),
  expected: z.number().optional().describe('anomaly: what is usual'),
  low: z.number().optional().describe('anomaly: below it is unusual'),
  high: z.number().optional(),
  raised: z.boolean(),
  problem: z
    .string()
    .optional()
    .describe(
      'code of the error when it could not be computed: `owner_lost_right` when the owner may no longer ask it; `no_data` when nothing was there to average; `not_enough_history` of an anomaly',
    ),
});
export const alertSchema = z.object({
  ...alertFields,
  alertId: z.string(),
  owner: z.string(),
  raised: z.boolean(),
  raisedSince: z.string().optional(),
  lastCheck: alertCheckSchema.optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Alert = z.output<typeof alertSchema>;

export const noticeKinds = ['raised', 'cleared', 'test'] as const;
export const noticeStates = ['waiting', 'sent', 'failed'] as const;
/** One message of an alert to one target. */
export const alertNoticeSchema = z.object({
  noticeId: z
    .string()
    .describe('`webhook-id` of a webhook, Message-ID of an e-mail: repetitions have the same'),
  alertId: z.string(),
  alertName: z.string(),
  kind: z.enum(noticeKinds),
  channel: z.enum(['email', 'webhook']),
  target: z.string().describe('masked address, or host'),
  state: z.enum(noticeStates),
  attempts: z.number().int().min(0),
  createdAt: z.string(),
  sentAt: z.string().optional(),
  nextAttemptAt: z.string().optional(),
  lastError: z.string().optional(),
});
export type AlertNotice = z.output<typeof alertNoticeSchema>;

/** Rules of reports and alerts that an administrator sets. */
export const reportSettingsSchema = z.object({
  smallestGroup: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .describe('groups of fewer people are left out where the breakdown is personal'),
  insideWebhookHosts: z
    .array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$|^[0-9a-f:.]{2,45}$/))
    .max(50)
    .describe('hosts (names or addresses) of the bank’s own network that alerts may call'),
});
export type ReportSettings = z.output<typeof reportSettingsSchema>;
