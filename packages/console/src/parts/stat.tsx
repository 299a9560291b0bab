import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { Definition } from './page.tsx';
import styles from './stat.module.css';

interface StatProps {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  definition?: string;
  to?: string;
  tone?: 'good' | 'warn' | 'bad';
}

/** One number with its name, its definition, and a door to what stands behind it. */
export function Stat({ label, value, note, definition, to, tone }: StatProps) {
  const body = (
    <>
      <dt className={styles.label}>
        {label}
        {definition && <Definition text={definition} />}
      </dt>
      <dd className={styles.value} data-tone={tone}>
        {value}
      </dd>
      {note && <dd className={styles.note}>{note}</dd>}
    </>
  );
  return to ? (
    <Link to={to} className={`${styles.stat} ${styles.door}`}>
      <dl>{body}</dl>
    </Link>
  ) : (
    <dl className={styles.stat}>{body}</dl>
  );
}

/** A row of numbers that wraps. */
export function StatRow({ children }: { children: ReactNode }) {
  return <div className={styles.statRow}>{children}</div>;
}
