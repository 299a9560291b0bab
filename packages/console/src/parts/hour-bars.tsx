import { useReader } from '../frame/reader.tsx';
import type { Instant } from '../format/times.ts';
import styles from './hour-bars.module.css';

interface HourBarsProps {
  label: string;
  bars: readonly { at: Instant; value: number }[];
}

/** Small bars over time: a pulse rather than a chart, so it needs no chart library. */
export function HourBars({ label, bars }: HourBarsProps) {
  const { format } = useReader();
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const sum = bars.reduce((total, { value }) => total + value, 0);
  return (
    <figure aria-label={`${label}: ${format.integer(sum)}`}>
      <div className={styles.bars}>
        {bars.map(({ at, value }) => (
          <span
            key={String(at)}
            className={styles.bar}
            title={`${format.shortTime(at)} · ${format.integer(value)}`}
            style={{ height: `${value > 0 ? Math.max(3, (value / highest) * 100) : 0}%` }}
          />
        ))}
      </div>
      <figcaption className={styles.axis}>
        <span>{format.shortTime(bars[0]?.at)}</span>
        <b>{format.compact(sum)}</b>
        <span>{format.shortTime(bars.at(-1)?.at)}</span>
      </figcaption>
    </figure>
  );
}
