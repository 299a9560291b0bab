import { useMemo } from 'react';
import { insightApi, type AnalysisCell, type LifetimeValueAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { palette } from '../../../frame/theme.ts';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { Chart } from '../chart/chart.tsx';
import { heat } from '../chart/colors.ts';
import { DataTable, type DataColumn } from '../chart/data-table.tsx';
import type { ChartSeries } from '../chart/series-chart.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useBucketName } from '../use-bucket-name.ts';
import styles from './lifetime-value.module.css';

type Props = AnswerViewProps<'lifetime_value'>;
type Cohort = LifetimeValueAnswer['cohorts'][number];

/** What people are worth, the longer they stay. */
export default function LifetimeValueAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseLifetimeValue}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <LifetimeValueBody {...props} answer={answer} />}
    </Analysed>
  );
}

function LifetimeValueBody({ question, tile, heightPx, answer }: Props & { answer: LifetimeValueAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const lived = answer.overall.filter(({ people }) => people > 0);
  const categories = useMemo(
    () => lived.map(({ period }) => words.nth[answer.unit](period)),
    // The answer decides what was lived.
    [answer, words],
  );
  const series = useMemo(
    (): ChartSeries[] => [
      {
        key: 'overall',
        name: words.perPerson,
        values: lived.map(({ perPerson }) => perPerson),
        color: palette.accent,
      },
    ],
    [answer, words],
  );
  if (answer.cohorts.length === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const people = answer.cohorts.reduce((sum, cohort) => sum + cohort.people, 0);
  const last = lived.at(-1);
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat label={words.began} value={format.compact(people)} />
          <Stat label={words.firstPeriodValue} value={format.decimal(lived[0]?.perPerson)} />
          {last && (
            <Stat
              label={words.valueAfter(words.nth[answer.unit](last.period))}
              value={format.decimal(last.perPerson)}
              definition={words.lifetimeHint}
            />
          )}
        </StatRow>
      )}
      {last ? (
        <Chart
          label={words.perPerson}
          form="line"
          categories={categories}
          series={series}
          formatValue={format.compact}
          heightPx={heightPx ?? 260}
        />
      ) : (
        <EmptyState small title={words.lifetimeNotYet} hint={words.lifetimeHint} />
      )}
      {!tile && <CohortTable question={question} answer={answer} />}
    </>
  );
}

/** Cohorts down, periods across: value per person up to the end of each. */
function CohortTable({ question, answer }: { question: Props['question']; answer: LifetimeValueAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const bucketName = useBucketName();
  const highest = Math.max(
    1e-9,
    ...answer.cohorts.flatMap(({ cumulative }) => cumulative.map((value) => value ?? 0)),
  );
  const cell = (cohort: string, payers: boolean): AnalysisCell => ({
    kind: 'lifetime_value',
    analysis: bodyOf(question),
    cell: { cohort, payers },
  });
  const columns: DataColumn<Cohort>[] = [
    { key: 'from', title: words.cohortName, text: true, render: ({ from }) => bucketName(from, answer.unit) },
    {
      key: 'people',
      title: words.peopleCount,
      render: ({ from, people }) => (
        <DrillNumber of={cell(from, false)} title={bucketName(from, answer.unit)}>
          {format.integer(people)}
        </DrillNumber>
      ),
    },
    ...Array.from({ length: question.periods + 1 }, (_, period): DataColumn<Cohort> => ({
      key: String(period),
      title: words.nth[answer.unit](period),
      style: ({ cumulative }) => {
        const value = cumulative[period];
        return value === null || value === undefined ? undefined : heat(value / highest);
      },
      render: ({ from, cumulative }) => {
        const value = cumulative[period];
        if (value === null || value === undefined) return '';
        return (
          <DrillNumber
            of={value > 0 ? cell(from, true) : undefined}
            title={`${bucketName(from, answer.unit)} · ${words.payers}`}
          >
            {format.compact(Math.abs(value) < 100 ? Math.round(value * 100) / 100 : value)}
          </DrillNumber>
        );
      },
    })).filter((_, period) => answer.cohorts.some(({ cumulative }) => cumulative[period] !== undefined)),
  ];
  return (
    <div className={styles.table}>
      <DataTable
        label={words.perPerson}
        columns={columns}
        rows={answer.cohorts}
        rowKey={({ from }) => from}
        heat
      />
      <p className={`faint ${styles.note}`}>{words.lifetimeNote}</p>
    </div>
  );
}
