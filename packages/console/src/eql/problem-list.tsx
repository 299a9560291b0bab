import { Button } from 'antd';
import type { EqlProblem } from '@wutong/contract';
import { useReader } from '../frame/reader.tsx';
import styles from './expression-editor.module.css';

interface ProblemListProps {
  value: string;
  problems: readonly EqlProblem[];
  onChange: (text: string) => void;
}

/** Every problem of a text with its place, its cause and what was probably meant. */
export function ProblemList({ value, problems, onChange }: ProblemListProps) {
  const { text, language } = useReader();
  const words = text.audience;
  return (
    <ul className={styles.problems}>
      {problems.map((problem, index) => {
        const { position, suggestion } = problem;
        const apply = () => {
          if (!position || suggestion === undefined) return;
          onChange(
            value.slice(0, position.offset) + suggestion + value.slice(position.offset + position.length),
          );
        };
        return (
          // Problems have no identity; the list is replaced as a whole.
          <li key={index}>
            {position && (
              <span className={styles.place}>
                {words.line(String(position.line), String(position.column))}
              </span>
            )}
            <span>{problem[language]}</span>
            {suggestion !== undefined && (
              <span>
                {words.suggestion(suggestion)}{' '}
                {position && (
                  <Button size="small" type="link" onClick={apply}>
                    {words.applySuggestion}
                  </Button>
                )}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
