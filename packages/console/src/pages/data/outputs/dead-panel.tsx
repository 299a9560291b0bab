import { App, Button } from 'antd';
import { outputsApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Answer, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { Problem } from './output-words.tsx';

type Dead = ResponseOf<typeof outputsApi.listDeadDeliveries>['items'][number];

/** Deliveries that were given up, to be sent again under their old ids. */
export function DeadPanel({ outputId }: { outputId: string }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const { message } = App.useApp();
  const mayWrite = useMay(outputsApi.replayDeadDeliveries);
  const dead = useRead(
    outputsApi.listDeadDeliveries,
    { params: { outputId } },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  const replay = useWrite(outputsApi.replayDeadDeliveries, [
    outputsApi.listDeadDeliveries,
    outputsApi.readOutput,
    outputsApi.listOutputLog,
  ]);
  const send = (deadIds?: string[]) =>
    replay.mutate(
      { params: { outputId }, body: deadIds ? { deadIds } : {} },
      {
        onSuccess: ({ delivered, failed }) => {
          const said = words.replayed(format.integer(delivered), format.integer(failed));
          void (failed > 0 ? message.warning(said) : message.success(said));
        },
        onError: (error) => void message.error(sentenceOf(error, text)),
      },
    );
  const columns: Column<Dead>[] = [
    {
      key: 'at',
      title: words.finishedAt,
      phone: 'title',
      render: ({ at }) => <TimeText at={at} form="full" />,
    },
    { key: 'rows', title: words.rows, numeric: true, render: ({ rows }) => format.integer(rows) },
    {
      key: 'reason',
      title: words.reason,
      render: ({ code, reason }) => <Problem code={code} said={reason} />,
    },
    {
      key: 'actions',
      title: '',
      render: ({ deadId }) =>
        mayWrite && (
          <Button size="small" type="link" disabled={replay.isPending} onClick={() => send([deadId])}>
            {words.replayOne}
          </Button>
        ),
    },
  ];
  return (
    <Panel
      flush
      title={words.deadTitle}
      extra={
        mayWrite && (
          <Button size="small" loading={replay.isPending} onClick={() => send()}>
            {words.replay}
          </Button>
        )
      }
    >
      <p className="faint" style={{ padding: '0 18px 10px' }}>
        {words.deadLead}
      </p>
      <Answer query={dead}>
        {({ items }) => (
          <RecordTable
            label={words.deadTitle}
            columns={columns}
            rows={items}
            rowKey={({ deadId }) => deadId}
          />
        )}
      </Answer>
    </Panel>
  );
}
