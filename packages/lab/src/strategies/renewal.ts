import type { StrategyDocumentInput } from '@wutong/contract';
import { RENEWAL_PRODUCT } from '../bank/products.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const RENEWAL_STRATEGY_ID = 'wealth-renewal';
export const RENEWAL_STRATEGY_NAME = '理财到期续接';
export const RENEWAL_SLOT = 'home_banner';
export const GOAL_EVENT = 'holding_renewed';
/** AUM in CNY from which a manager calls. */
const MANAGER_AUM = 300_000;

/** Who is invited: a holding matures within seven days, marketing by SMS is consented, the product suits. */
export const RENEWAL_AUDIENCE = `person where
  any holding where (status = 'active' and maturity_date in next 7 days)
  and consents('marketing', 'sms')
  and risk_level in ('C2', 'C3', 'C4', 'C5')`;

const contentByVariant = { 收益: { contentId: 'renewal_yield' }, 省心: { contentId: 'renewal_ease' } };

/**
 * 理财到期续接: 10 % holdout → content 50/50 → in-app slot and push → a day for a click → SMS over two
 * suppliers → two days for a purchase → the wealthy become their manager's tasks.
 */
export const RENEWAL_DOCUMENT: StrategyDocumentInput = {
  format: 1,
  nodes: [
    {
      id: 'entry',
      kind: 'entry',
      title: '7 天内理财到期',
      source: { type: 'audience', eql: RENEWAL_AUDIENCE, schedule: { kind: 'once' } },
      reentry: { kind: 'never' },
    },
    { id: 'holdout', kind: 'holdout', title: '空白组 10%', share: 1_000, key: 'renewal-2026' },
    { id: 'held', kind: 'exit', title: '空白组，不触达' },
    {
      id: 'content',
      kind: 'split',
      title: '内容 A/B',
      branches: [
        { label: '收益', share: 5_000 },
        { label: '省心', share: 5_000 },
      ],
    },
    {
      id: 'banner',
      kind: 'send',
      title: '首页资源位',
      channel: 'in_app',
      variantOf: 'content',
      contentByVariant,
      riskLevel: RENEWAL_PRODUCT.riskLevel,
      expiresMs: 7 * DAY_MS,
    },
    {
      id: 'push',
      kind: 'send',
      title: 'App 推送',
      channel: 'push',
      variantOf: 'content',
      contentByVariant,
      riskLevel: RENEWAL_PRODUCT.riskLevel,
      expiresMs: DAY_MS,
    },
    {
      id: 'click',
      kind: 'wait',
      title: '等待点击，至多 1 天',
      wait: { type: 'event', event: '$message_clicked', ofNodes: ['banner', 'push'], timeoutMs: DAY_MS },
    },
    {
      id: 'sms',
      kind: 'send',
      title: '短信（双供应商 70/30）',
      channel: 'sms',
      variantOf: 'content',
      contentByVariant,
      riskLevel: RENEWAL_PRODUCT.riskLevel,
      expiresMs: 2 * DAY_MS,
      cascade: { onReject: true, noReceiptAfterMs: 6 * HOUR_MS, maximumAttempts: 2, nextChannels: [] },
    },
    {
      id: 'purchase',
      kind: 'wait',
      title: '等待购买，2 天',
      wait: { type: 'event', event: GOAL_EVENT, timeoutMs: 2 * DAY_MS },
    },
    {
      id: 'wealthy',
      kind: 'branch',
      title: '管理资产 30 万以上？',
      branches: [{ label: '是', eql: `person where aum >= ${MANAGER_AUM}` }],
    },
    {
      id: 'call',
      kind: 'task',
      title: '客户经理跟进',
      assignTo: 'manager',
      content: { contentId: 'renewal_call' },
      riskLevel: RENEWAL_PRODUCT.riskLevel,
      dueMs: 2 * DAY_MS,
    },
    {
      id: 'outcome',
      kind: 'wait',
      title: '等待跟进结果，2 天',
      wait: { type: 'event', event: '$task_outcome', ofNodes: ['call'], timeoutMs: 2 * DAY_MS },
    },
    { id: 'end', kind: 'exit', title: '结束' },
  ],
  edges: [
    { from: 'entry', to: 'holdout' },
    { from: 'holdout', label: 'treated', to: 'content' },
    { from: 'holdout', label: 'holdout', to: 'held' },
    { from: 'content', label: '收益', to: 'banner' },
    { from: 'content', label: '省心', to: 'banner' },
    { from: 'banner', to: 'push' },
    { from: 'push', to: 'click' },
    { from: 'click', label: 'happened', to: 'purchase' },
    { from: 'click', label: 'timeout', to: 'sms' },
    { from: 'sms', to: 'purchase' },
    { from: 'purchase', label: 'happened', to: 'end' },
    { from: 'purchase', label: 'timeout', to: 'wealthy' },
    { from: 'wealthy', label: '是', to: 'call' },
    { from: 'wealthy', label: 'otherwise', to: 'end' },
    { from: 'call', to: 'outcome' },
    { from: 'outcome', label: 'happened', to: 'end' },
    { from: 'outcome', label: 'timeout', to: 'end' },
  ],
  goal: { event: GOAL_EVENT, where: [], withinMs: 7 * DAY_MS, exit: true },
  policy: {
    purpose: 'marketing',
    priority: 60,
    caps: [{ channel: 'sms', limit: 1, window: 'day' }],
    quietHours: { from: '21:00', to: '08:00', channels: ['sms', 'push'] },
    riskLevel: RENEWAL_PRODUCT.riskLevel,
  },
};
