import { useMemo, useState } from 'react';
import { Segmented } from 'antd';
import { insightApi, type AnalysisCell, type SessionAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { palette } from '../../../frame/theme.ts';
import { ShareBars } from '../../../parts/share-bars.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { Chart } from '../chart/chart.tsx';
import { Histogram } from '../chart/histogram.tsx';
import { runningBucket } from '../chart/running-bucket.ts';
import type { ChartSeries } from '../chart/series-chart.tsx';
import { useDurationBins } from '../chart/use-duration-bins.ts';
import { useDrill } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useBucketName } from '../use-bucket-name.ts';
import styles from './session.module.css';

type Props = AnswerViewProps<'session'>;
const measures = ['sessions', 'people', 'meanMs', 'meanEvents', 'bounceShare'] as const;
type Measure = (typeof measures)[number];
const MOST_EVENTS = 8;
const SECOND_MS = 1_000;

/** Visits: how many, how long, where they begin and end. */
export default function SessionAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseSession}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <SessionBody {...props} answer={answer} />}
    </Analysed>
  );
}

function SessionBody(props: Props & { answer: SessionAnswer }) {
  const { question, tile, chart, heightPx, answer } = props;
  const { text, format } = useReader();
  const words = text.insight;
  const drill = useDrill();
  const bucketName = useBucketName();
  const [measure, setMeasure] = useState<Measure>((chart as Measure | undefined) ?? 'sessions');
  const categories = useMemo(
    () => answer.buckets.map(({ from }) => bucketName(from, answer.unit)),
    [answer, bucketName],
  );
  const series = useMemo(
    (): ChartSeries[] => [
      {
        key: measure,
        name: words.sessionMeasures[measure],
        values: answer.buckets.map((bucket) => bucket[measure]),
        color: palette.accent,
      },
    ],
    [answer, measure, words],
  );
  const running = useMemo(() => {
    const starts = answer.buckets.map(({ from }) => from);
    const index = runningBucket(starts, answer);
    return index === undefined ? undefined : { index, name: words.notOver };
  }, [answer, words]);
  if (answer.sessions === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const written: Record<Measure, (value: number) => string> = {
    sessions: format.compact,
    people: format.compact,
    meanMs: format.duration,
    meanEvents: (value) => format.decimal(value, 1),
    bounceShare: (value) => format.percent(value, 0),
  };
  const pick = (_key: string, index: number) => {
    const bucket = answer.buckets[index];
    if (!bucket) return;
    const of: AnalysisCell = {
      kind: 'session',
      analysis: bodyOf(question),
      cell: { bucket: bucket.from, minimumMs: 0 },
    };
    drill?.({ of, title: `${words.sessions} · ${categories[index]}` });
  };
  return (
    <>
      {!tile && <Totals answer={answer} />}
      {!tile && (
        <div className={styles.choice}>
          <Segmented
            size="small"
            aria-label={words.measure}
            value={measure}
            options={measures.map((each) => ({ value: each, label: words.sessionMeasures[each] }))}
            onChange={setMeasure}
          />
        </div>
      )}
      <Chart
        label={words.sessionMeasures[measure]}
        form="line"
        categories={categories}
        series={series}
        formatValue={written[measure]}
        heightPx={heightPx ?? 260}
        running={running}
        onPick={drill && pick}
      />
      {!tile && <Parts {...props} />}
    </>
  );
}

function Totals({ answer }: { answer: SessionAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  return (
    <StatRow>
      <Stat
        label={words.sessions}
        value={format.compact(answer.sessions)}
        note={words.personCount(format.compact(answer.people))}
      />
      <Stat
        label={words.medianLength}
        value={answer.medianMs < SECOND_MS ? words.underSecond : format.duration(answer.medianMs)}
      />
      <Stat label={words.sessionMeasures.meanMs} value={format.duration(answer.meanMs)} />
      <Stat label={words.sessionMeasures.meanEvents} value={format.decimal(answer.meanEvents, 1)} />
      <Stat
        label={words.sessionMeasures.bounceShare}
        value={format.percent(answer.bounceShare)}
        definition={words.bounceHint}
      />
    </StatRow>
  );
}

/** Lengths, and the events that visits begin and end with. */
function Parts({ question, names, answer }: Props & { answer: SessionAnswer }) {
  const { text } = useReader();
  const words = text.insight;
  const binsOf = useDurationBins();
  const events = (list: SessionAnswer['entries']) =>
    list
      .slice(0, MOST_EVENTS)
      .map(({ event, sessions }) => ({ key: event, name: names.event(event), value: sessions }));
  return (
    <div className={styles.parts}>
      <section className={styles.lengths}>
        <h3>{words.lengths}</h3>
        <Histogram
          label={words.lengths}
          heightPx={190}
          mostNames={5}
          bars={binsOf(
            answer.lengths.map(({ fromMs, toMs, sessions }) => ({
              fromMs,
              toMs,
              value: sessions,
              of: {
                kind: 'session' as const,
                analysis: bodyOf(question),
                cell: { minimumMs: fromMs, maximumMs: toMs ?? undefined },
              },
            })),
          )}
        />
      </section>
      <section>
        <h3>{words.entries}</h3>
        <ShareBars items={events(answer.entries)} total={answer.sessions} />
      </section>
      <section>
        <h3>{words.exits}</h3>
        <ShareBars items={events(answer.exits)} total={answer.sessions} />
      </section>
    </div>
  );
}
