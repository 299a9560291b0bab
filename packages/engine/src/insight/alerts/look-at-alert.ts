import { LEAST_HISTORY, type Alert, type AlertCondition, type TrendRequest } from '@wutong/contract';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { measureTrend } from '../analyses/trend.ts';
import { CodedError, isEngineUnavailable } from '../../platform/index.ts';
import { usualAfter } from '../statistics/detect-anomaly.ts';
import type { Check } from './alert-store.ts';

type Anomaly = Extract<AlertCondition, { kind: 'anomaly' }>;

/** Code of a look that could not tell because too little lies before it. */
export const NOT_ENOUGH_HISTORY = 'not_enough_history';
/** Code of a look that found nothing to average: that is no average of 0, and no reason for an alarm. */
const NO_DATA = 'no_data';

/**
 * What an alert finds at `now` (epoch ms). What cannot be computed is a problem of the look and leaves the alert
 * as it was; only an engine that is away is thrown, so that the look is tried again.
 */
export async function lookAt(asking: AnalysisNeeds, alert: Alert, now: number): Promise<Check> {
  try {
    return alert.condition.kind === 'anomaly'
      ? await lookForAnomaly(asking, alert, alert.condition, now)
      : await lookAtTotal(asking, alert, alert.condition, now);
  } catch (error) {
    if (isEngineUnavailable(error)) throw error;
    return failed(alert, now, error instanceof CodedError ? error.code : 'internal_error');
  }
}

/** A look that could not tell: it neither raises nor clears. */
export const failed = (alert: Alert, now: number, problem: string): Check => ({
  at: now,
  value: undefined,
  before: undefined,
  raised: alert.raised,
  problem,
});

async function lookAtTotal(
  asking: AnalysisNeeds,
  alert: Alert,
  condition: Exclude<AlertCondition, Anomaly>,
  now: number,
): Promise<Check> {
  const compares = condition.kind === 'change';
  const analysis: TrendRequest = { ...alert.analysis, compare: compares ? 'previous_period' : undefined };
  const answer = await measureTrend(asking, analysis);
  const value = answer.series[0]!.total;
  const before = compares ? answer.compared!.series[0]!.total : undefined;
  if (value === null || before === null) return failed(alert, now, NO_DATA);
  return { at: now, value, before, raised: isRaised(condition, value, before), problem: undefined };
}

async function lookForAnomaly(
  asking: AnalysisNeeds,
  alert: Alert,
  condition: Anomaly,
  now: number,
): Promise<Check> {
  const [series] = alert.analysis.series;
  const analysis: TrendRequest = { ...alert.analysis, series: [series!], compare: undefined };
  const answer = await measureTrend(asking, analysis);
  // A first bucket that began before the period is not whole, and the last one is still running.
  const isFirstWhole = Date.parse(answer.buckets[0]!) >= Date.parse(answer.from);
  const complete = answer.series[0]!.values.slice(isFirstWhole ? 0 : 1, -1);
  const value = complete.at(-1);
  // Before the event was first collected there is no history.
  const begins = complete.findIndex((each) => each !== 0 && each !== null);
  const past = begins < 0 ? [] : complete.slice(begins, -1);
  const history = past.filter((each) => each !== null);
  if (value === undefined || history.length < LEAST_HISTORY) return failed(alert, now, NOT_ENOUGH_HISTORY);
  if (value === null) return failed(alert, now, NO_DATA);
  const usual = usualAfter(history, {
    unit: history.length === past.length ? alert.analysis.unit : undefined,
    sensitivity: condition.sensitivity,
    isCount: series!.measure.kind === 'count' || series!.measure.kind === 'people',
  });
  return {
    at: now,
    value,
    before: undefined,
    ...usual,
    raised:
      (condition.direction !== 'fall' && value > usual.high) ||
      (condition.direction !== 'rise' && value < usual.low),
    problem: undefined,
  };
}

/** Whether a condition holds. A rise from nothing is as large as can be; nothing after nothing is no change. */
export function isRaised(
  condition: Exclude<AlertCondition, Anomaly>,
  value: number,
  before: number | undefined,
): boolean {
  if (condition.kind === 'threshold') {
    return condition.direction === 'above' ? value > condition.value : value < condition.value;
  }
  if (before === undefined || value === before) return false;
  const percent =
    before === 0 ? Math.sign(value) * Number.POSITIVE_INFINITY : ((value - before) / Math.abs(before)) * 100;
  if (condition.direction === 'rise') return percent >= condition.percent;
  if (condition.direction === 'fall') return percent <= -condition.percent;
  return Math.abs(percent) >= condition.percent;
}
