import { canvasApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';

type Run = ResponseOf<typeof canvasApi.listEntryRuns>['items'][number];

/** Each time the audience entered: found, entered, passed over. */
export function EntryRuns({ strategyId }: { strategyId: string }) {
  const { text, format } = useReader();
  const words = text.strategy.runs;
  const runs = useRead(canvasApi.listEntryRuns, { params: { strategyId } }, { refetchIntervalMs: LIVE_MS });
  const columns: Column<Run>[] = [
    {
      key: 'scheduled',
      title: words.scheduled,
      phone: 'title',
      render: ({ scheduledAt }) => <TimeText at={scheduledAt} form="full" />,
    },
    {
      key: 'version',
      title: text.strategy.version,
      render: ({ version }) => text.strategy.versionNumber(String(version)),
    },
    {
      key: 'state',
      title: text.strategy.state,
      render: ({ state, reason }) => (
        <StateMark tone={toneOf(state)}>
          {words.state[state]}
          {reason && <span className="faint"> {reason}</span>}
        </StateMark>
      ),
    },
    { key: 'found', title: words.found, numeric: true, render: ({ found }) => format.integer(found) },
    {
      key: 'entered',
      title: text.strategy.entered,
      numeric: true,
      render: ({ entered }) => format.integer(entered),
    },
    {
      key: 'passedOver',
      title: words.passedOver,
      numeric: true,
      render: ({ passedOver }) => format.integer(passedOver),
    },
    {
      key: 'finished',
      title: words.finished,
      render: ({ finishedAt }) => <TimeText at={finishedAt} form="full" />,
    },
  ];
  return (
    <Panel flush>
      <Answer query={runs}>
        {({ items }) => (
          <RecordTable
            label={text.strategy.tabs.runs}
            columns={columns}
            rows={items}
            rowKey={({ runId }) => runId}
            empty={<EmptyState title={words.none} hint={words.noneHint} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
