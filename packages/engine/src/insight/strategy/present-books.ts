import type { hubApi, insightApi, StrategyDocument } from '@wutong/contract';
import type { MessageTally } from '../needs.ts';

type StepBooks = insightApi.StepBooks;
type ChannelResult = insightApi.Summary['channels'][number];

/** Books of each send step with the title of its node: newest version first, then in the order of the document. */
export function titledBooks(
  books: readonly hubApi.StepBooks[],
  documents: ReadonlyMap<number, StrategyDocument>,
): StepBooks[] {
  const nodesOf = (step: hubApi.StepBooks) => documents.get(step.strategyVersion)?.nodes ?? [];
  const placeOf = (step: hubApi.StepBooks) => nodesOf(step).findIndex((node) => node.id === step.nodeId);
  return books
    .toSorted((one, other) => other.strategyVersion - one.strategyVersion || placeOf(one) - placeOf(other))
    .map((step) => ({ ...step, title: nodesOf(step)[placeOf(step)]?.title || step.nodeId }));
}

/** What became of the messages of each supplier, by the supplier that had the last word on them. */
export function channelResults(
  lines: readonly MessageTally[],
  supplierNames: ReadonlyMap<string, string>,
): ChannelResult[] {
  const results = new Map<string, ChannelResult>();
  for (const { channel, supplierId, state, messages, ...marks } of lines) {
    if (supplierId === undefined || state === 'suppressed' || state === 'pending') continue;
    const key = `${channel}\u001f${supplierId}`;
    const result = results.get(key) ?? {
      channel,
      supplier: supplierId,
      supplierName: supplierNames.get(supplierId) ?? supplierId,
      attempted: 0,
      sent: 0,
      delivered: 0,
      clicked: 0,
      failed: 0,
      uncertain: 0,
    };
    result.attempted += messages;
    result[state] += messages;
    if (marks.delivered) result.delivered += messages;
    if (marks.clicked) result.clicked += messages;
    results.set(key, result);
  }
  return [...results.values()].sort(
    (one, other) => one.channel.localeCompare(other.channel) || one.supplier.localeCompare(other.supplier),
  );
}
