import { useReader } from '../frame/reader.tsx';
import styles from './share-bars.module.css';

interface ShareBarsProps {
  items: readonly { key: string; name: string; value: number }[];
  /** What the bars are a share of; the largest value when it is not given. */
  total?: number;
}

/** Named counts as bars on one scale, largest first. */
export function ShareBars({ items, total }: ShareBarsProps) {
  const { format } = useReader();
  const sorted = items.toSorted((left, right) => right.value - left.value);
  const scale = Math.max(1, total ?? sorted[0]?.value ?? 1);
  return (
    <ul className={styles.bars}>
      {sorted.map(({ key, name, value }) => (
        <li key={key}>
          <span className={styles.name} title={name}>
            {name}
          </span>
          <span className={styles.track} aria-hidden="true">
            <i style={{ width: `${(value / scale) * 100}%` }} />
          </span>
          <span className="number">{format.integer(value)}</span>
        </li>
      ))}
    </ul>
  );
}
