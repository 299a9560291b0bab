import { useReader } from '../../frame/reader.tsx';
import { useCodeSentence } from './code-sentence.ts';

interface RowProblem {
  readonly code: string;
  readonly detail: string;
}

/** What is wrong with a row, in the reader's language as far as it is a reason that is known. */
export function useRowProblem(): (problem: RowProblem) => string {
  const { text } = useReader();
  const { atLine, noText, wrongCells } = text.data.rejected.row;
  const known: Record<string, string> = text.data.rejected.row.problems;
  const sentence = useCodeSentence();
  return ({ code, detail }) => {
    const [, cells, columns] = /^has (\d+) cells, the header (\d+)$/.exec(detail) ?? [];
    if (cells !== undefined && columns !== undefined) return wrongCells(cells, columns);
    const end = detail.lastIndexOf(': ');
    const [name, reason] = end < 0 ? ['', detail] : [detail.slice(0, end), detail.slice(end + 2)];
    const encoding = /^it holds bytes that are no text in (.+)$/.exec(reason)?.[1];
    const word = encoding === undefined ? known[reason] : noText(encoding);
    const line = /^line (\d+)$/.exec(name)?.[1];
    const place = line === undefined ? name : atLine(line);
    if (word !== undefined) return place === '' ? word : `${place}: ${word}`;
    return detail === '' || detail === 'event' ? sentence(code) : `${sentence(code)} (${detail})`;
  };
}

/** The problems of a listed row. */
export function problemsOf(details: Readonly<Record<string, unknown>>): RowProblem[] {
  const { problems } = details as { problems?: RowProblem[] };
  return problems ?? [];
}
