import { streamsApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { LogPanel } from '../log-panel.tsx';

type Line = ResponseOf<typeof streamsApi.listStreamLog>['items'][number];

const levels: Partial<Record<Line['event'], 'error' | 'warning'>> = {
  failed: 'error',
  lost: 'error',
  paused: 'warning',
};

/** What happened to a stream, newest first. */
export function StreamLog({ streamId }: { streamId: string }) {
  const { text, format } = useReader();
  const words = text.streams;
  const log = usePages(
    streamsApi.listStreamLog,
    { params: { streamId }, query: {} },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  return (
    <LogPanel
      title={words.log}
      none={words.noLog}
      query={log.query}
      more={log.more}
      lines={log.items.map(({ event, count, ...line }) => ({
        ...line,
        level: levels[event],
        title: words.events[event],
        note: event === 'lost' ? words.lostCount(format.integer(count)) : undefined,
      }))}
    />
  );
}
