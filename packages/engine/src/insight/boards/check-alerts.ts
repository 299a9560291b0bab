import type { Alert, AlertCondition, TrendRequest } from '@wutong/contract';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { analyseTrend } from '../analyses/trend.ts';
import { CodedError, isEngineUnavailable, type Platform } from '../../platform/index.ts';
import { claimDueAlert, writeCheck, type Check } from './alert-store.ts';

/**
 * Looks at the alert that is due longest. True when there may be another. A process that dies in between leaves
 * one look out; the next one comes at its time.
 */
export async function checkNextAlert(
  platform: Pick<Platform, 'database' | 'clock'>,
  asking: AnalysisNeeds,
): Promise<boolean> {
  const now = platform.clock.now();
  const alert = await platform.database.transaction((transaction) => claimDueAlert(transaction, now));
  if (!alert) return false;
  const check = await lookAt(asking, alert, now);
  await platform.database.transaction((transaction) => writeCheck(transaction, alert.alertId, check));
  return true;
}

async function lookAt(asking: AnalysisNeeds, alert: Alert, now: number): Promise<Check> {
  const compares = alert.condition.kind === 'change';
  const analysis: TrendRequest = { ...alert.analysis, compare: compares ? 'previous_period' : undefined };
  try {
    const answer = await analyseTrend(asking, analysis);
    const value = answer.series[0]?.total ?? 0;
    const before = compares ? (answer.compared?.series[0]?.total ?? 0) : undefined;
    return { at: now, value, before, raised: isRaised(alert.condition, value, before), problem: undefined };
  } catch (error) {
    if (isEngineUnavailable(error)) throw error;
    const problem = error instanceof CodedError ? error.code : 'internal_error';
    return { at: now, value: undefined, before: undefined, raised: alert.raised, problem };
  }
}

/** Whether a condition holds. A rise from nothing is as large as can be; nothing after nothing is no change. */
export function isRaised(condition: AlertCondition, value: number, before: number | undefined): boolean {
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
