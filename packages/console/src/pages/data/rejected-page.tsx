import { useState } from 'react';
import { App, Button, DatePicker, Select, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { importsApi, ingestApi } from '@wutong/contract';
import { rejectedStates, type RejectedRecord } from '../../api/vocabulary.ts';
import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState, sentenceOf } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { useSourceNames } from '../people/use-source-names.ts';
import { useCodeSentence } from './code-sentence.ts';
import { useReplayNotice } from './replay-notice.tsx';
import { problemsOf, useRowProblem } from './use-row-problem.ts';
import { RejectedDrawer } from './rejected-drawer.tsx';
import { wideList } from '../../parts/wide-list.ts';

type State = (typeof rejectedStates)[number];

/** Records that were not stored, with why, and what can be done. */
export default function RejectedPage() {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const [sourceId, setSourceId] = useUrlState('sourceId');
  const [code, setCode] = useUrlState('code');
  const [state, setState] = useUrlState('state', 'waiting');
  const [event, setEvent] = useUrlState('event');
  const [day, setDay] = useUrlState('day');
  const [importId, setImportId] = useUrlState('importId');
  const [search, setSearch] = useUrlState('search');
  const [chosen, setChosen] = useUrlState('record');
  const filter = {
    sourceId: sourceId || undefined,
    code: code || undefined,
    event: event || undefined,
    day: day || undefined,
    importId: importId || undefined,
    search: search || undefined,
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
        <ImportSelect value={importId} onChange={setImportId} />
        <Select
          aria-label={words.reason}
          value={code}
          onChange={setCode}
          style={{ minWidth: 160 }}
          {...wideList}
          options={[
            { value: '', label: words.anyReason },
            ...codes.map((each) => ({
              value: each.code,
              label: `${sentence(each.code)} (${format.integer(each.count)})`,
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
        <Tooltip title={words.searchHint}>
          <span style={{ width: 190 }}>
            <SearchField label={words.search} value={search} onSearch={setSearch} />
          </span>
        </Tooltip>
        <SearchField label={words.eventName} value={event} onSearch={setEvent} widthPx={160} />
        <DatePicker
          aria-label={words.day}
          placeholder={words.day}
          value={day ? dayjs(day) : null}
          onChange={(value) => setDay(value?.format('YYYY-MM-DD') ?? '')}
        />
      </Filters>
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

/** The imports of late that had something rejected, and the one that is chosen. */
function ImportSelect({ value, onChange }: { value: string; onChange: (importId: string) => void }) {
  const { text } = useReader();
  const words = text.data.rejected;
  const imports = useRead(importsApi.listImports, { query: { limit: 200 } });
  const items = (imports.data?.items ?? []).filter(
    ({ importId, rejectedRows }) => rejectedRows > 0 || importId === value,
  );
  const isMissing = value !== '' && !items.some(({ importId }) => importId === value);
  return (
    <Select
      aria-label={words.import}
      value={value}
      onChange={onChange}
      style={{ minWidth: 200 }}
      {...wideList}
      options={[
        { value: '', label: words.anyImport },
        ...(isMissing ? [{ value, label: words.oneImport }] : []),
        ...items.map((each) => ({
          value: each.importId,
          label: `${each.files[0]?.file ?? each.name} · ${each.startedAt.slice(0, 10)}`,
        })),
      ]}
    />
  );
}

interface RejectedFilter {
  sourceId?: string;
  code?: string;
  event?: string;
  day?: string;
  state?: State;
  importId?: string;
  search?: string;
}

function ReplayAll({ filter, total }: { filter: RejectedFilter; total: number }) {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const may = useMay(ingestApi.updateSource);
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const [replayed, setReplayed] = useState<number>();
  const tell = useReplayNotice();
  if (!may || total === 0) return null;
  const run = async () => {
    const sum = { stored: 0, duplicate: 0, rejectedAgain: 0, done: 0 };
    const reasons = new Map<string, number>();
    setReplayed(0);
    try {
      // One call replays a thousand at most; one that was rejected again would be taken again, so that the
      // number of those waiting at the start is the end.
      for (let more = true; more && sum.done < total;) {
        const answer = await call(ingestApi.replayRejected, { body: { filter } });
        sum.stored += answer.stored;
        sum.duplicate += answer.duplicate;
        sum.rejectedAgain += answer.rejectedAgain;
        for (const each of answer.reasons) reasons.set(each.code, (reasons.get(each.code) ?? 0) + each.count);
        sum.done += answer.replayed;
        more = answer.more && answer.replayed > 0;
        setReplayed(sum.done);
      }
      tell({ ...sum, reasons: [...reasons].map(([code, count]) => ({ code, count })) });
    } catch (error) {
      void message.error(sentenceOf(error, text));
    } finally {
      setReplayed(undefined);
      await client.invalidateQueries({ queryKey: [ingestApi.listRejected.name] });
    }
  };
  return (
    <Button
      loading={replayed !== undefined}
      onClick={() =>
        void modal.confirm({
          title: words.replayAll,
          content: words.replayQuestion(format.integer(total)),
          okText: words.replay,
          cancelText: text.state.cancel,
          onOk: () => void run(),
        })
      }
    >
      {replayed ? words.replaying(format.integer(replayed), format.integer(total)) : words.replayAll}
    </Button>
  );
}

const tones = { waiting: 'warn', repaired: 'busy', replayed: 'good', discarded: 'quiet' } as const;

function useColumns(): Column<RejectedRecord>[] {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const sentence = useCodeSentence();
  const problemText = useRowProblem();
  const sourceName = useSourceNames();
  return [
    {
      key: 'reason',
      title: words.reason,
      phone: 'title',
      render: ({ code, details }) => {
        const [first] = problemsOf(details);
        return first ? problemText(first) : sentence(code);
      },
    },
    { key: 'source', title: words.source, render: ({ sourceId }) => sourceName(sourceId) },
    {
      key: 'event',
      title: words.what,
      render: ({ event, file, row }) => {
        if (file !== undefined) return words.row.place(file, format.integer(row ?? 0));
        return event ? wordFor(text.words.event, event) : '–';
      },
    },
    { key: 'format', title: words.format, render: ({ format: name }) => wordFor(text.imports.formats, name) },
    {
      key: 'size',
      title: words.size,
      numeric: true,
      phone: 'hidden',
      render: ({ sizeBytes }) =>
        sizeBytes < 1024 ? `${sizeBytes} B` : `${format.decimal(sizeBytes / 1024, 1)} KB`,
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
