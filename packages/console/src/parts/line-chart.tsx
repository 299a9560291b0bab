import { useEffect, useRef } from 'react';
import { LineChart as Lines } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { fontFamily, palette, seriesColors } from '../frame/theme.ts';
import styles from './line-chart.module.css';

// Without the label layout the names at the ends of close lines would lie over one another.
use([Lines, GridComponent, TooltipComponent, AriaComponent, LabelLayout, SVGRenderer]);

export interface LineSeries {
  name: string;
  values: readonly (number | null)[];
  color?: string;
  dashed?: boolean;
  area?: boolean;
}

interface LineChartProps {
  /** What the chart answers, for screen readers. */
  label: string;
  categories: readonly string[];
  series: readonly LineSeries[];
  formatValue: (value: number) => string;
  heightPx?: number;
  /** Begins the axis at the smallest value rather than at zero: for counts that hardly move. */
  cropped?: boolean;
}

/** Lines over categories, each labelled at its end. */
export default function LineChart({
  label,
  categories,
  series,
  formatValue,
  heightPx = 240,
  cropped,
}: LineChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  useEffect(() => {
    if (!element.current) return;
    const made = init(element.current, undefined, { renderer: 'svg' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({
      textStyle: { fontFamily, color: palette.inkSoft },
      aria: { enabled: true, label: { description: label } },
      grid: { left: 8, right: series.length > 1 ? 92 : 18, top: 14, bottom: 4, outerBoundsMode: 'same' },
      tooltip: {
        trigger: 'axis',
        valueFormatter: (value: unknown) => (typeof value === 'number' ? formatValue(value) : '–'),
        borderColor: palette.line,
        textStyle: { color: palette.ink },
      },
      xAxis: {
        type: 'category',
        data: [...categories],
        boundaryGap: false,
        axisLine: { lineStyle: { color: palette.lineStrong } },
        axisTick: { show: false },
        axisLabel: { color: palette.inkFaint, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        scale: cropped ?? false,
        splitNumber: 4,
        splitLine: { lineStyle: { color: '#efece3' } },
        axisLabel: { color: palette.inkFaint, formatter: (value: number) => formatValue(value) },
      },
      series: series.map(({ name, values, color, dashed, area }, index) => ({
        type: 'line',
        name,
        data: [...values],
        showSymbol: values.length < 3,
        symbolSize: 5,
        color: color ?? seriesColors[index % seriesColors.length],
        lineStyle: { width: 2, type: dashed ? 'dashed' : 'solid' },
        areaStyle: area ? { opacity: 0.08 } : undefined,
        endLabel: { show: series.length > 1, formatter: name, color: color ?? seriesColors[index] },
        labelLayout: { moveOverlap: 'shiftY' },
        emphasis: { disabled: true },
      })),
    });
  }, [label, categories, series, formatValue, cropped]);
  return (
    <div ref={element} role="img" aria-label={label} className={styles.chart} style={{ height: heightPx }} />
  );
}
