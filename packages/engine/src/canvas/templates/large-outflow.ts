import { strategyDocumentSchema, type canvasApi } from '@wutong/contract';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 大额转出挽留: the manager hears of a large outflow within the hour, in working time. */
export const largeOutflow: canvasApi.StrategyTemplate = {
  templateId: 'large-outflow',
  industry: 'bank',
  title: { en: 'Large outflow', zh: '大额资金转出挽留' },
  purpose: {
    en: 'Call back within working hours when much money leaves',
    zh: '大额资金转出后，由客户经理在工作时间内联系',
  },
  document: strategyDocumentSchema.parse({
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        title: '转出不低于 20 万元',
        source: {
          type: 'event',
          event: 'transfer_out',
          where: [{ property: 'amount', operator: 'gte', value: 200_000 }],
        },
        reentry: { kind: 'after_exit', cooldownMs: 14 * DAY_MS },
        position: { x: 0, y: 0 },
      },
      { id: 'holdout', kind: 'holdout', title: '空白组 10%', share: 1_000, position: { x: 0, y: 140 } },
      {
        id: 'working_time',
        kind: 'wait',
        title: '工作时间',
        wait: { type: 'window', from: '09:00', to: '17:30', weekdays: [1, 2, 3, 4, 5] },
        position: { x: 0, y: 280 },
      },
      {
        id: 'manager_task',
        kind: 'task',
        title: '客户经理回访',
        assignTo: 'manager',
        dueMs: DAY_MS,
        position: { x: 0, y: 420 },
      },
      {
        id: 'outcome_wait',
        kind: 'wait',
        title: '等待回访结果，最多 2 天',
        wait: {
          type: 'event',
          event: '$task_outcome',
          ofNodes: ['manager_task'],
          timeoutMs: 2 * DAY_MS,
        },
        position: { x: 0, y: 560 },
      },
      { id: 'push', kind: 'send', title: '应用推送', channel: 'push', position: { x: 160, y: 700 } },
      { id: 'exit', kind: 'exit', title: '结束', position: { x: 0, y: 840 } },
    ],
    edges: [
      { from: 'entry', to: 'holdout' },
      { from: 'holdout', label: 'treated', to: 'working_time' },
      { from: 'working_time', to: 'manager_task' },
      { from: 'manager_task', to: 'outcome_wait' },
      { from: 'outcome_wait', label: 'happened', to: 'exit' },
      { from: 'outcome_wait', label: 'timeout', to: 'push' },
      { from: 'push', to: 'exit' },
    ],
    goal: {
      event: 'transfer_in',
      where: [{ property: 'amount', operator: 'gte', value: 100_000 }],
      withinMs: 14 * DAY_MS,
    },
    policy: { purpose: 'marketing', priority: 90, riskLevel: 'R1' },
  }),
};
