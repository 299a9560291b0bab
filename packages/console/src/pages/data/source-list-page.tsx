import { useMemo, useState } from 'react';
import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { ingestApi } from '@wutong/contract';
import type { LedgerRow, Source } from '../../api/vocabulary.ts';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useClock } from '../../frame/clock.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Spark } from '../../parts/spark.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { everyMinute, RATE_MINUTES } from './minutes.ts';
import { NewSourceDialog } from './new-source-dialog.tsx';

interface SourceRow extends Source {
  today: LedgerRow | undefined;
  perMinute: number[];
  /** Epoch ms of the last minute with events, within the hour shown. */
  lastMinute: number | undefined;
}

/** Sources with today's books and the pulse of the last hour. */
export default function SourceListPage() {
  const { text, format } = useReader();
  const words = text.data.sources;
  const navigate = useNavigate();
  const mayWrite = useMay(ingestApi.updateSource);
  const [creating, setCreating] = useState(false);
  const columns = useColumns();
  const clock = useClock(60_000);
  const day = format.date(clock.now);
  const sources = useRead(ingestApi.listSources, undefined, { refetchIntervalMs: LIVE_MS * 4 });
  const ledger = useRead(
    ingestApi.listLedger,
    { query: { day } },
    { refetchIntervalMs: LIVE_MS, keepPrevious: true },
  );
  const rates = useRead(
    ingestApi.listSourceRates,
    { query: { minutes: RATE_MINUTES } },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  const rows = useMemo(
    () =>
      (sources.data?.items ?? []).map((source): SourceRow => {
        const minutes = everyMinute(
          (rates.data?.items ?? []).filter(({ sourceId }) => sourceId === source.sourceId),
          clock.now,
        );
        return {
          ...source,
          today: ledger.data?.items.find(({ sourceId }) => sourceId === source.sourceId),
          perMinute: minutes.map(({ value }) => value),
          lastMinute: minutes.findLast(({ value }) => value > 0)?.at,
        };
      }),
    [sources.data, ledger.data, rates.data, clock.now],
  );
  const create = mayWrite && (
    <Button type="primary" onClick={() => setCreating(true)}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} numbers="bank" lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={sources}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={rows}
              rowKey={({ sourceId }) => sourceId}
              onOpen={({ sourceId }) => void navigate(`/data/sources/${sourceId}`)}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
      {creating && <NewSourceDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function useColumns(): Column<SourceRow>[] {
  const { text, format } = useReader();
  const words = text.data.sources;
  const count = (key: 'received' | 'stored' | 'duplicate'): Column<SourceRow> => ({
    key,
    title: key === 'received' ? words.today : words[key],
    numeric: true,
    render: ({ today }) => format.integer(today?.[key] ?? 0),
  });
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ sourceId, name }) => (
        <>
          <Link to={`/data/sources/${sourceId}`}>{name}</Link> <code className="mono faint">{sourceId}</code>
        </>
      ),
    },
    { key: 'mode', title: words.mode, render: ({ mode }) => words.modes[mode] },
    count('received'),
    count('stored'),
    count('duplicate'),
    {
      key: 'rejected',
      title: words.rejected,
      numeric: true,
      render: ({ sourceId, today }) =>
        today && today.rejected > 0 ? (
          <Link to={`/data/rejected?sourceId=${sourceId}`}>{format.integer(today.rejected)}</Link>
        ) : (
          '0'
        ),
    },
    {
      key: 'balanced',
      title: words.balanced,
      render: ({ today }) =>
        today ? (
          <StateMark tone={today.balanced ? 'good' : 'bad'}>
            {today.balanced ? words.isBalanced : words.notBalanced}
          </StateMark>
        ) : (
          <span className="faint">–</span>
        ),
    },
    {
      key: 'rate',
      title: words.rate,
      render: ({ perMinute, lastMinute, disabled }) => (
        <span className="row nowrap">
          <Spark values={perMinute} />
          {lastMinute === undefined
            ? !disabled && <span className="faint">{words.silent}</span>
            : words.lastAt(format.timeOfDay(lastMinute))}
        </span>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: ({ disabled }) => (
        <StateMark tone={disabled ? 'quiet' : 'good'}>{disabled ? words.disabled : words.enabled}</StateMark>
      ),
    },
  ];
}
