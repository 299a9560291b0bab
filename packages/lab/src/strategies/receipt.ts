import type { StrategyDocumentInput } from '@wutong/contract';
import { GOAL_EVENT } from './renewal.ts';

export const RECEIPT_STRATEGY_ID = 'renewal-receipt';
export const RECEIPT_STRATEGY_NAME = '续接回执';

const HOUR_MS = 3_600_000;

/** 续接回执: whoever has renewed gets a receipt by e-mail, at once. A service, not marketing: no consent asked. */
export const RECEIPT_DOCUMENT: StrategyDocumentInput = {
  format: 1,
  nodes: [
    {
      id: 'entry',
      kind: 'entry',
      title: '完成续接',
      source: { type: 'event', event: GOAL_EVENT },
      reentry: { kind: 'after_exit', cooldownMs: 0 },
    },
    {
      id: 'mail',
      kind: 'send',
      title: '邮件回执',
      channel: 'email',
      content: { contentId: 'renewal_receipt' },
      expiresMs: 24 * HOUR_MS,
    },
    { id: 'end', kind: 'exit', title: '结束' },
  ],
  edges: [
    { from: 'entry', to: 'mail' },
    { from: 'mail', to: 'end' },
  ],
  policy: { purpose: 'service' },
};
