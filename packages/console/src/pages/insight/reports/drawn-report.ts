import type { AnalysisCell, ReportAnswer } from '@wutong/contract';
import type { QuestionOf } from '../question/question.ts';
import type { ReportNames } from './use-report-names.ts';

export type ReportRow = ReportAnswer['rows'][number];

/** What the parts of a drawn report share. */
export interface DrawnReport {
  question: QuestionOf<'report'>;
  answer: ReportAnswer;
  shown: ReportNames;
  /** Measures and rows in the reader's words. */
  measureTitles: readonly string[];
  rowTitle: (row: ReportRow) => string;
  cellOf: (row: ReportRow | undefined) => AnalysisCell | undefined;
  /** Asks the report below another institution; undefined on dashboards. */
  lookUnder:
    ((institution: string | undefined, more?: QuestionOf<'report'>['dimensions']) => void) | undefined;
}
