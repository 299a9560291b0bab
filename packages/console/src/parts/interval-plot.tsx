import { useReader } from '../frame/reader.tsx';
import styles from './interval-plot.module.css';

export interface Effect {
  name: string;
  difference: number;
  low: number;
  high: number;
}

interface IntervalPlotProps {
  effects: readonly Effect[];
  /** What zero means, written under it. */
  zeroLabel: string;
}

/** Room at each side of the drawn range, as a share of it. */
const MARGIN = 0.12;

/** Effects with their 95 % intervals on one scale that always shows zero: crossing it means nothing is proved. */
export function IntervalPlot({ effects, zeroLabel }: IntervalPlotProps) {
  const { format } = useReader();
  const lowest = Math.min(0, ...effects.map(({ low }) => low));
  const highest = Math.max(0, ...effects.map(({ high }) => high));
  const span = highest - lowest || 0.01;
  const from = lowest - span * MARGIN;
  const place = (value: number) => `${((value - from) / (span * (1 + 2 * MARGIN))) * 100}%`;
  const length = (low: number, high: number) => `${((high - low) / (span * (1 + 2 * MARGIN))) * 100}%`;
  return (
    <div className={styles.plot}>
      {effects.map(({ name, difference, low, high }) => {
        const proved = low > 0 ? 'up' : high < 0 ? 'down' : 'open';
        const written = `${name}: ${format.points(difference)} (${format.points(low)} … ${format.points(high)})`;
        return (
          <div key={name} className={styles.row}>
            {effects.length > 1 && <span className={styles.name}>{name}</span>}
            <div className={styles.track} role="img" aria-label={written} title={written}>
              <i className={styles.zero} style={{ left: place(0) }} />
              <i
                className={styles.interval}
                data-proved={proved}
                style={{ left: place(low), width: length(low, high) }}
              />
              <i className={styles.point} data-proved={proved} style={{ left: place(difference) }} />
              <span className={styles.end} style={{ left: place(low) }}>
                {format.points(low)}
              </span>
              <span className={styles.end} style={{ left: place(high) }}>
                {format.points(high)}
              </span>
            </div>
          </div>
        );
      })}
      <div className={styles.row}>
        {effects.length > 1 && <span className={styles.name} />}
        <div className={styles.foot}>
          <span style={{ left: place(0) }}>{zeroLabel}</span>
        </div>
      </div>
    </div>
  );
}
