/** Loading, empty and failed: the three states every part of a page has besides its data. */
import type { ReactNode } from 'react';
import { Button, Skeleton } from 'antd';
import { NO_ANSWER, ProblemError } from '../api/problem-error.ts';
import { useReader, useText } from '../frame/reader.tsx';
import { LeafMark } from '../frame/leaf-mark.tsx';
import type { Text } from '../text/text.ts';
import { plainSentence } from './plain-sentence.ts';
import styles from './states.module.css';

/** Causes told in one sentence; a list of all of them stands where there is room. */
const MOST_CAUSES = 3;

/** The sentence for an error, with what is wrong in a request that does not fit: the server's own where it gave one. */
export function sentenceOf(error: unknown, text: Text): string {
  const lead = leadOf(error, text);
  if (!(error instanceof ProblemError) || !(error.code in text.state.pointedAt)) return lead;
  return [lead, ...causesOf(error, text).slice(0, MOST_CAUSES)].join(' ');
}

/** What happened, without its causes. */
function leadOf(error: unknown, text: Text): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error);
  if (error.code === NO_ANSWER) return text.state.noAnswer;
  if (error.code === 'unreadable_answer') return text.state.unreadable;
  if (error.code === 'permission_denied') return text.state.noPermission;
  // The server's sentences speak to programs; people are shown the causes themselves.
  if (error.code === 'eql_invalid') return text.state.expressionWrong;
  const pointedAt = Object.entries(text.state.pointedAt).find(([code]) => code === error.code);
  if (pointedAt) return pointedAt[1];
  const { detail, title, details } = error.problem;
  return plainSentence(detail ?? title, text, details);
}

/** What exactly is wrong, where the server said so: in an expression in the reader's language, else by place. */
function causesOf(error: unknown, text: Text): string[] {
  if (!(error instanceof ProblemError)) return [];
  const sentences = (error.problem.problems ?? []).map((problem) => {
    const said = problem[text.language];
    return typeof said === 'string' ? said : causeOf(problem);
  });
  return [...new Set(sentences.filter((sentence) => sentence !== ''))];
}

/** A cause by its place in the form; where in the request a program had put it does not matter. */
function causeOf({ path, message }: { path: string; message: string }): string {
  const place = path.replace(/^(body|query|params)(\.|$)/, '');
  return place && message ? `${place}: ${message}` : message;
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

/** What happened, what was kept, what to do. */
export function Failure({ error, onRetry }: FailureProps) {
  const { text } = useReader();
  const causes = causesOf(error, text);
  return (
    <div className={styles.failure} role="alert">
      <strong>{text.state.failed}</strong>
      <p>{leadOf(error, text)}</p>
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
