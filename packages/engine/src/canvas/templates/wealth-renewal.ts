import { strategyDocumentSchema, type canvasApi } from '@wutong/contract';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * 理财到期续接: before a wealth product matures, offer the next one: in the app first, by SMS to those who do
 * not look, and by their manager for those with much to lose.
 */
export const wealthRenewal: canvasApi.StrategyTemplate = {
  templateId: 'wealth-renewal',
  industry: 'bank',
  title: { en: 'Renewal of maturing wealth products', zh: '理财到期续接' },
  purpose: {
    en: 'Keep money that a maturing product sets free: app, then SMS, then the manager',
    zh: '承接到期理财资金：先应用内，再短信，最后由客户经理跟进',
  },
  document: strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        title: '7 天内理财到期',
        source: {
          type: 'audience',
          eql: "person where any holding where (product.kind = 'wealth' and maturity_date in next 7 days)",
          schedule: { kind: 'daily', at: '09:00' },
        },
        reentry: { kind: 'after_exit', cooldownMs: 30 * DAY_MS },
        position: { x: 0, y: 0 },
      },
      { id: 'holdout', kind: 'holdout', title: '空白组 10%', share: 1_000, position: { x: 0, y: 140 } },
      {
        id: 'content_split',
        kind: 'split',
        title: '内容 A/B',
        branches: [
          { label: 'A', share: 5_000 },
          { label: 'B', share: 5_000 },
        ],
        position: { x: 0, y: 280 },
      },
      {
        id: 'in_app',
        kind: 'send',
        title: '应用内资源位',
        channel: 'in_app',
        variantOf: 'content_split',
        position: { x: 0, y: 420 },
      },
      {
        id: 'push',
        kind: 'send',
        title: '应用推送',
        channel: 'push',
        variantOf: 'content_split',
        position: { x: 0, y: 560 },
      },
      {
        id: 'click_wait',
        kind: 'wait',
        title: '等待点击，最多 1 天',
        wait: {
          type: 'event',
          event: '$message_clicked',
          ofNodes: ['in_app', 'push'],
          timeoutMs: DAY_MS,
        },
        position: { x: 0, y: 700 },
      },
      {
        id: 'sms',
        kind: 'send',
        title: '短信',
        channel: 'sms',
        variantOf: 'content_split',
        cascade: { onReject: true, noReceiptAfterMs: 2 * HOUR_MS, maximumAttempts: 2 },
        position: { x: 200, y: 840 },
      },
      {
        id: 'purchase_wait',
        kind: 'wait',
        title: '等待购买，最多 2 天',
        wait: { type: 'event', event: 'purchase', timeoutMs: 2 * DAY_MS },
        position: { x: 0, y: 980 },
      },
      {
        id: 'wealthy',
        kind: 'branch',
        title: '资产达到财富客户',
        branches: [{ label: '财富客户', eql: 'person where aum >= 500000 cny' }],
        position: { x: 0, y: 1_120 },
      },
      {
        id: 'manager_task',
        kind: 'task',
        title: '客户经理跟进',
        assignTo: 'manager',
        dueMs: 3 * DAY_MS,
        position: { x: -160, y: 1_260 },
      },
      { id: 'exit', kind: 'exit', title: '结束', position: { x: 0, y: 1_400 } },
      { id: 'exit_holdout', kind: 'exit', title: '空白组，仅观察', position: { x: 320, y: 280 } },
    ],
    edges: [
      { from: 'entry', to: 'holdout' },
      { from: 'holdout', label: 'treated', to: 'content_split' },
      { from: 'holdout', label: 'holdout', to: 'exit_holdout' },
      { from: 'content_split', label: 'A', to: 'in_app' },
      { from: 'content_split', label: 'B', to: 'in_app' },
      { from: 'in_app', to: 'push' },
      { from: 'push', to: 'click_wait' },
      { from: 'click_wait', label: 'happened', to: 'purchase_wait' },
      { from: 'click_wait', label: 'timeout', to: 'sms' },
      { from: 'sms', to: 'purchase_wait' },
      { from: 'purchase_wait', label: 'happened', to: 'exit' },
      { from: 'purchase_wait', label: 'timeout', to: 'wealthy' },
      { from: 'wealthy', label: '财富客户', to: 'manager_task' },
      { from: 'wealthy', label: 'otherwise', to: 'exit' },
      { from: 'manager_task', to: 'exit' },
    ],
    goal: { event: 'purchase', withinMs: 7 * DAY_MS },
    policy: { purpose: 'marketing', priority: 70, riskLevel: 'R2' },
  }),
};
