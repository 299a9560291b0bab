import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { streamsApi } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { Rate, StreamProblem, StreamState } from './stream-state.tsx';

type Stream = streamsApi.Stream;

/** Streams that are read in: do they keep up, and what is in the way. */
export default function StreamListPage() {
  const { text } = useReader();
  const words = text.streams;
  const navigate = useNavigate();
  const mayWrite = useMay(streamsApi.createStream);
  const columns = useColumns();
  const streams = useRead(streamsApi.listStreams, undefined, { refetchIntervalMs: LIVE_MS });
  const create = mayWrite && (
    <Button type="primary" onClick={() => void navigate('/data/streams/new')}>
      {words.create}
    </Button>
  );
  return (
    <Page
      title={words.title}
      lead={mayWrite ? words.lead : `${words.lead} ${words.readOnly}`}
      actions={create}
    >
      <Panel flush>
        <Answer query={streams}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ streamId }) => streamId}
              onOpen={({ streamId }) => void navigate(`/data/streams/${streamId}`)}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function useColumns(): Column<Stream>[] {
  const { text, format } = useReader();
  const words = text.streams;
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ streamId, name }) => (
        <>
          <Link to={`/data/streams/${streamId}`}>{name}</Link> <code className="mono faint">{streamId}</code>
        </>
      ),
    },
    {
      key: 'topics',
      title: words.topics,
      render: ({ settings }) => (
        <span className="mono" style={{ overflowWrap: 'anywhere' }}>
          {settings.topics.join(text.punctuation.comma)}
        </span>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: (stream) => (
        <>
          <StreamState stream={stream} />
          <StreamProblem stream={stream} />
        </>
      ),
    },
    {
      key: 'lag',
      title: words.lag,
      numeric: true,
      render: ({ lag }) =>
        lag === undefined ? <span className="faint">{words.unknownLag}</span> : format.integer(lag),
    },
    { key: 'rate', title: words.rate, numeric: true, render: (stream) => <Rate stream={stream} /> },
    { key: 'stored', title: words.stored, numeric: true, render: ({ stored }) => format.compact(stored) },
    {
      key: 'rejected',
      title: words.rejected,
      numeric: true,
      render: ({ rejected, sourceId }) =>
        rejected > 0 ? (
          <Link to={`/data/rejected?sourceId=${sourceId}`} title={words.seeRejected}>
            {format.integer(rejected)}
          </Link>
        ) : (
          '0'
        ),
    },
  ];
}
