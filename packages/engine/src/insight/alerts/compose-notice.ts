import type { Alert, AlertTarget, noticeKinds } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import type { Check } from './alert-store.ts';

export type NoticeKind = (typeof noticeKinds)[number];

/** What is told to one target. */
export interface Notice {
  readonly noticeId: string;
  /** Absent: a notice to operators. */
  readonly alertId: string | undefined;
  readonly kind: NoticeKind;
  readonly target: AlertTarget;
  readonly message: NoticeMessage;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** `subject` and `text` are an e-mail's; `data` is what a webhook gets. */
export interface NoticeMessage {
  readonly subject: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One notice for each target of an alert. No value of a person is in them: only the number and its bounds. */
export function composeNotices(
  platform: Pick<Platform, 'ids' | 'clock' | 'config'>,
  alert: Alert,
  kind: NoticeKind,
  check: Check | undefined,
): Notice[] {
  const createdAt = platform.clock.now();
  const message = composeMessage(platform, alert, kind, check, createdAt);
  return alert.notify.map((target) => ({
    noticeId: platform.ids.newId(),
    alertId: alert.alertId,
    kind,
    target,
    message,
    createdAt,
  }));
}

const SUBJECTS = {
  zh: { raised: '【预警】', cleared: '【预警解除】', test: '【预警测试】' },
  en: { raised: '[Alert] ', cleared: '[Alert over] ', test: '[Alert test] ' },
} as const;

const LABELS = {
  zh: { number: '当前数值', before: '上一周期', usual: '正常范围', at: '时间', open: '查看' },
  en: { number: 'Value', before: 'Period before', usual: 'Usual', at: 'At', open: 'Open' },
} as const;

function composeMessage(
  { config }: Pick<Platform, 'config'>,
  alert: Alert,
  kind: NoticeKind,
  check: Check | undefined,
  at: number,
): NoticeMessage {
  const labels = LABELS[alert.language];
  const link = `${config.publicUrl}/insight/alerts?alert=${alert.alertId}`;
  const rounded = (value: number) => String(Math.round(value * 100) / 100);
  const lines: [string, string | undefined][] = [
    [labels.number, check?.value === undefined ? undefined : rounded(check.value)],
    [labels.before, check?.before === undefined ? undefined : rounded(check.before)],
    [
      labels.usual,
      check?.low === undefined || check.high === undefined
        ? undefined
        : `${rounded(check.low)} – ${rounded(check.high)}`,
    ],
    [labels.at, localTime(check?.at ?? at, config.timeZone)],
    [labels.open, link],
  ];
  return {
    subject: `${SUBJECTS[alert.language][kind]}${alert.name}`,
    text: [
      `${config.bankName} · ${alert.name}`,
      ...lines.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`])),
    ].join('\n'),
    data: {
      alertId: alert.alertId,
      name: alert.name,
      condition: alert.condition,
      value: check?.value,
      before: check?.before,
      expected: check?.expected,
      low: check?.low,
      high: check?.high,
      checkedAt: check && new Date(check.at).toISOString(),
      link,
    },
  };
}

/** `2026-03-02 10:00 Asia/Shanghai`. */
export function localTime(at: number, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    at,
  );
  return `${text} ${timeZone}`;
}
