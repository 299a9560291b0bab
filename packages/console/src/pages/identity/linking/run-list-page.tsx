import { Button, Popconfirm } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { linkingApi } from '@wutong/contract';
import { CALM_MS, LIVE_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { isUnderWay, stateOfRun, toneOfRun, type LinkingRun } from './run-words.ts';

/** Linking runs, newest first, and the lists that are kept for them. */
export default function RunListPage() {
  const { text, format } = useReader();
  const words = text.linking;
  const navigate = useNavigate();
  const mayStart = useMay(linkingApi.startLinking);
  const runs = usePages(linkingApi.listLinkingRuns, { query: {} }, { refetchIntervalMs: LIVE_MS });
  const create = mayStart && (
    <Button type="primary" onClick={() => void navigate('/data/linking/new')}>
      {words.create}
    </Button>
  );
  const columns: Column<LinkingRun>[] = [
    {
      key: 'name',
      title: words.columns.name,
      phone: 'title',
      render: ({ runId, name }) => <Link to={`/data/linking/${runId}`}>{name}</Link>,
    },
    {
      key: 'state',
      title: words.columns.state,
      render: (run) => <StateMark tone={toneOfRun(run)}>{stateOfRun(run, text)}</StateMark>,
    },
    {
      key: 'records',
      title: words.columns.records,
      numeric: true,
      render: ({ records }) => format.integer(records),
    },
    {
      key: 'pairs',
      title: words.columns.pairs,
      numeric: true,
      render: ({ atLink, atReview, outcome }) =>
        `${format.integer(outcome?.linked ?? atLink)} / ${format.integer(outcome?.queued ?? atReview)}`,
    },
    {
      key: 'time',
      title: words.columns.time,
      numeric: true,
      phone: 'hidden',
      render: ({ seconds }) => (seconds === undefined ? '–' : words.seconds(format.decimal(seconds, 1))),
    },
    {
      key: 'started',
      title: words.columns.started,
      render: ({ startedAt }) => <TimeText at={startedAt} />,
    },
  ];
  return (
    <Page title={words.title} lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={runs.query} rows={6}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={runs.items}
              rowKey={({ runId }) => runId}
              onOpen={({ runId }) => void navigate(`/data/linking/${runId}`)}
              more={runs.more}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
      <KeptLists busy={runs.items.some(isUnderWay)} />
    </Page>
  );
}

function KeptLists({ busy }: { busy: boolean }) {
  const { text, format } = useReader();
  const words = text.linking.tables;
  const mayWrite = useMay(linkingApi.deleteRecordFile);
  const tables = useRead(linkingApi.listRecordTables, undefined, { refetchIntervalMs: CALM_MS });
  const remove = useWrite(linkingApi.deleteRecordFile, [linkingApi.listRecordTables]);
  const files = (tables.data?.items ?? []).filter(({ kind }) => kind === 'file');
  if (files.length === 0) return null;
  const columns: Column<linkingApi.RecordTable>[] = [
    { key: 'name', title: words.file, phone: 'title', render: ({ name }) => name },
    { key: 'rows', title: '', numeric: true, render: ({ rows }) => words.rows(format.integer(rows)) },
    {
      key: 'columns',
      title: '',
      numeric: true,
      render: ({ columns: names }) => words.columns(format.integer(names.length)),
    },
    { key: 'kept', title: '', render: ({ createdAt }) => createdAt && <TimeText at={createdAt} /> },
    {
      key: 'remove',
      title: '',
      render: ({ tableId }) =>
        mayWrite && (
          <Popconfirm
            title={words.removeQuestion}
            okText={words.remove}
            cancelText={text.state.cancel}
            onConfirm={() => remove.mutate({ params: { tableId } })}
          >
            <Button size="small" type="link" disabled={busy}>
              {words.remove}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <Panel flush title={words.title} extra={words.lead}>
      <FormProblem error={remove.error} inset />
      <RecordTable label={words.title} columns={columns} rows={files} rowKey={({ tableId }) => tableId} />
    </Panel>
  );
}
