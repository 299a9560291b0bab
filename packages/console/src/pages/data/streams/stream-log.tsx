import { Button } from 'antd';
import { streamsApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useCodeSentence } from '../code-sentence.ts';
import styles from '../ingestion/ingestion.module.css';

type Line = ResponseOf<typeof streamsApi.listStreamLog>['items'][number];

/** What happened to a stream, newest first. */
export function StreamLog({ streamId }: { streamId: string }) {
  const { text } = useReader();
  const words = text.streams;
  const log = usePages(
    streamsApi.listStreamLog,
    { params: { streamId }, query: {} },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  return (
    <Panel title={words.log}>
      <Answer query={log.query}>
        {() => (
          <>
            {log.items.length === 0 && <EmptyState small title={words.noLog} />}
            <ol className={styles.log}>
              {log.items.map((line) => (
                <LogLine key={line.line} line={line} />
              ))}
            </ol>
            {log.more && (
              <Button style={{ marginTop: 12 }} onClick={log.more.onMore} loading={log.more.loading}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

const levels: Partial<Record<Line['event'], string>> = { failed: 'error', lost: 'error', paused: 'warning' };

function LogLine({ line }: { line: Line }) {
  const { text, format } = useReader();
  const words = text.streams;
  const sentence = useCodeSentence();
  const { event, at, code, text: said, count } = line;
  return (
    <li data-level={levels[event] ?? 'info'}>
      <span className="faint">
        <TimeText at={at} form="full" />
      </span>
      <span>
        <b>{words.events[event]}</b>
        {code && ` ${sentence(code)}`}
        {event === 'lost' && ` ${words.lostCount(format.integer(count))}`}
        {said && <div className="faint mono">{said}</div>}
      </span>
    </li>
  );
}
