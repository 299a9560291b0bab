import { useReader } from '../frame/reader.tsx';
import { Definition } from '../parts/page.tsx';
import { Failure } from '../parts/states.tsx';
import styles from './live-count.module.css';
import type { Check } from './use-check.ts';

/** How many fit, of how many, and of how many nothing is known; keeps the former number while it counts. */
export function LiveCount({ check }: { check: Check }) {
  const { text, format } = useReader();
  const words = text.audience;
  const { count, countError, busy } = check;
  if (countError) return <Failure error={countError} />;
  const share = count && count.total > 0 ? count.count / count.total : undefined;
  return (
    <div className={styles.live} aria-live="polite" data-busy={busy}>
      <p className="faint">
        {words.count} <Definition text={words.populations.analysed} />
      </p>
      <p className={`${styles.big} number`}>{format.integer(count?.count)}</p>
      <span className={styles.bar} aria-hidden="true">
        <i style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
      {count && (
        <p className="faint">
          {words.countOf(format.integer(count.total), format.percent(share))}
          {' · '}
          {words.took(format.integer(count.tookMs))}
        </p>
      )}
      {count && count.withoutValue > 0 && (
        <p className={styles.without}>{words.withoutValue(format.integer(count.withoutValue))}</p>
      )}
    </div>
  );
}
