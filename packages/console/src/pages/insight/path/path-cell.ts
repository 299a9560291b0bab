import type { AnalysisCell } from '@wutong/contract';
import { bodyOf, type QuestionOf } from '../question/question.ts';

/** The people at a node, or those who went on to another. */
export function pathCell(
  question: QuestionOf<'path'>,
  level: number,
  name: string,
  next?: string,
): AnalysisCell {
  return { kind: 'path', analysis: bodyOf(question), cell: { level, name, next } };
}
