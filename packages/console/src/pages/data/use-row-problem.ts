import { useReader } from '../../frame/reader.tsx';
import { useCodeSentence } from './code-sentence.ts';

interface RowProblem {
  readonly code: string;
  readonly detail: string;
}

/** What is wrong with a row, in the reader's language as far as it is a reason that is known. */
export function useRowProblem(): (problem: RowProblem) => string {
  const { text } = useReader();
  const known: Record<string, string> = text.data.rejected.row.problems;
  const sentence = useCodeSentence();
  return ({ code, detail }) => {
    const end = detail.lastIndexOf(': ');
    const [name, reason] = end < 0 ? ['', detail] : [detail.slice(0, end), detail.slice(end + 2)];
    const word = known[reason];
    if (word !== undefined) return name === '' ? word : `${name}: ${word}`;
    return detail === '' || detail === 'event' ? sentence(code) : `${sentence(code)} (${detail})`;
  };
}

/** The problems of a listed row. */
export function problemsOf(details: Readonly<Record<string, unknown>>): RowProblem[] {
  const { problems } = details as { problems?: RowProblem[] };
  return problems ?? [];
}
