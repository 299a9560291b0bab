import { strategyDocumentSchema, type StrategyDocument } from '@wutong/contract';
import type { Canvas } from '../../src/canvas/index.ts';

const DAY_MS = 86_400_000;

/** The renewal strategy in small: holdout, A/B, slot and push, click or SMS, purchase or task. */
export function renewalDocument(
  change: (document: Record<string, unknown>) => void = () => undefined,
): StrategyDocument {
  const contentByVariant = { A: { contentId: 'renewal_a' }, B: { contentId: 'renewal_b' } };
  const document = {
    format: 1,
    nodes: [
      {
        id: 'entry',
        kind: 'entry',
        source: { type: 'audience', eql: 'person', schedule: { kind: 'once' } },
      },
      { id: 'holdout', kind: 'holdout', share: 1_000 },
      {
        id: 'content',
        kind: 'split',
        branches: [
          { label: 'A', share: 5_000 },
          { label: 'B', share: 5_000 },
        ],
      },
      { id: 'in_app', kind: 'send', channel: 'in_app', variantOf: 'content', contentByVariant },
      { id: 'push', kind: 'send', channel: 'push', variantOf: 'content', contentByVariant },
      {
        id: 'click_wait',
        kind: 'wait',
        wait: { type: 'event', event: '$message_clicked', ofNodes: ['in_app', 'push'], timeoutMs: DAY_MS },
      },
      { id: 'sms', kind: 'send', channel: 'sms', variantOf: 'content', contentByVariant },
      {
        id: 'purchase_wait',
        kind: 'wait',
        wait: { type: 'event', event: 'purchase', timeoutMs: 2 * DAY_MS },
      },
      { id: 'wealthy', kind: 'branch', branches: [{ label: 'yes', eql: 'person where wealth >= 50' }] },
      { id: 'task', kind: 'task', content: { contentId: 'renewal_a' } },
      { id: 'exit', kind: 'exit' },
      { id: 'exit_holdout', kind: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'holdout' },
      { from: 'holdout', label: 'treated', to: 'content' },
      { from: 'holdout', label: 'holdout', to: 'exit_holdout' },
      { from: 'content', label: 'A', to: 'in_app' },
      { from: 'content', label: 'B', to: 'in_app' },
      { from: 'in_app', to: 'push' },
      { from: 'push', to: 'click_wait' },
      { from: 'click_wait', label: 'happened', to: 'purchase_wait' },
      { from: 'click_wait', label: 'timeout', to: 'sms' },
      { from: 'sms', to: 'purchase_wait' },
      { from: 'purchase_wait', label: 'happened', to: 'exit' },
      { from: 'purchase_wait', label: 'timeout', to: 'wealthy' },
      { from: 'wealthy', label: 'yes', to: 'task' },
      { from: 'wealthy', label: 'otherwise', to: 'exit' },
      { from: 'task', to: 'exit' },
    ],
    goal: {
      event: 'purchase',
      where: [{ property: 'kind', operator: 'eq', value: 'wealth' }],
      withinMs: 7 * DAY_MS,
    },
    policy: { purpose: 'marketing' },
  };
  change(document);
  return strategyDocumentSchema.parse(document);
}

/** Saves, submits, approves and publishes a document; returns the version. */
export async function launch(
  canvas: Canvas,
  strategyId: string,
  document: StrategyDocument,
  options: { enterAgain?: boolean; draftRevision?: number } = {},
): Promise<number> {
  const strategy =
    options.draftRevision === undefined
      ? await canvas.create({ actor: 'maker', strategyId, name: strategyId, document })
      : await canvas.saveDraft({
          actor: 'maker',
          strategyId,
          document,
          draftRevision: options.draftRevision,
        });
  const submitted = await canvas.submit({
    actor: 'maker',
    strategyId,
    draftRevision: strategy.draftRevision,
  });
  const { version, hash } = submitted;
  await canvas.decide({ actor: 'checker', strategyId, version, hash, decision: 'approve' });
  const { enterAgain } = options;
  await canvas.publish({
    actor: 'maker',
    strategyId,
    version,
    hash,
    ...(enterAgain === undefined ? {} : { enterAgain }),
  });
  return version;
}
