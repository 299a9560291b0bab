import { strategyDocumentSchema, type canvasApi } from '@wutong/contract';

const DAY_MS = 86_400_000;

/** 沉睡客户唤醒: those who used to come and no longer do, two waves a week apart. */
export const dormantReturn: canvasApi.StrategyTemplate = {
  templateId: 'dormant-return',
  industry: 'bank',
  title: { en: 'Return of dormant customers', zh: '沉睡客户唤醒' },
  purpose: { en: 'Two waves to those who stopped logging in', zh: '对曾活跃、近期未登录的客户分两波触达' },
  document: strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        title: '曾活跃、60 天未登录',
        source: {
          type: 'audience',
          eql: 'person where streak(event login by week) >= 4 and not did(event login within last 60 days)',
          schedule: { kind: 'daily', at: '10:00' },
        },
        reentry: { kind: 'after_exit', cooldownMs: 90 * DAY_MS },
        position: { x: 0, y: 0 },
      },
      { id: 'holdout', kind: 'holdout', title: '空白组 10%', share: 1_000, position: { x: 0, y: 140 } },
      { id: 'first_sms', kind: 'send', title: '首波短信', channel: 'sms', position: { x: 0, y: 280 } },
      {
        id: 'week_wait',
        kind: 'wait',
        title: '等待登录，最多 7 天',
        wait: { type: 'event', event: 'login', timeoutMs: 7 * DAY_MS },
        position: { x: 0, y: 420 },
      },
      {
        id: 'evening',
        kind: 'wait',
        title: '次个 19:30',
        wait: { type: 'time_of_day', at: '19:30' },
        position: { x: 160, y: 560 },
      },
      { id: 'second_sms', kind: 'send', title: '二波短信', channel: 'sms', position: { x: 160, y: 700 } },
      { id: 'exit', kind: 'exit', title: '结束', position: { x: 0, y: 840 } },
    ],
    edges: [
      { from: 'entry', to: 'holdout' },
      { from: 'holdout', label: 'treated', to: 'first_sms' },
      { from: 'first_sms', to: 'week_wait' },
      { from: 'week_wait', label: 'happened', to: 'exit' },
      { from: 'week_wait', label: 'timeout', to: 'evening' },
      { from: 'evening', to: 'second_sms' },
      { from: 'second_sms', to: 'exit' },
    ],
    goal: { event: 'login', withinMs: 14 * DAY_MS },
    policy: { purpose: 'marketing', priority: 30 },
  }),
};
