/** What an alert is made of while it is edited. Pure. */
import { trendRequestSchema, type Alert, type AlertCondition, type AlertInput } from '@wutong/contract';
import type { InsightNames } from '../question/use-insight-names.ts';

type Unit = AlertInput['analysis']['unit'];

/** Days of history that the detection of the unusual wants, by the length of a period. */
export const historyDays: Record<Unit, number> = { hour: 14, day: 60, week: 182, month: 730 };

/** The parts of an alert that its owner sets. */
export function inputOf(alert: Alert): AlertInput {
  const { name, analysis, condition, everyMinutes, enabled, notify, notifyCleared, language } = alert;
  return { name, analysis, condition, everyMinutes, enabled, notify, notifyCleared, language };
}

/** A change of a fifth either way: of any number it may come true, which no level of our choice does. */
const firstCondition: AlertCondition = { kind: 'change', direction: 'either', percent: 20 };

/** A new alert about the most frequent event: today until now against yesterday until the same hour. */
export function newAlert(names: InsightNames, language: 'zh' | 'en'): AlertInput {
  return {
    name: '',
    analysis: trendRequestSchema.parse({
      period: { lastDays: 1 },
      series: [{ event: names.events[0]?.name ?? '*' }],
    }),
    condition: firstCondition,
    everyMinutes: 60,
    enabled: true,
    notify: [],
    notifyCleared: true,
    language,
  };
}

/** The condition of another kind, with values to begin from. */
export function conditionOf(kind: AlertCondition['kind']): AlertCondition {
  switch (kind) {
    case 'threshold':
      // Counts are never below zero: whoever saves this level unread is told at once, not never.
      return { kind, direction: 'above', value: 0 };
    case 'change':
      return firstCondition;
    case 'anomaly':
      return { kind, direction: 'either', sensitivity: 3.5 };
  }
}

/** The draft with another condition; the unusual is looked for over enough history. */
export function withCondition(draft: AlertInput, condition: AlertCondition): AlertInput {
  const { analysis } = draft;
  const wasAnomaly = draft.condition.kind === 'anomaly';
  if (condition.kind === 'anomaly') {
    const period = { lastDays: historyDays[analysis.unit] };
    return { ...draft, condition, analysis: { ...analysis, period } };
  }
  return {
    ...draft,
    condition,
    analysis: wasAnomaly ? { ...analysis, period: { lastDays: 1 } } : analysis,
  };
}
