import type { ReactNode } from 'react';
import styles from './filters.module.css';

/** The line of filters above a list. */
export function Filters({ children }: { children: ReactNode }) {
  return (
    <div className={styles.filters} role="search">
      {children}
    </div>
  );
}
