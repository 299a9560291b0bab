/** Why something was refused, in red beside the button that was pressed, and read out as it appears. */
import type { ReactNode } from 'react';
import { useReader } from '../frame/reader.tsx';
import styles from './form-problem.module.css';
import { sentenceOf } from './states.tsx';

interface ProblemLineProps {
  children: ReactNode;
  /** With a space of its own, for panels that have none. */
  inset?: boolean;
}

/** A sentence of our own about what is wrong. */
export function ProblemLine({ children, inset }: ProblemLineProps) {
  return (
    <div className={inset ? `${styles.problem} ${styles.inset}` : styles.problem} role="alert">
      {children}
    </div>
  );
}

interface FormProblemProps {
  /** What was thrown; nothing is drawn without it. */
  error: unknown;
  /** What it is about, before the sentence: a file's name. */
  about?: string;
  /** What the server said beside its sentence, such as the words of another system; nothing when it is no text. */
  because?: unknown;
  inset?: boolean;
}

/** The sentence of an error, or nothing. */
export function FormProblem({ error, about, because, inset }: FormProblemProps) {
  const { text } = useReader();
  if (error === undefined || error === null) return null;
  const sentence = sentenceOf(error, text);
  return (
    <ProblemLine inset={inset}>
      {about !== undefined && `${about}: `}
      {sentence}
      {typeof because === 'string' && because !== '' && !sentence.includes(because) && ` (${because})`}
    </ProblemLine>
  );
}
