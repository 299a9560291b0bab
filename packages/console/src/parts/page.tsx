import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Tooltip } from 'antd';
import { Link } from 'react-router-dom';
import { ReachNote } from '../frame/reach-note.tsx';
import { useText } from '../frame/reader.tsx';
import styles from './page.module.css';

interface PageProps {
  /** The browser's tab and the head line. */
  title: string;
  /** Drawn instead of the title when a page wants more than a word, such as a name with its state. */
  heading?: ReactNode;
  lead?: ReactNode;
  back?: { to: string; label: string };
  actions?: ReactNode;
  /** Whose people its numbers are about, said to users of an institution. */
  numbers?: 'own' | 'bank';
  children: ReactNode;
  /** Uses the whole width and height, as the canvas does. */
  wide?: boolean;
}

/** One page: its head and its body. */
export function Page({ title, heading, lead, back, actions, numbers, children, wide }: PageProps) {
  const { frame } = useText();
  useEffect(() => {
    document.title = `${title} · ${frame.product}`;
  }, [title, frame.product]);
  return (
    <div className={wide ? `${styles.page} ${styles.wide}` : styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {back && (
            <Link className={styles.back} to={back.to}>
              ← {back.label}
            </Link>
          )}
          <h1 className={styles.title}>{heading ?? title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {numbers && <ReachNote numbers={numbers} />}
      {children}
    </div>
  );
}

interface PanelProps {
  title?: ReactNode;
  /** What the numbers in it mean: shown on hover and to screen readers. */
  definition?: string;
  extra?: ReactNode;
  children: ReactNode;
  /** No inner space: for tables and canvases. */
  flush?: boolean;
  className?: string;
}

/** A sheet of paper on the page. */
export function Panel({ title, definition, extra, children, flush, className }: PanelProps) {
  return (
    <section className={className ? `${styles.panel} ${className}` : styles.panel}>
      {(title !== undefined || extra) && (
        <header className={styles.panelHead}>
          <h2 className={styles.panelTitle}>
            {title}
            {definition && <Definition text={definition} />}
          </h2>
          {extra && <div className={styles.panelExtra}>{extra}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  );
}

/** The mark behind which a number's definition stands. */
export function Definition({ text }: { text: string }) {
  return (
    <Tooltip title={text}>
      <span className={styles.definition} tabIndex={0} role="note" aria-label={text}>
        ?
      </span>
    </Tooltip>
  );
}
