import type { Answer } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import type { AnalysisNeeds, ResolvedScope } from './scope-sql.ts';

/** Real seconds after which an analysis is stopped: nobody waits longer, and others want to ask too. */
const MAXIMUM_SECONDS = 60;
const TOO_SLOW = new Set(['159', '160']);
const TOO_LARGE = new Set(['241', '173', '396', '191']);

/**
 * Runs a statement of an analysis within bounds of time, and of memory as the server sets them: grouping goes on on
 * disk at the server's own bound. A lower one of ours (0.4 GB) made a funnel of 8 steps over 20 million events
 * about twice as slow.
 * @throws CodedError analysis_too_slow, analysis_too_large
 */
export async function runQuery<Row>(
  { platform }: AnalysisNeeds,
  scope: Pick<ResolvedScope, 'bindings'>,
  sql: string,
): Promise<Row[]> {
  try {
    return await platform.clickhouse.query<Row>(sql, scope.bindings.parameters, {
      max_execution_time: MAXIMUM_SECONDS,
    });
  } catch (error) {
    const code = String((error as { code?: string | number }).code ?? '');
    if (TOO_SLOW.has(code)) throw new CodedError('analysis_too_slow', { cause: error });
    if (TOO_LARGE.has(code)) throw new CodedError('analysis_too_large', { cause: error });
    throw error;
  }
}

/** What is said of every answer. `startedAt`: performance.now() when the question came. */
export function answerOf(scope: ResolvedScope, people: number, startedAt: number): Answer {
  return {
    from: new Date(scope.from).toISOString(),
    to: new Date(scope.to).toISOString(),
    asOf: new Date(scope.now).toISOString(),
    tookMs: Math.round(performance.now() - startedAt),
    ...(scope.sample < 1
      ? { sampled: { share: scope.sample, error: people === 0 ? 1 : sampleError(people, scope.sample) } }
      : {}),
  };
}

/** Half width of the 95 % interval of a share of one half, of `people` drawn from a finite population. */
function sampleError(people: number, share: number): number {
  return 1.959963984540054 * Math.sqrt((0.25 / people) * (1 - share));
}

/** A count of the sample, for the whole population. */
export function scaled(count: number, scope: Pick<ResolvedScope, 'sample'>): number {
  return scope.sample < 1 ? Math.round(count / scope.sample) : count;
}
