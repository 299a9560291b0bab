import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { outputsApi } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { OutputState, placeOf, Problem, scheduleOf } from './output-words.tsx';
import { PolicyPanel } from './policy-panel.tsx';

type Output = outputsApi.Output;

/** Outputs: what leaves, where to, whether it goes. */
export default function OutputListPage() {
  const { text } = useReader();
  const words = text.outputs;
  const navigate = useNavigate();
  const mayWrite = useMay(outputsApi.createOutput);
  const columns = useColumns();
  const outputs = useRead(outputsApi.listOutputs, undefined, { refetchIntervalMs: LIVE_MS * 2 });
  const create = mayWrite && (
    <Button type="primary" onClick={() => void navigate('/data/outputs/new')}>
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
        <Answer query={outputs}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ outputId }) => outputId}
              onOpen={({ outputId }) => void navigate(`/data/outputs/${outputId}`)}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
      <PolicyPanel />
    </Page>
  );
}

function useColumns(): Column<Output>[] {
  const { text, format } = useReader();
  const words = text.outputs;
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ outputId, name }) => (
        <>
          <Link to={`/data/outputs/${outputId}`}>{name}</Link> <code className="mono faint">{outputId}</code>
        </>
      ),
    },
    {
      key: 'what',
      title: words.what,
      render: ({ selection, openPersonalData }) => (
        <span className="row">
          {words.subjects[selection.subject].label}
          {openPersonalData && <Chip tone="warn">{words.openData}</Chip>}
        </span>
      ),
    },
    {
      key: 'where',
      title: words.where,
      render: ({ destination }) => (
        <>
          {words.destinations[destination.kind].label}
          <div className="faint mono" style={{ overflowWrap: 'anywhere' }}>
            {placeOf(destination)}
          </div>
        </>
      ),
    },
    { key: 'when', title: words.when, render: ({ schedule }) => scheduleOf(schedule, text, format) },
    {
      key: 'state',
      title: words.state,
      render: (output) => (
        <>
          <OutputState output={output} />
          <Problem code={output.code} said={output.error} />
        </>
      ),
    },
    {
      key: 'last',
      title: words.lastRun,
      render: ({ lastRun }) =>
        lastRun ? (
          <>
            <TimeText at={lastRun.at} />
            <div className="faint">{words.rowCount(format.integer(lastRun.rows))}</div>
          </>
        ) : (
          <span className="faint">{words.never}</span>
        ),
    },
    { key: 'rows', title: words.rows, numeric: true, render: ({ rows }) => format.compact(rows) },
    {
      key: 'dead',
      title: words.dead,
      numeric: true,
      render: ({ dead }) => (dead > 0 ? <b style={{ color: 'var(--red)' }}>{format.integer(dead)}</b> : '0'),
    },
  ];
}
