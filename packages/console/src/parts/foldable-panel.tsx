import { useState, type ReactNode } from 'react';
import styles from './foldable-panel.module.css';
import { Panel } from './page.tsx';
import { useWide } from './use-wide.ts';

interface FoldablePanelProps {
  title: ReactNode;
  /** What is within, in a few words, while it is folded. */
  summary?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  /** Little enough to be open from the start on a phone too. */
  startsOpen?: boolean;
}

/** A panel that is folded on a phone, where a page of panels would be too long, and plain on a desk. */
export function FoldablePanel({ title, summary, children, flush, startsOpen }: FoldablePanelProps) {
  const wide = useWide();
  const [open, setOpen] = useState(startsOpen ?? false);
  if (wide) {
    return (
      <Panel title={title} flush={flush}>
        {children}
      </Panel>
    );
  }
  return (
    <section className={styles.panel}>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span>{title}</span>
          {!open && summary !== undefined && <span className={styles.summary}>{summary}</span>}
          <i aria-hidden="true" data-open={open}>
            ›
          </i>
        </button>
      </h2>
      {open && <div className={flush ? styles.flush : styles.body}>{children}</div>}
    </section>
  );
}
