import { useEffect, useRef } from 'react';
import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { fontFamily, palette } from '../../../frame/theme.ts';

use([
  LineChart,
  BarChart,
  GridComponent,
  TooltipComponent,
  AriaComponent,
  MarkAreaComponent,
  MarkLineComponent,
  SVGRenderer,
]);

export interface ChartSeries {
  key: string;
  name: string;
  values: readonly (number | null)[];
  color: string;
  /** Of another period, or of another kind: drawn lighter and dashed. */
  dashed?: boolean;
}

/** Height of a chart that has room for one more line across with its number. */
const PIXELS_A_LINE = 45;

export type ChartForm = 'line' | 'bar' | 'stack';

interface SeriesChartProps {
  label: string;
  form: ChartForm;
  categories: readonly string[];
  series: readonly ChartSeries[];
  formatValue: (value: number) => string;
  heightPx?: number;
  /** The end of the axis, where values have one, as shares do. */
  most?: number;
  /** A level that means something, such as the threshold of an alert. */
  level?: { value: number; name: string };
  /** The category whose numbers still grow, and the word for it. */
  running?: { index: number; name: string } | undefined;
  onPick?: (seriesKey: string, index: number) => void;
}

/** Series over categories as lines or bars; a click on a point picks it. */
export default function SeriesChart(props: SeriesChartProps) {
  const { label, heightPx = 320, onPick } = props;
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const picking = useRef(onPick);
  picking.current = onPick;
  useEffect(() => {
    if (!element.current) return;
    const made = init(element.current, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', (event) => {
      if (typeof event.seriesId === 'string') picking.current?.(event.seriesId, event.dataIndex);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  const { form, categories, series, formatValue, level, most, running } = props;
  const clickable = onPick !== undefined;
  useEffect(() => {
    // A series that is gone must go from the chart too.
    chart.current?.setOption(
      {
        textStyle: { fontFamily, color: palette.inkSoft },
        aria: { enabled: true, label: { description: label } },
        animationDuration: 300,
        grid: { left: 6, right: 14, top: 16, bottom: 4, outerBoundsMode: 'same' },
        tooltip: tooltipOf(formatValue),
        xAxis: categoryAxis(categories, form),
        yAxis: valueAxis({
          formatValue,
          most,
          level: level?.value,
          lines: Math.max(1, Math.min(4, Math.floor(heightPx / PIXELS_A_LINE))),
          whole: series.every(({ values }) => values.every((value) => Number.isInteger(value ?? 0))),
        }),
        series: series.map((each, index) => ({
          ...seriesOption(each, form, clickable, series.length, categories.length),
          ...(level && index === 0 ? { markLine: levelOption(level, formatValue) } : {}),
          ...(running && index === 0 ? { markArea: runningOption(running, form) } : {}),
        })),
      },
      { replaceMerge: ['series'] },
    );
  }, [label, form, categories, series, formatValue, level, most, running, clickable, heightPx]);
  return <div ref={element} role="img" aria-label={label} style={{ width: '100%', height: heightPx }} />;
}

const tooltipOf = (formatValue: (value: number) => string) => ({
  trigger: 'axis',
  confine: true,
  order: 'valueDesc',
  valueFormatter: (value: unknown) => (typeof value === 'number' ? formatValue(value) : '–'),
  borderColor: palette.line,
  textStyle: { color: palette.ink, fontSize: 13 },
  extraCssText: 'box-shadow: 0 6px 24px rgb(28 40 35 / 10%)',
});

const categoryAxis = (categories: readonly string[], form: ChartForm) => ({
  type: 'category',
  data: [...categories],
  boundaryGap: form !== 'line',
  axisLine: { lineStyle: { color: palette.lineStrong } },
  axisTick: { show: false },
  axisLabel: { color: palette.inkFaint, hideOverlap: true, margin: 12 },
});

interface ValueAxis {
  formatValue: (value: number) => string;
  most: number | undefined;
  level: number | undefined;
  /** Lines across, each with its number. */
  lines: number;
  /** Counts have no halves between. */
  whole: boolean;
}

const valueAxis = ({ formatValue, most, level, lines, whole }: ValueAxis) => ({
  type: 'value',
  // A level is only seen to be far away when it is on the chart.
  max: most ?? (level === undefined ? undefined : ({ max }: { max: number }) => Math.max(max, level)),
  interval: most === undefined ? undefined : most / lines,
  minInterval: whole ? 1 : undefined,
  splitNumber: lines,
  splitLine: { lineStyle: { color: '#efece3' } },
  // A level that ends the axis is named beside its line.
  axisLabel: {
    color: palette.inkFaint,
    formatter: formatValue,
    ...(level === undefined ? {} : { showMaxLabel: false }),
  },
});

function seriesOption(each: ChartSeries, form: ChartForm, clickable: boolean, count: number, length: number) {
  const shared = {
    id: each.key,
    name: each.name,
    data: [...each.values],
    color: each.color,
    cursor: clickable ? 'pointer' : 'default',
  };
  if (form === 'line') {
    return {
      ...shared,
      type: 'line',
      symbol: 'circle',
      symbolSize: length > 60 ? 3 : 6,
      showSymbol: length <= 40 && !each.dashed,
      lineStyle: {
        width: each.dashed ? 1.5 : 2.25,
        type: each.dashed ? 'dashed' : 'solid',
        opacity: each.dashed ? 0.65 : 1,
      },
      itemStyle: { opacity: each.dashed ? 0.65 : 1 },
      areaStyle: count === 1 ? { opacity: 0.07 } : undefined,
      triggerLineEvent: false,
    };
  }
  return {
    ...shared,
    type: 'bar',
    stack: form === 'stack' ? (each.dashed ? 'before' : 'now') : undefined,
    barMaxWidth: 34,
    itemStyle: { opacity: each.dashed ? 0.4 : 1, borderRadius: form === 'stack' ? 0 : [3, 3, 0, 0] },
  };
}

/** A ground under the last stretch of the lines, or under the last bar. */
const runningOption = ({ index, name }: { index: number; name: string }, form: ChartForm) => ({
  silent: true,
  itemStyle: { color: 'rgb(28 40 35 / 5%)' },
  label: { position: 'insideTopRight', color: palette.inkFaint, fontSize: 11, formatter: name },
  data: [[{ xAxis: form === 'line' ? Math.max(0, index - 1) : index }, { xAxis: index }]],
});

const levelOption = (level: { value: number; name: string }, formatValue: (value: number) => string) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: palette.red, type: 'dashed' },
  label: {
    formatter: `${level.name} ${formatValue(level.value)}`,
    color: palette.red,
    position: 'insideEndTop',
  },
  data: [{ yAxis: level.value }],
});
