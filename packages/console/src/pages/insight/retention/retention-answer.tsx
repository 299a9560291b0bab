import { useMemo } from 'react';
import { insightApi, OTHER_GROUP, type RetentionAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { Chart } from '../chart/chart.tsx';
import { colorOf, QUIET } from '../chart/colors.ts';
import { Legend } from '../chart/legend.tsx';
import type { ChartSeries } from '../chart/series-chart.tsx';
import { useDrill } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useGroupNames } from '../question/use-value-names.ts';
import { RetentionTable } from './retention-table.tsx';
import { retentionCell } from './retention-cell.ts';
import styles from './retention.module.css';

type Props = AnswerViewProps<'retention'>;

/** Who comes back, and when. */
export default function RetentionAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseRetention}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <RetentionBody {...props} answer={answer} />}
    </Analysed>
  );
}

function RetentionBody({ question, tile, chart, heightPx, answer }: Props & { answer: RetentionAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const drill = useDrill();
  const groupName = useGroupNames(question.breakdown);
  const series = useMemo(
    () =>
      answer.overall.map((line, index): ChartSeries => ({
        key: line.group ?? '',
        name: line.group === undefined ? words.overall : groupName(line.group),
        // A period that no cohort has lived to the end says nothing; it is not a rate of nought.
        values: line.rates.map((rate, period) => ((line.people[period] ?? 0) > 0 ? rate : null)),
        color: line.group === OTHER_GROUP ? QUIET : colorOf(index),
      })),
    [answer, words, groupName],
  );
  const categories = useMemo(
    () => Array.from({ length: question.periods + 1 }, (_, period) => words.nth[answer.unit](period)),
    [question.periods, words, answer.unit],
  );
  if (answer.cohorts.length === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const pick = (key: string, period: number) => {
    const line = answer.overall.find(({ group }) => (group ?? '') === key);
    if (!line) return;
    const of = retentionCell(question, { period, returned: true, group: line.group });
    drill?.({ of, title: `${categories[period]} · ${words.cameBack}` });
  };
  const table = <RetentionTable question={question} answer={answer} categories={categories} />;
  if (tile && chart === 'table') return table;
  return (
    <>
      {series.length > 1 && <Legend items={series} />}
      <Chart
        label={words.retentionCurve}
        form="line"
        categories={categories}
        series={series}
        formatValue={(rate) => format.percent(rate, 0)}
        heightPx={heightPx ?? 260}
        most={1}
        onPick={drill && pick}
      />
      {!tile && <div className={styles.table}>{table}</div>}
      {!tile && question.cohort === 'every' && <p className={styles.note}>{words.everyCohortNote}</p>}
    </>
  );
}
