/** Loading, empty and failed: the three states every part of a page has besides its data. */
import type { ReactNode } from 'react';
import { Button, Skeleton } from 'antd';
import { NO_ANSWER, ProblemError } from '../api/problem-error.ts';
import { useReader, useText } from '../frame/reader.tsx';
import { LeafMark } from '../frame/leaf-mark.tsx';
import type { Language } from '../text/language.ts';
import type { Text } from '../text/text.ts';
import styles from './states.module.css';

/** The sentence for an error: the server's own where it gave one, else ours. */
export function sentenceOf(error: unknown, text: Text): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error);
  if (error.code === NO_ANSWER) return text.state.noAnswer;
  if (error.code === 'unreadable_answer') return text.state.unreadable;
  if (error.code === 'permission_denied') return text.state.noPermission;
  // The server's sentence speaks to programs; people are shown the causes themselves.
  if (error.code === 'eql_invalid') return text.state.expressionWrong;
  return error.problem.detail ?? error.problem.title;
}

/** What exactly is wrong, where the server said so: in an expression in the reader's language, else by place. */
function causesOf(error: unknown, language: Language): string[] {
  if (!(error instanceof ProblemError)) return [];
  const sentences = (error.problem.problems ?? []).map((problem) => {
    const said = problem[language];
    return typeof said === 'string' ? said : problem.message && `${problem.path}: ${problem.message}`;
  });
  return [...new Set(sentences.filter((sentence) => sentence !== ''))];
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

/** What happened, what was kept, what to do. */
export function Failure({ error, onRetry }: FailureProps) {
  const { text, language } = useReader();
  const causes = causesOf(error, language);
  return (
    <div className={styles.failure} role="alert">
      <strong>{text.state.failed}</strong>
      <p>{sentenceOf(error, text)}</p>
      {causes.length > 0 && (
        <ul>
          {causes.map((cause) => (
            <li key={cause}>{cause}</li>
          ))}
        </ul>
      )}
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          {text.state.retry}
        </Button>
      )}
    </div>
  );
}

interface EmptyStateProps {
  title: ReactNode;
  /** What this is for, and the first step. */
  hint?: ReactNode;
  action?: ReactNode;
  small?: boolean;
}

export function EmptyState({ title, hint, action, small }: EmptyStateProps) {
  return (
    <div className={small ? `${styles.empty} ${styles.small}` : styles.empty}>
      {!small && <LeafMark sizePx={40} color="var(--line-strong)" />}
      <strong>{title}</strong>
      {hint && <p>{hint}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

export function Loading({ rows = 4 }: { rows?: number }) {
  const { state } = useText();
  return (
    <div className={styles.loading} role="status" aria-label={state.loading}>
      <Skeleton active title={false} paragraph={{ rows, width: '100%' }} />
    </div>
  );
}

interface AnswerProps<Data> {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  rows?: number;
  children: (data: Data) => ReactNode;
}

/**
 * Draws an answer when it is there, a skeleton before, and the failure when there is nothing to show.
 * When a refresh fails, the former answer stays with a line that says so.
 */
export function Answer<Data>({ query, rows, children }: AnswerProps<Data>) {
  const { state } = useText();
  if (query.data === undefined) {
    if (query.error) return <Failure error={query.error} onRetry={() => query.refetch()} />;
    return <Loading rows={rows} />;
  }
  return (
    <>
      {query.error && (
        <p className={styles.stale} role="status">
          {state.stale}
        </p>
      )}
      {children(query.data)}
    </>
  );
}
