import { useMemo, useState } from 'react';
import { Segmented } from 'antd';
import { insightApi, OTHER_GROUP, type TrendAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { Chart } from '../chart/chart.tsx';
import { colorOf, QUIET } from '../chart/colors.ts';
import type { ChartForm, ChartSeries } from '../chart/series-chart.tsx';
import { runningBucket } from '../chart/running-bucket.ts';
import { useDrill } from '../drill/drill.tsx';
import { bodyOf } from '../question/question.ts';
import { useGroupNames } from '../question/use-value-names.ts';
import { useBucketName } from '../use-bucket-name.ts';
import { SeriesTotals } from './series-totals.tsx';
import { TrendTable } from './trend-table.tsx';
import { trendCell, type Line, type NamedLine } from './named-line.ts';

type Props = AnswerViewProps<'trend'>;
/** Events over time. */
export default function TrendAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseTrend}
      body={bodyOf(props.question)}
      tile={props.tile}
      ownComparison
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <TrendBody {...props} answer={answer} />}
    </Analysed>
  );
}

function TrendBody({ question, names, tile, chart, heightPx, answer }: Props & { answer: TrendAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const drill = useDrill();
  const bucketName = useBucketName();
  const seriesName = useSeriesName(names);
  const lines = useNamedLines(question, names, answer);
  const [hidden, setHidden] = useState(() => overshadowing(lines));
  const [form, setForm] = useState<ChartForm>((chart as ChartForm | undefined) ?? 'line');
  const categories = useMemo(
    () => answer.buckets.map((bucket) => bucketName(bucket, answer.unit)),
    [answer, bucketName],
  );
  const series = useMemo(
    () =>
      lines
        .filter(({ key }) => !hidden.has(key))
        .flatMap((line): ChartSeries[] => [
          line,
          ...(line.before
            ? [
                {
                  key: `${line.key} before`,
                  name: `${line.name} · ${words.before}`,
                  values: line.before.values.slice(0, answer.buckets.length),
                  color: line.color,
                  dashed: true,
                },
              ]
            : []),
        ]),
    [lines, hidden, words, answer],
  );
  const running = useMemo(() => {
    const index = runningBucket(answer.buckets, answer);
    return index === undefined ? undefined : { index, name: words.notOver };
  }, [answer, words]);
  if (lines.every((line) => line.total === 0)) {
    return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  }
  const [first] = question.series;
  const subject = question.breakdown && question.series.length === 1 && first ? seriesName(first) : '';
  const comparison =
    answer.compared &&
    words.comparedWith(format.date(answer.compared.from), format.date(Date.parse(answer.compared.to) - 1));
  const pick = (key: string, index: number) => {
    const line = lines.find((each) => each.key === key);
    if (!line) return;
    const of = trendCell(question, line, answer.buckets[index]);
    drill?.({ of, title: `${line.name} · ${categories[index]}` });
  };
  return (
    <>
      <SeriesTotals
        lines={lines}
        question={question}
        hidden={hidden}
        tile={tile}
        onToggle={(key) => {
          const next = new Set(hidden);
          if (!next.delete(key)) next.add(key);
          setHidden(next);
        }}
      />
      {!tile && (
        <div className="spread" style={{ margin: '6px 0 4px' }}>
          <span className="faint">{[subject, comparison].filter(Boolean).join(' · ')}</span>
          <Segmented
            size="small"
            aria-label={words.chartForm}
            value={form}
            options={(['line', 'bar', 'stack'] as const).map((each) => ({
              value: each,
              label: words.forms[each],
            }))}
            onChange={setForm}
          />
        </div>
      )}
      <Chart
        label={lines.map(({ name }) => name).join(text.punctuation.comma)}
        form={form}
        categories={categories}
        series={series}
        formatValue={format.compact}
        heightPx={heightPx ?? 340}
        running={running}
        onPick={drill && pick}
      />
      {!tile && (
        <TrendTable
          question={question}
          answer={answer}
          lines={lines}
          categories={categories}
          running={running}
        />
      )}
    </>
  );
}

/** What is left over is mostly larger than each group, and would press them flat; it is shown by a click. */
function overshadowing(lines: readonly NamedLine[]): ReadonlySet<string> {
  const groups = lines.filter(({ group }) => group !== OTHER_GROUP);
  const highest = Math.max(0, ...groups.flatMap(({ values }) => values));
  const tooHigh = lines.filter(
    ({ group, values }) => group === OTHER_GROUP && Math.max(...values) > 2 * highest,
  );
  return new Set(groups.length > 0 ? tooHigh.map(({ key }) => key) : []);
}

/** What a series counts: the event and its measure. */
function useSeriesName(names: Props['names']): (asked: Props['question']['series'][number]) => string {
  const { text } = useReader();
  return (asked) => {
    const { measure } = asked;
    const property = 'property' in measure ? ` ${names.property(measure.property)}` : '';
    return `${names.shown(asked)} · ${text.insight.measures[measure.kind]}${property}`;
  };
}

/** Lines with their names: of the event where several are asked about, of the group where there are groups. */
function useNamedLines(question: Props['question'], names: Props['names'], answer: TrendAnswer): NamedLine[] {
  const seriesName = useSeriesName(names);
  const groupName = useGroupNames(question.breakdown);
  const nameOf = (line: Line): string => {
    const asked = question.series[line.series];
    if (!asked) return line.title;
    const whole = seriesName(asked);
    if (line.group === undefined) return whole;
    return question.series.length > 1 ? `${whole} · ${groupName(line.group)}` : groupName(line.group);
  };
  return answer.series.map((line, index) => ({
    ...line,
    key: `${line.series} ${line.group ?? ''}`,
    name: nameOf(line),
    color: line.group === OTHER_GROUP ? QUIET : colorOf(index),
    before: answer.compared?.series.find(
      (other) => other.series === line.series && other.group === line.group,
    ),
  }));
}
