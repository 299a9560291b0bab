import type { ReactNode } from 'react';
import { Definition } from '../../../parts/page.tsx';
import styles from './question.module.css';

interface FieldProps {
  label: string;
  definition?: string;
  children: ReactNode;
  extra?: ReactNode;
}

/** One part of a question with its name above it. */
export function Field({ label, definition, children, extra }: FieldProps) {
  return (
    <section className={styles.field} aria-label={label}>
      <header>
        <h3>
          {label}
          {definition && <Definition text={definition} />}
        </h3>
        {extra}
      </header>
      {children}
    </section>
  );
}

/** Parts side by side. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <div className={styles.fieldRow}>{children}</div>;
}
