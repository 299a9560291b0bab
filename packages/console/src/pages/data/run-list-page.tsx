import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { importsApi, ingestApi } from '@wutong/contract';
import type { Import } from '../../api/vocabulary.ts';
import { LIVE_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Chip, StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';

/** Imports with their progress and what they stored. */
export default function RunListPage() {
  const { text } = useReader();
  const words = text.data.runs;
  const columns = useColumns();
  const navigate = useNavigate();
  const mayStart = useMay(importsApi.createImport);
  const start = mayStart && (
    <Button type="primary" onClick={() => void navigate('/data/import')}>
      {text.imports.newImport}
    </Button>
  );
  const imports = usePages(importsApi.listImports, { query: {} }, { refetchIntervalMs: LIVE_MS });
  return (
    <Page title={words.title} lead={words.lead} actions={start}>
      <Panel flush>
        <Answer query={imports.query}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={imports.items}
              rowKey={({ importId }) => importId}
              onOpen={({ importId }) => void navigate(`/data/import/${importId}`)}
              more={imports.more}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={start} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function useColumns(): Column<Import>[] {
  const { text, format } = useReader();
  const words = text.data.runs;
  const mayWrite = useMay(ingestApi.updateSource);
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ importId, name, files }) => (
        <>
          <Link to={`/data/import/${importId}`}>
            {files.map(({ file }) => file).join(text.punctuation.comma)}
          </Link>
          <div className="faint">{name}</div>
        </>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state, error }) => (
        <>
          <StateMark tone={state === 'finished' ? 'good' : toneOf(state)}>{words.states[state]}</StateMark>
          {error && <div style={{ color: 'var(--red)' }}>{error}</div>}
        </>
      ),
    },
    { key: 'rows', title: words.rows, numeric: true, render: ({ rows }) => format.integer(rows) },
    {
      key: 'rejectedRows',
      title: words.rejectedRows,
      numeric: true,
      render: ({ importId, rejectedRows }) =>
        rejectedRows > 0 && mayWrite ? (
          <a href={`/api/v1/imports/${importId}/errors`} download title={words.errors}>
            {format.integer(rejectedRows)}
          </a>
        ) : (
          format.integer(rejectedRows)
        ),
    },
    {
      key: 'records',
      title: words.records,
      render: ({ records }) => (
        <span className="row">
          {Object.entries(records)
            .filter(([, count]) => count > 0)
            .map(([kind, count]) => (
              <Chip key={kind}>
                {wordFor(words.kinds, kind)} {format.compact(count)}
              </Chip>
            ))}
        </span>
      ),
    },
    { key: 'started', title: words.started, render: ({ startedAt }) => <TimeText at={startedAt} /> },
    { key: 'finished', title: words.finished, render: ({ finishedAt }) => <TimeText at={finishedAt} /> },
  ];
}
