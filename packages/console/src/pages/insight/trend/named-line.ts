import type { AnalysisCell, TrendAnswer } from '@wutong/contract';
import { bodyOf, type QuestionOf } from '../question/question.ts';

export type Line = TrendAnswer['series'][number];

/** One line of the answer as it is drawn: named, coloured, with its counterpart of the other period. */
export interface NamedLine extends Line {
  key: string;
  name: string;
  color: string;
  before: Line | undefined;
}

/** The people of one number. */
export function trendCell(question: QuestionOf<'trend'>, line: Line, bucket?: string): AnalysisCell {
  return {
    kind: 'trend',
    analysis: bodyOf(question),
    cell: { series: line.series, bucket, group: line.group },
  };
}
