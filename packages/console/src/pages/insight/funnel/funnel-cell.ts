import type { AnalysisCell } from '@wutong/contract';
import { bodyOf, type QuestionOf } from '../question/question.ts';

/** The people who reached a step, or stopped at it. */
export function funnelCell(
  question: QuestionOf<'funnel'>,
  step: number,
  outcome: 'reached' | 'dropped',
  group?: string,
): AnalysisCell {
  return { kind: 'funnel', analysis: bodyOf(question), cell: { step, outcome, group } };
}
