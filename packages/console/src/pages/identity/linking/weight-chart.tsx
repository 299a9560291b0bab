import type { linkingApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import styles from './linking.module.css';
import { probabilityOf, THRESHOLD_STEP, type Thresholds } from './weight-bins.ts';

interface WeightChartProps {
  bins: readonly linkingApi.WeightBin[];
  thresholds: Thresholds;
}

/** Weights beyond this make no difference to anybody: they are drawn as one bar. */
const LAST_WEIGHT = 25;

/** Pairs by weight, each bar in the colour of what would happen to it; heights are logarithmic. */
export function WeightChart({ bins, thresholds }: WeightChartProps) {
  const { text, format } = useReader();
  const words = text.linking.thresholds;
  const first = Math.min(-7, ...bins.map(({ weight }) => weight));
  const counts = new Map<number, number>();
  for (const { weight, pairs } of bins) {
    const place = Math.min(weight, LAST_WEIGHT);
    counts.set(place, (counts.get(place) ?? 0) + pairs);
  }
  const last = Math.max(4, ...counts.keys());
  const places = Array.from(
    { length: Math.round((last - first) / THRESHOLD_STEP) + 1 },
    (_, index) => first + index * THRESHOLD_STEP,
  );
  const height = (pairs: number): number => (pairs <= 0 ? 0 : Math.log10(1 + pairs));
  const highest = Math.max(1, ...[...counts.values()].map(height));
  const zoneOf = (weight: number): string =>
    weight >= thresholds.link ? 'link' : weight >= thresholds.review ? 'review' : 'drop';
  return (
    <figure className={styles.chart} aria-label={words.chart}>
      <div className={styles.bars}>
        {places.map((weight) => {
          const pairs = counts.get(weight) ?? 0;
          const share = (height(pairs) / highest) * 100;
          return (
            <span
              key={weight}
              className={styles.bar}
              data-zone={zoneOf(weight)}
              title={`${words.weight(format.decimal(weight, 1))} · ${words.probability(format.percent(probabilityOf(weight), 1))} · ${words.pairs(format.integer(pairs))}`}
            >
              <i style={{ height: `${pairs > 0 ? Math.max(2, share) : 0}%` }} />
            </span>
          );
        })}
      </div>
      <div className={styles.axis} aria-hidden="true">
        {[first, 0, Math.round(last / 2), last].map((weight) => (
          <span key={weight} style={{ left: `${((weight - first) / (last - first)) * 100}%` }}>
            {format.decimal(weight, 0)}
          </span>
        ))}
      </div>
    </figure>
  );
}
