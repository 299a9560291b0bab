import type { OperatorAlertsInput, OperatorTrouble } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import { localTime, type Notice, type NoticeKind } from '../alerts/compose-notice.ts';

/** A trouble that is over: what it was, without what is known no more. */
export type EndedTrouble = Pick<OperatorTrouble, 'kind' | 'objectId' | 'name'>;

/** Lines of a mail, and items of a webhook; the rest is a number. */
const MOST_LINES = 20;
const MOST_ITEMS = 100;

const WORDS = {
  zh: {
    raised: (count: number) => `【运行告警】${count} 项计算异常`,
    cleared: (count: number) => `【运行告警解除】${count} 项计算恢复`,
    test: '【运行告警测试】',
    kinds: {
      proved_wrong: '夜间核对发现人群成员与全量计算不一致',
      segment_failing: '人群计算失败',
      tag_failing: '标签计算失败',
      segment_waiting: '人群等待数据源超过一天',
      tag_waiting: '标签等待数据源超过一天',
    },
    since: (at: string) => `自 ${at}`,
    failures: (count: number) => `连续 ${count} 次`,
    over: '已恢复',
    more: (count: number) => `……另有 ${count} 项`,
    open: '查看',
  },
  en: {
    raised: (count: number) => `[Operations] computations in trouble: ${count}`,
    cleared: (count: number) => `[Operations over] computations well again: ${count}`,
    test: '[Operations test]',
    kinds: {
      proved_wrong: 'The nightly proof found members that differ from a full computation',
      segment_failing: 'A segment cannot be computed',
      tag_failing: 'A tag cannot be computed',
      segment_waiting: 'A segment has waited for its sources for more than a day',
      tag_waiting: 'A tag has waited for its sources for more than a day',
    },
    since: (at: string) => `since ${at}`,
    failures: (count: number) => `${count} times in a row`,
    over: 'over',
    more: (count: number) => `… and ${count} more`,
    open: 'Open',
  },
} as const;

/** One notice for each target about all that began and all that ended: what has one cause is told in one message. */
export function composeOperatorNotices(
  platform: Pick<Platform, 'ids' | 'clock' | 'config'>,
  { notify, language }: OperatorAlertsInput,
  changes: { began: readonly OperatorTrouble[]; ended: readonly EndedTrouble[] } | undefined,
): Notice[] {
  const { config, clock, ids } = platform;
  const words = WORDS[language];
  const { began, ended } = changes ?? { began: [], ended: [] };
  const kind: NoticeKind = !changes ? 'test' : began.length > 0 ? 'raised' : 'cleared';
  const lines = [
    ...began.map((each) => sentenceOf(each, language, config)),
    ...ended.map((each) => `${words.over}: ${words.kinds[each.kind]}: ${each.name}`),
  ];
  const link = `${config.publicUrl}/settings`;
  const message = {
    subject: kind === 'test' ? words.test : words[kind](kind === 'raised' ? began.length : ended.length),
    text: [
      config.bankName,
      ...lines.slice(0, MOST_LINES),
      ...(lines.length > MOST_LINES ? [words.more(lines.length - MOST_LINES)] : []),
      `${words.open}: ${link}`,
    ].join('\n'),
    data: {
      began: began.slice(0, MOST_ITEMS).map((each) => ({ ...each, link: linkTo(each, config) })),
      beganCount: began.length,
      ended: ended.slice(0, MOST_ITEMS),
      endedCount: ended.length,
      link,
    },
  };
  const createdAt = clock.now();
  return notify.map((target) => ({
    noticeId: ids.newId(),
    alertId: undefined,
    kind,
    target,
    message,
    createdAt,
  }));
}

function sentenceOf(
  trouble: OperatorTrouble,
  language: OperatorAlertsInput['language'],
  config: Platform['config'],
): string {
  const words = WORDS[language];
  const facts = [
    words.since(localTime(Date.parse(trouble.since), config.timeZone)),
    ...(trouble.failures === undefined ? [] : [words.failures(trouble.failures)]),
    ...(trouble.problem === undefined ? [] : [trouble.problem[language]]),
  ];
  return `${words.kinds[trouble.kind]}: ${trouble.name} (${facts.join('; ')}) ${linkTo(trouble, config)}`;
}

function linkTo({ kind, objectId }: EndedTrouble, config: Platform['config']): string {
  const place = kind.startsWith('tag') ? 'tags' : 'audiences';
  return `${config.publicUrl}/${place}/${encodeURIComponent(objectId)}`;
}
