import { useReader } from '../../../frame/reader.tsx';
import type { AnalysisCell } from '@wutong/contract';
import { DrillNumber } from '../drill/drill.tsx';
import styles from './histogram.module.css';

export interface HistogramBar {
  key: string;
  /** What the bar stands for, in words short enough for an axis. */
  name: string;
  value: number;
  of?: AnalysisCell;
}

interface HistogramProps {
  label: string;
  bars: readonly HistogramBar[];
  /** Where a statistic lies: the place between two bars, counted in bars from the left. */
  marks?: readonly { at: number; name: string }[];
  heightPx?: number;
  /** How many names fit under the bars. */
  mostNames?: number;
}

/** Beyond this many bars the numbers above them would not fit. */
const NUMBERED = 24;

/** Counts in bins as bars side by side; each opens the people in it. */
export function Histogram({ label, bars, marks = [], heightPx = 260, mostNames = 12 }: HistogramProps) {
  const { format } = useReader();
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const sum = bars.reduce((total, { value }) => total + value, 0);
  const step = Math.ceil(bars.length / mostNames);
  return (
    <figure className={styles.figure} aria-label={label}>
      <div className={styles.bars} style={{ height: heightPx }} data-marks={marks.length}>
        {bars.map(({ key, name, value, of }) => (
          <div key={key} className={styles.slot}>
            <DrillNumber
              of={value > 0 ? of : undefined}
              title={`${name} · ${format.integer(value)} (${format.percent(sum > 0 ? value / sum : 0)})`}
              className={styles.column}
            >
              <span className={styles.number}>
                {bars.length <= NUMBERED && value > 0 ? format.compact(value) : ''}
              </span>
              <i style={{ height: `${(value / highest) * 86}%` }} data-empty={value === 0} />
            </DrillNumber>
          </div>
        ))}
        {marks.map(({ at, name }) => (
          <span
            key={name}
            className={styles.mark}
            data-late={at / bars.length > 0.6}
            style={{ left: `${(at / bars.length) * 100}%` }}
          >
            <em>{name}</em>
          </span>
        ))}
      </div>
      <div className={styles.axis} aria-hidden="true">
        {bars.map(({ key, name }, index) => (
          <span key={key}>{index % step === 0 ? name : ''}</span>
        ))}
      </div>
    </figure>
  );
}
