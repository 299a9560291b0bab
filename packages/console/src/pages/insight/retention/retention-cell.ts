import type { AnalysisCell } from '@wutong/contract';
import { bodyOf, type QuestionOf } from '../question/question.ts';

type Cell = Extract<AnalysisCell, { kind: 'retention' }>['cell'];

/** The people of a cohort, or those of it who came back. */
export function retentionCell(question: QuestionOf<'retention'>, cell: Cell): AnalysisCell {
  return { kind: 'retention', analysis: bodyOf(question), cell };
}
