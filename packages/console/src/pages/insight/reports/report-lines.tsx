import { useMemo } from 'react';
import { useReader } from '../../../frame/reader.tsx';
import { Chart } from '../chart/chart.tsx';
import { colorOf } from '../chart/colors.ts';
import { Legend } from '../chart/legend.tsx';
import type { ChartSeries } from '../chart/series-chart.tsx';
import { useDrill } from '../drill/drill.tsx';
import type { DrawnReport, ReportRow } from './drawn-report.ts';

/** As many lines as can be told apart. */
const MOST = 6;

interface ReportLinesProps {
  drawn: DrawnReport;
  measure: number;
  /** Place of the dimension of time. */
  timePlace: number;
  heightPx: number | undefined;
}

/** One measure over time: a line for each group of the other dimensions, the period before dashed. */
export function ReportLines({ drawn, measure, timePlace, heightPx }: ReportLinesProps) {
  const { text, format } = useReader();
  const { answer, question, shown, measureTitles, cellOf } = drawn;
  const drill = useDrill();
  const { times, groups } = useMemo(() => {
    const timeOf = (row: ReportRow) => row.dimensions[timePlace]!;
    const found = new Map(answer.rows.map((row) => [timeOf(row).value, timeOf(row).title]));
    const starts = [...found].toSorted(([, left], [, right]) => left.localeCompare(right));
    const byGroup = new Map<string, ReportRow[]>();
    for (const row of answer.rows) {
      const key = JSON.stringify(
        row.dimensions.filter((_, place) => place !== timePlace).map(({ value }) => value),
      );
      byGroup.set(key, [...(byGroup.get(key) ?? []), row]);
    }
    const size = (rows: readonly ReportRow[]) =>
      rows.reduce((sum, row) => sum + Math.abs(row.values[measure] ?? 0), 0);
    const largest = [...byGroup]
      .toSorted(([, left], [, right]) => size(right) - size(left))
      .slice(0, MOST)
      .map(([key, rows]) => ({ key, rows: new Map(rows.map((row) => [timeOf(row).value, row])) }));
    return { times: starts.map(([value, title]) => ({ value, title })), groups: largest };
  }, [answer, measure, timePlace]);
  const nameOf = (rows: ReadonlyMap<string, ReportRow>) => {
    const [row] = rows.values();
    const parts = row?.dimensions.flatMap((each, place) =>
      place === timePlace ? [] : [shown.value(question.dimensions[place], each)],
    );
    return parts?.join(' · ') || measureTitles[measure] || '';
  };
  const series = groups.flatMap(({ key, rows }, index): ChartSeries[] => {
    const line = { key, name: nameOf(rows), color: colorOf(index) };
    const values = times.map(({ value }) => rows.get(value)?.values[measure] ?? null);
    if (!answer.total.before) return [{ ...line, values }];
    const before = times.map(({ value }) => rows.get(value)?.before?.[measure] ?? null);
    return [
      { ...line, values },
      {
        ...line,
        key: `${key} before`,
        name: `${line.name} · ${text.insight.before}`,
        values: before,
        dashed: true,
      },
    ];
  });
  const categories = times.map((each) => shown.value(question.dimensions[timePlace], each));
  const pick = (key: string, index: number) => {
    const row = groups.find((each) => each.key === key)?.rows.get(times[index]?.value ?? '');
    const of = row && cellOf(row);
    if (row && of) drill?.({ of, title: drawn.rowTitle(row) });
  };
  return (
    <>
      {groups.length > 1 && (
        <Legend
          items={groups.map(({ key, rows }, index) => ({ key, name: nameOf(rows), color: colorOf(index) }))}
        />
      )}
      <Chart
        label={measureTitles[measure] ?? ''}
        form={times.length > 2 ? 'line' : 'bar'}
        categories={categories}
        series={series}
        formatValue={format.compact}
        heightPx={heightPx ?? 300}
        onPick={drill && pick}
      />
    </>
  );
}
