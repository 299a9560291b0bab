import { useReader } from '../../../frame/reader.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { trendCell, type NamedLine } from './named-line.ts';
import styles from './trend.module.css';

/** Below this a number is short enough to be written whole. */
const SHORT = 100_000;

interface SeriesTotalsProps {
  lines: readonly NamedLine[];
  question: QuestionOf<'trend'>;
  hidden: ReadonlySet<string>;
  tile: boolean | undefined;
  onToggle: (key: string) => void;
}

/** Each series with its colour, its total and its change: the legend that also says something. */
export function SeriesTotals({ lines, question, hidden, tile, onToggle }: SeriesTotalsProps) {
  const { text, format } = useReader();
  const words = text.insight;
  return (
    <ul className={styles.totals} data-tile={tile ?? false}>
      {lines.map((line) => {
        const before = line.before?.total;
        const change = before ? (line.total - before) / before : undefined;
        return (
          <li key={line.key} data-hidden={hidden.has(line.key)}>
            <button
              type="button"
              className={styles.toggle}
              aria-pressed={!hidden.has(line.key)}
              title={words.toggleSeries}
              onClick={() => onToggle(line.key)}
            >
              <i style={{ background: line.color }} />
              {line.name}
            </button>
            <b>
              <DrillNumber of={trendCell(question, line)} title={line.name}>
                {Math.abs(line.total) < SHORT ? format.decimal(line.total) : format.compact(line.total)}
              </DrillNumber>
            </b>
            {change !== undefined && (
              <span data-change={change > 0 ? 'up' : change < 0 ? 'down' : 'none'}>
                {change > 0 ? '▲' : change < 0 ? '▼' : ''} {format.percent(Math.abs(change))}
                <small>{words.beforeTotal(format.compact(before))}</small>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
