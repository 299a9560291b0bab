import { Button } from 'antd';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useCodeSentence } from './code-sentence.ts';
import styles from './ingestion/ingestion.module.css';

interface ShownLine {
  line: number;
  at: string;
  title: string;
  level: 'error' | 'warning' | undefined;
  note?: string | undefined;
  /** Registered code of what went wrong; its sentence is shown. */
  code?: string | undefined;
  /** What the other side said. */
  text?: string | undefined;
}

interface LogPanelProps {
  title: string;
  none: string;
  query: { data: unknown; error: unknown; refetch: () => unknown };
  lines: readonly ShownLine[];
  more: { onMore: () => void; loading: boolean } | undefined;
}

/** Lines about what happened, newest first. */
export function LogPanel({ title, none, query, lines, more }: LogPanelProps) {
  const { text } = useReader();
  const sentence = useCodeSentence();
  return (
    <Panel title={title}>
      <Answer query={query}>
        {() => (
          <>
            {lines.length === 0 && <EmptyState small title={none} />}
            <ol className={styles.log}>
              {lines.map((line) => (
                <li key={line.line} data-level={line.level ?? 'info'}>
                  <span className="faint">
                    <TimeText at={line.at} form="full" />
                  </span>
                  <span>
                    <b>{line.title}</b> {line.note} {line.code && sentence(line.code)}
                    {line.text && <div className="faint mono">{line.text}</div>}
                  </span>
                </li>
              ))}
            </ol>
            {more && (
              <Button style={{ marginTop: 12 }} onClick={more.onMore} loading={more.loading}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}
