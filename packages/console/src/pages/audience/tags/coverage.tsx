import { useReader } from '../../../frame/reader.tsx';
import styles from './tags.module.css';

/** How many people have a value, of all: number, share and bar. */
export function Coverage({ people, total }: { people: number | undefined; total: number | undefined }) {
  const { format } = useReader();
  const share = people !== undefined && total ? people / total : undefined;
  return (
    <span className={styles.meter}>
      <span>
        <b className="number">{format.integer(people)}</b>{' '}
        {share !== undefined && <span className="faint number">{format.percent(share)}</span>}
      </span>
      {share !== undefined && (
        <i aria-hidden="true">
          <b style={{ width: `${Math.min(1, share) * 100}%` }} />
        </i>
      )}
    </span>
  );
}
