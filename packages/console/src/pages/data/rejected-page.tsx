import { App, Button, Select } from 'antd';
import { ingestApi } from '@wutong/contract';
import { rejectedStates, type RejectedRecord } from '../../api/vocabulary.ts';
import { LIVE_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { useCodeSentence } from './code-sentence.ts';
import { RejectedDrawer } from './rejected-drawer.tsx';

type State = (typeof rejectedStates)[number];

/** Records that were not stored, with why, and what can be done. */
export default function RejectedPage() {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const [sourceId, setSourceId] = useUrlState('sourceId');
  const [code, setCode] = useUrlState('code');
  const [state, setState] = useUrlState('state', 'waiting');
  const [chosen, setChosen] = useUrlState('record');
  const filter = {
    sourceId: sourceId || undefined,
    code: code || undefined,
    state: (state === 'any' ? undefined : state) as State | undefined,
  };
  const sentence = useCodeSentence();
  const columns = useColumns();
  const sources = useRead(ingestApi.listSources);
  const rejected = usePages(ingestApi.listRejected, { query: filter }, { refetchIntervalMs: LIVE_MS * 3 });
  const codes = rejected.first?.codes ?? [];
  const total = codes.reduce((sum, { count }) => sum + count, 0);
  return (
    <Page title={words.title} lead={words.lead} actions={<ReplayAll filter={filter} total={total} />}>
      <Filters>
        <Select
          aria-label={words.source}
          value={sourceId}
          onChange={setSourceId}
          style={{ minWidth: 140 }}
          options={[
            { value: '', label: words.anySource },
            ...(sources.data?.items ?? []).map((each) => ({ value: each.sourceId, label: each.name })),
          ]}
        />
        <Select
          aria-label={words.reason}
          value={code}
          onChange={setCode}
          style={{ minWidth: 160 }}
          popupMatchSelectWidth={false}
          options={[
            { value: '', label: words.anyReason },
            ...codes.map((each) => ({
              value: each.code,
              label: `${each.code} (${format.integer(each.count)})`,
            })),
          ]}
        />
        <Select
          aria-label={words.state}
          value={state}
          onChange={setState}
          style={{ minWidth: 120 }}
          options={[
            { value: 'any', label: words.anyState },
            ...rejectedStates.map((value) => ({ value, label: words.states[value] })),
          ]}
        />
      </Filters>
      {code && <p className="soft">{sentence(code)}</p>}
      <Panel flush>
        <Answer query={rejected.query}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={rejected.items}
              rowKey={({ rejectedId }) => rejectedId}
              onOpen={({ rejectedId }) => setChosen(rejectedId)}
              more={rejected.more}
              empty={<EmptyState title={words.none} hint={words.noneHint} />}
            />
          )}
        </Answer>
      </Panel>
      {chosen && <RejectedDrawer rejectedId={chosen} onClose={() => setChosen('')} />}
    </Page>
  );
}

function ReplayAll({
  filter,
  total,
}: {
  filter: { sourceId?: string; code?: string; state?: State };
  total: number;
}) {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const may = useMay(ingestApi.updateSource);
  const { modal, message } = App.useApp();
  const replay = useWrite(ingestApi.replayRejected, [ingestApi.listRejected]);
  if (!may || total === 0) return null;
  return (
    <Button
      loading={replay.isPending}
      onClick={() =>
        void modal.confirm({
          title: words.replayAll,
          content: words.replayQuestion(format.integer(total)),
          okText: words.replay,
          onOk: () =>
            replay.mutate(
              { body: { filter } },
              {
                onSuccess: ({ stored, rejectedAgain }) =>
                  void message.success(words.replayed(format.integer(stored), format.integer(rejectedAgain))),
                onError: (error) => void message.error(error.message),
              },
            ),
        })
      }
    >
      {words.replayAll}
    </Button>
  );
}

const tones = { waiting: 'warn', repaired: 'busy', replayed: 'good', discarded: 'quiet' } as const;

function useColumns(): Column<RejectedRecord>[] {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const sentence = useCodeSentence();
  return [
    {
      key: 'reason',
      title: words.reason,
      phone: 'title',
      render: ({ code }) => (
        <>
          <code className="mono">{code}</code>
          <div className="faint">{sentence(code)}</div>
        </>
      ),
    },
    { key: 'source', title: words.source, render: ({ sourceId }) => sourceId },
    {
      key: 'event',
      title: words.event,
      render: ({ event }) => (event ? wordFor(text.words.event, event) : '–'),
    },
    { key: 'format', title: words.format, render: ({ format: name }) => name },
    {
      key: 'size',
      title: words.size,
      numeric: true,
      phone: 'hidden',
      render: ({ sizeBytes }) => `${format.decimal(sizeBytes / 1024, 1)} KB`,
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state }) => <StateMark tone={tones[state]}>{words.states[state]}</StateMark>,
    },
    {
      key: 'received',
      title: words.received,
      render: ({ receivedAt }) => <TimeText at={receivedAt} form="full" />,
    },
  ];
}
