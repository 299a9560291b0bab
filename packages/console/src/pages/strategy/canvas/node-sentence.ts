/** One sentence per node: what it does, in the reader's words. Pure, so that it can be tested case by case. */
import { type NodeOfKind, SHARE_TOTAL, type StrategyNode } from '@wutong/contract';
import type { Formatters } from '../../../frame/reader.tsx';
import { wordFor, type Text } from '../../../text/text.ts';

export interface SentenceNeeds {
  text: Text;
  format: Formatters;
  contentName: (contentId: string | undefined) => string;
  eventTitle: (event: string) => string;
}

/** A share out of 10,000 as a percentage without needless zeroes: 50%, 33.33%. */
export function shareText(share: number): string {
  return `${Math.round((share / SHARE_TOTAL) * 10_000) / 100}%`;
}

function entrySentence({ source }: NodeOfKind<'entry'>, { text, format, eventTitle }: SentenceNeeds): string {
  const { sentence } = text.strategy;
  if (source.type === 'event') return sentence.entryEvent(eventTitle(source.event));
  if (source.type === 'api') return sentence.entryApi;
  if (source.schedule.kind === 'daily') return sentence.entryDaily(source.schedule.at);
  return source.schedule.at ? sentence.entryOnceAt(format.shortTime(source.schedule.at)) : sentence.entryOnce;
}

function contentSentence(node: NodeOfKind<'send'> | NodeOfKind<'task'>, needs: SentenceNeeds): string {
  const { sentence } = needs.text.strategy;
  const variants = Object.entries(node.contentByVariant ?? {});
  if (variants.length > 0) {
    const separator = needs.text.punctuation.semicolon;
    return variants
      .map(([label, { contentId }]) => `${label} ${needs.contentName(contentId)}`)
      .join(separator);
  }
  return node.content ? needs.contentName(node.content.contentId) : sentence.contentMissing;
}

function waitSentence({ wait }: NodeOfKind<'wait'>, { text, format, eventTitle }: SentenceNeeds): string {
  const { sentence } = text.strategy;
  switch (wait.type) {
    case 'duration':
      return sentence.waitFor(format.duration(wait.durationMs));
    case 'time_of_day':
      return sentence.waitUntil(wait.at);
    case 'window':
      return sentence.waitWindow(wait.from, wait.to);
    case 'event':
      return sentence.waitEvent(eventTitle(wait.event), format.duration(wait.timeoutMs));
  }
}

/** What a node does, in one sentence. */
export function sentenceOfNode(node: StrategyNode, needs: SentenceNeeds): string {
  const { text, format } = needs;
  const { sentence } = text.strategy;
  switch (node.kind) {
    case 'entry':
      return entrySentence(node, needs);
    case 'holdout':
      return sentence.holdout(shareText(node.share));
    case 'split':
      return sentence.split(
        node.branches.map(({ label, share }) => `${label} ${shareText(share)}`).join(' · '),
      );
    case 'send':
      return sentence.send(wordFor(text.words.channel, node.channel), contentSentence(node, needs));
    case 'task': {
      const write = node.assignTo === 'pool' ? sentence.pool : sentence.task;
      return write(contentSentence(node, needs), format.duration(node.dueMs));
    }
    case 'wait':
      return waitSentence(node, needs);
    case 'branch':
      return sentence.branch(node.branches.map(({ label }) => label).join(text.punctuation.comma));
    case 'exit':
      return sentence.exit;
  }
}
