import type { hubApi, insightApi, StrategyDocument } from '@wutong/contract';
import type { MessageTally } from '../needs.ts';

/** Channels whose suppliers report what arrived; others are taken at their word where they do report something. */
const CHANNELS_WITH_RECEIPTS: ReadonlySet<string> = new Set(['sms', 'webhook']);

type StepBooks = insightApi.StepBooks;
type ChannelResult = insightApi.Summary['channels'][number];

/** Sent messages of channels that give receipts, and how many of them arrived; null: there is no such message. */
export function deliveriesOf(lines: readonly MessageTally[]): {
  sentWithReceipts: number;
  delivered: number | null;
} {
  const sent = lines.filter((line) => line.state === 'sent');
  const reporting = new Set([
    ...CHANNELS_WITH_RECEIPTS,
    ...lines.filter((line) => line.delivered).map((line) => line.channel),
  ]);
  const counted = sent.filter((line) => reporting.has(line.channel));
  const sum = (some: readonly MessageTally[]) => some.reduce((total, line) => total + line.messages, 0);
  return {
    sentWithReceipts: sum(counted),
    delivered: sent.length > 0 && counted.length === 0 ? null : sum(lines.filter((line) => line.delivered)),
  };
}

/** Books of each send step with the title of its node: newest version first, then in the order of the document. */
export function titledBooks(
  books: readonly hubApi.StepBooks[],
  lines: readonly MessageTally[],
  documents: ReadonlyMap<number, StrategyDocument>,
): StepBooks[] {
  const nodesOf = (step: hubApi.StepBooks) => documents.get(step.strategyVersion)?.nodes ?? [];
  const placeOf = (step: hubApi.StepBooks) => nodesOf(step).findIndex((node) => node.id === step.nodeId);
  return books
    .toSorted((one, other) => other.strategyVersion - one.strategyVersion || placeOf(one) - placeOf(other))
    .map((step) => {
      const ofStep = lines.filter(
        (line) => line.nodeId === step.nodeId && line.strategyVersion === step.strategyVersion,
      );
      const title = nodesOf(step)[placeOf(step)]?.title || step.nodeId;
      return { ...step, ...deliveriesOf(ofStep), title };
    });
}

/** What became of the messages of each supplier, by the supplier that had the last word on them. */
export function channelResults(
  lines: readonly MessageTally[],
  supplierNames: ReadonlyMap<string, string>,
): ChannelResult[] {
  const results = new Map<string, Omit<ChannelResult, 'delivered'>>();
  for (const { channel, supplierId, state, messages, clicked } of lines) {
    if (supplierId === undefined || state === 'suppressed' || state === 'pending') continue;
    const key = `${channel}\u001f${supplierId}`;
    const result = results.get(key) ?? {
      channel,
      supplier: supplierId,
      supplierName: supplierNames.get(supplierId) ?? supplierId,
      attempted: 0,
      sent: 0,
      clicked: 0,
      failed: 0,
      uncertain: 0,
    };
    result.attempted += messages;
    result[state] += messages;
    if (clicked) result.clicked += messages;
    results.set(key, result);
  }
  const deliveredOf = ({ channel, supplier }: { channel: string; supplier: string }) =>
    deliveriesOf(lines.filter((line) => line.channel === channel && line.supplierId === supplier)).delivered;
  return [...results.values()]
    .map((result) => ({ ...result, delivered: deliveredOf(result) }))
    .sort(
      (one, other) => one.channel.localeCompare(other.channel) || one.supplier.localeCompare(other.supplier),
    );
}
