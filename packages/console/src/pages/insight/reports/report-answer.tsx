import { useState } from 'react';
import { Select } from 'antd';
import { useSearchParams } from 'react-router-dom';
import { insightApi, type ReportAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { bodyOf, writeQuestion } from '../question/question.ts';
import { ReportBars } from './report-bars.tsx';
import { ReportLines } from './report-lines.tsx';
import { ReportPath } from './report-path.tsx';
import { ReportTable } from './report-table.tsx';
import { useReportNames } from './use-report-names.ts';
import type { DrawnReport } from './drawn-report.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './report.module.css';

type Props = AnswerViewProps<'report'>;

/** A business report: its way down the tree, a chart, and the table. */
export default function ReportAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.runReport}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <ReportBody {...props} answer={answer} />}
    </Analysed>
  );
}

function ReportBody({ question, names, tile, heightPx, answer }: Props & { answer: ReportAnswer }) {
  const { text, format } = useReader();
  const words = text.reports;
  const shown = useReportNames(names);
  const [, setSearch] = useSearchParams();
  const [measure, setMeasure] = useState(0);
  const { dimensions, subject } = question;
  const lookUnder: DrawnReport['lookUnder'] = (institution, more = []) => {
    const next = {
      ...question,
      dimensions: [
        ...dimensions.map((each) =>
          each.kind === 'institution' ? { ...each, under: institution, levels: 1 } : each,
        ),
        ...more,
      ],
    };
    setSearch((former) => {
      const search = new URLSearchParams(former);
      search.set('q', writeQuestion(next));
      return search;
    });
  };
  const drawn: DrawnReport = {
    question,
    answer,
    shown,
    measureTitles: question.measures.map((each) => shown.measure(each, subject)),
    rowTitle: (row) => row.dimensions.map((each, place) => shown.value(dimensions[place], each)).join(' · '),
    cellOf: (row) =>
      row?.hidden || row?.people === 0
        ? undefined
        : {
            kind: 'report',
            analysis: bodyOf(question),
            cell: { values: row?.dimensions.map(({ value }) => value) ?? [] },
          },
    lookUnder: tile ? undefined : lookUnder,
  };
  const hidden = answer.rows.filter((row) => row.hidden).length;
  const timePlace = dimensions.findIndex(({ kind }) => kind === 'time');
  const path = !tile && <ReportPath drawn={drawn} />;
  if (answer.total.people === 0 && hidden === 0) {
    return (
      <>
        {path}
        <EmptyState title={text.insight.nothing} hint={tile ? undefined : text.insight.nothingHint} />
      </>
    );
  }
  const chosen = Math.min(measure, question.measures.length - 1);
  const chart =
    answer.rows.length > 0 &&
    (timePlace >= 0 ? (
      <ReportLines drawn={drawn} measure={chosen} timePlace={timePlace} heightPx={heightPx} />
    ) : (
      <ReportBars drawn={drawn} measure={chosen} tile={tile ?? false} />
    ));
  if (tile) {
    return question.measures.length === 1 && chart ? (
      chart
    ) : (
      <ReportTable drawn={drawn} heightPx={heightPx} />
    );
  }
  return (
    <>
      {path}
      <div className={styles.parts} data-lines={timePlace >= 0}>
        <section className={styles.chart} aria-label={words.chartMeasure} hidden={!chart}>
          <header>
            {question.measures.length > 1 ? (
              <Select
                size="small"
                variant="filled"
                aria-label={words.chartMeasure}
                {...wideList}
                value={chosen}
                options={drawn.measureTitles.map((label, value) => ({ value, label }))}
                onChange={setMeasure}
              />
            ) : (
              <h3>{drawn.measureTitles[0]}</h3>
            )}
          </header>
          {chart}
        </section>
        <section className={styles.table}>
          <ReportTable drawn={drawn} />
          {hidden > 0 && (
            <p className={styles.note} role="note">
              {words.hiddenRows(format.integer(hidden))}
            </p>
          )}
          {!answer.isComplete && (
            <p className={styles.note}>{words.incomplete(format.integer(answer.rows.length))}</p>
          )}
        </section>
      </div>
    </>
  );
}
