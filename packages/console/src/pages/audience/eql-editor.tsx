import { useRef } from 'react';
import { Button } from 'antd';
import type { EqlProblem } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { EqlText } from '../../parts/eql-text.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { NamePicker } from './name-picker.tsx';
import styles from './eql-editor.module.css';
import type { EqlCheck } from './use-eql-check.ts';

interface EqlEditorProps {
  text: string;
  onChange: (text: string) => void;
  check: EqlCheck;
}

const EXAMPLE = `person where
  any holding where (product.kind = 'wealth' and maturity_date in next 7 days)
  and consents('marketing', 'sms')`;

/** The text face of an expression: coloured words, problems underlined where they are, names to insert. */
export function EqlEditor({ text: value, onChange, check }: EqlEditorProps) {
  const { text, format } = useReader();
  const words = text.audience;
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const element = field.current;
    const [from, to] = element
      ? [element.selectionStart, element.selectionEnd]
      : [value.length, value.length];
    onChange(`${value.slice(0, from)}${name}${value.slice(to)}`);
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(from + name.length, from + name.length);
    });
  };
  const { problems, busy, valid } = check;
  return (
    <div className={styles.editor}>
      <div>
        <div className={styles.sheet}>
          <div className={styles.paint} aria-hidden="true">
            <EqlText text={`${value}\n`} />
            <Marks value={value} problems={problems} />
          </div>
          <textarea
            ref={field}
            value={value}
            spellCheck={false}
            autoCapitalize="off"
            autoCorrect="off"
            aria-label={words.definition}
            aria-invalid={problems.length > 0}
            aria-describedby="eql-problems"
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
        <div id="eql-problems" className={styles.status} aria-live="polite">
          {value.trim() === '' ? (
            <Button size="small" onClick={() => onChange(EXAMPLE)}>
              {words.example}
            </Button>
          ) : busy ? (
            <span className="faint">{words.checking}</span>
          ) : problems.length > 0 ? (
            <StateMark tone="bad">{words.problems(format.integer(problems.length))}</StateMark>
          ) : (
            valid && <StateMark tone="good">{words.valid}</StateMark>
          )}
          <Problems
            value={value}
            problems={problems}
            onChange={onChange}
            onGo={(offset) => goTo(field.current, offset)}
          />
        </div>
      </div>
      <NamePicker onPick={insert} />
    </div>
  );
}

function goTo(element: HTMLTextAreaElement | null, offset: number): void {
  element?.focus();
  element?.setSelectionRange(offset, offset);
}

/** The same text, invisible, with the places of problems underlined. */
function Marks({ value, problems }: { value: string; problems: readonly EqlProblem[] }) {
  const places = problems
    .flatMap(({ position }) => (position ? [position] : []))
    .toSorted((left, right) => left.offset - right.offset);
  const pieces: { text: string; wrong: boolean }[] = [];
  let from = 0;
  for (const { offset, length } of places) {
    if (offset < from) continue;
    pieces.push({ text: value.slice(from, offset), wrong: false });
    pieces.push({ text: value.slice(offset, offset + Math.max(1, length)) || ' ', wrong: true });
    from = offset + Math.max(1, length);
  }
  pieces.push({ text: value.slice(from), wrong: false });
  return (
    <pre className={styles.marks}>
      {pieces.map(({ text, wrong }, index) => (
        // Pieces are cut from one string; their place is their identity.
        <span key={index} className={wrong ? styles.wrong : undefined}>
          {text}
        </span>
      ))}
    </pre>
  );
}

interface ProblemsProps {
  value: string;
  problems: readonly EqlProblem[];
  onChange: (text: string) => void;
  onGo: (offset: number) => void;
}

function Problems({ value, problems, onChange, onGo }: ProblemsProps) {
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
              <button type="button" onClick={() => onGo(position.offset)}>
                {words.line(String(position.line), String(position.column))}
              </button>
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
