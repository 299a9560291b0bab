import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { ingestionTasksApi } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip, StateMark, type Tone } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { scheduleText } from '../../audience/schedule-text.ts';
import { useSourceNames } from '../../people/use-source-names.ts';

type Task = ingestionTasksApi.Task;

const tones: Record<Task['state'], Tone> = {
  stopped: 'quiet',
  idle: 'good',
  waiting: 'busy',
  running: 'busy',
  failed: 'bad',
};

/** Ingestion tasks: do they run, is their data fresh. */
export default function TaskListPage() {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const navigate = useNavigate();
  const mayWrite = useMay(ingestionTasksApi.createTask);
  const columns = useColumns();
  const tasks = useRead(ingestionTasksApi.listTasks, undefined, { refetchIntervalMs: LIVE_MS * 2 });
  const create = mayWrite && (
    <Button type="primary" onClick={() => void navigate('/data/ingestion/new')}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={tasks}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ taskId }) => taskId}
              onOpen={({ taskId }) => void navigate(`/data/ingestion/${taskId}`)}
              empty={
                <EmptyState
                  title={words.none}
                  hint={words.noneHint}
                  action={<Link to="/data/connections">{words.toConnections}</Link>}
                />
              }
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

export function TaskState({ state }: { state: Task['state'] }) {
  const { tasks: words } = useReader().text.warehouse;
  return <StateMark tone={tones[state]}>{words.states[state]}</StateMark>;
}

/** Until when everything is in, and whether that is too long ago. */
export function Freshness({ freshness }: { freshness: Task['freshness'] }) {
  const { text, format } = useReader();
  const words = text.warehouse.tasks;
  const until = freshness.completeUntil ?? freshness.succeededAt;
  return (
    <span className="row">
      {until ? words.complete(format.shortTime(until)) : <span className="faint">{words.never}</span>}
      {freshness.late && <Chip tone="bad">{words.late}</Chip>}
    </span>
  );
}

function useColumns(): Column<Task>[] {
  const { text, format } = useReader();
  const words = text.warehouse.tasks;
  const sourceName = useSourceNames();
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ taskId, name }) => (
        <>
          <Link to={`/data/ingestion/${taskId}`}>{name}</Link> <code className="mono faint">{taskId}</code>
        </>
      ),
    },
    { key: 'state', title: words.state, render: ({ state }) => <TaskState state={state} /> },
    { key: 'freshness', title: words.freshness, render: (task) => <Freshness {...task} /> },
    { key: 'source', title: words.source, render: ({ sourceId }) => sourceName(sourceId) },
    {
      key: 'schedule',
      title: words.schedule,
      render: ({ schedule }) => scheduleText(schedule, text.audience),
    },
    {
      key: 'last',
      title: words.lastRun,
      render: ({ lastRun }) =>
        lastRun ? (
          <>
            {words.rowsIn} {format.integer(lastRun.rowsIn)}
            {lastRun.rowsRejected > 0 && (
              <span style={{ color: 'var(--red)' }}>
                {' '}
                · {words.rowsRejected} {format.integer(lastRun.rowsRejected)}
              </span>
            )}
            <div className="faint">
              <TimeText at={lastRun.startedAt} />
            </div>
          </>
        ) : (
          <span className="faint">–</span>
        ),
    },
  ];
}
