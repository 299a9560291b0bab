import { outputsApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { LogPanel } from '../log-panel.tsx';

type Line = ResponseOf<typeof outputsApi.listOutputLog>['items'][number];

const levels: Partial<Record<Line['event'], 'error' | 'warning'>> = {
  failed: 'error',
  broken: 'error',
  paused: 'warning',
};

/** What happened to an output, newest first. */
export function OutputLog({ outputId }: { outputId: string }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const log = usePages(
    outputsApi.listOutputLog,
    { params: { outputId }, query: {} },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  return (
    <LogPanel
      title={words.log}
      none={words.logNone}
      query={log.query}
      more={log.more}
      lines={log.items.map(({ event, count, ...line }) => ({
        ...line,
        level: levels[event],
        title: words.happenings[event],
        note: event === 'sent' && count !== undefined ? words.rowCount(format.integer(count)) : undefined,
      }))}
    />
  );
}
