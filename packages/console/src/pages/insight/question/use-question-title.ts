import { useCallback } from 'react';
import type { Analysis } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useReportNames } from '../reports/use-report-names.ts';
import type { InsightNames } from './use-insight-names.ts';

/** As many events as a title names. */
const MOST = 3;

/** A question in a few words, as the title of its chart: what it is about, then which kind of analysis. */
export function useQuestionTitle(names: InsightNames): (question: Analysis) => string {
  const { text } = useReader();
  const { titleOf: titleOfReport } = useReportNames(names);
  return useCallback(
    (question) => {
      const listed = (events: readonly { event: string; title?: string }[], between: string) =>
        events
          .slice(0, MOST)
          .map((event) => names.shown(event))
          .join(between);
      const about = (): string => {
        switch (question.kind) {
          case 'trend':
            return listed(question.series, text.punctuation.comma);
          case 'funnel':
            return listed([question.steps[0]!, question.steps.at(-1)!], ' → ');
          case 'retention':
            return listed([question.start, question.returning], ' → ');
          case 'interval':
            return listed([question.first, question.next], ' → ');
          case 'lifetime_value':
            return listed([question.start, question.value], ' → ');
          case 'distribution':
          case 'recency':
            return names.shown(question.event);
          case 'attribution':
            return names.shown(question.conversion);
          case 'path':
            return question.anchor ? names.event(question.anchor.event) : '';
          case 'session':
            return '';
          case 'report':
            return titleOfReport(question);
        }
      };
      const kind = text.insight.kinds[question.kind];
      const subject = about();
      return subject ? `${subject} · ${kind}` : kind;
    },
    [names, text, titleOfReport],
  );
}
