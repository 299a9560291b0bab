import { Button, Drawer } from 'antd';
import { ingestionTasksApi } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useCodeSentence } from '../code-sentence.ts';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip, StateMark, toneOf } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { wordFor } from '../../../text/text.ts';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';
import styles from './ingestion.module.css';

type Run = ingestionTasksApi.TaskRun;

/** Runs of a task, newest first; each opens its log. */
export function TaskRuns({ taskId }: { taskId: string }) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const [opened, setOpened] = useUrlState('run');
  const columns = useColumns(taskId);
  const runs = usePages(
    ingestionTasksApi.listTaskRuns,
    { params: { taskId }, query: {} },
    { refetchIntervalMs: LIVE_MS },
  );
  return (
    <Panel flush title={words.runs}>
      <Answer query={runs.query}>
        {() => (
          <RecordTable
            label={words.runs}
            columns={columns}
            rows={runs.items}
            rowKey={({ runId }) => runId}
            onOpen={({ runId }) => setOpened(runId)}
            more={runs.more}
            empty={<EmptyState small title={words.noRuns} hint={words.noRunsHint} />}
          />
        )}
      </Answer>
      {opened && <RunLog taskId={taskId} runId={opened} onClose={() => setOpened('')} />}
    </Panel>
  );
}

function useColumns(taskId: string): Column<Run>[] {
  const { text, format } = useReader();
  const words = text.warehouse.tasks;
  const sentence = useCodeSentence();
  return [
    {
      key: 'started',
      title: words.startedAt,
      phone: 'title',
      render: ({ startedAt, cause, attempt }) => (
        <>
          <TimeText at={startedAt} form="full" />
          <div className="faint">
            {words.causes[cause]}
            {attempt > 1 && ` · ${words.attempt(format.integer(attempt))}`}
          </div>
        </>
      ),
    },
    {
      key: 'state',
      title: words.state,
      render: ({ state, code, problem }) => (
        <>
          <StateMark tone={state === 'finished' ? 'good' : toneOf(state)}>{words.runStates[state]}</StateMark>
          {(code ?? problem) && <div style={{ color: 'var(--red)' }}>{code ? sentence(code) : problem}</div>}
        </>
      ),
    },
    { key: 'rows', title: words.rowsIn, numeric: true, render: ({ rowsIn }) => format.integer(rowsIn) },
    {
      key: 'rejected',
      title: words.rowsRejected,
      numeric: true,
      render: ({ runId, rowsRejected }) =>
        rowsRejected > 0 ? (
          <a href={`/api/v1/ingestion-tasks/${taskId}/runs/${runId}/errors`} download title={words.errors}>
            {format.integer(rowsRejected)}
          </a>
        ) : (
          '0'
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
                {wordFor(text.data.runs.kinds, kind)} {format.compact(count)}
              </Chip>
            ))}
        </span>
      ),
    },
    {
      key: 'took',
      title: words.took,
      numeric: true,
      render: ({ startedAt, finishedAt }) =>
        finishedAt ? format.duration(Date.parse(finishedAt) - Date.parse(startedAt)) : '–',
    },
  ];
}

function RunLog({ taskId, runId, onClose }: { taskId: string; runId: string; onClose: () => void }) {
  useReturnFocus();
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const log = useRead(
    ingestionTasksApi.readTaskLog,
    { params: { taskId, runId } },
    { refetchIntervalMs: LIVE_MS },
  );
  return (
    <Drawer
      open
      size={640}
      title={words.log}
      onClose={onClose}
      extra={
        <Button size="small" href={`/api/v1/ingestion-tasks/${taskId}/runs/${runId}/errors`} download>
          {words.errors}
        </Button>
      }
    >
      <Answer query={log}>
        {({ items }) => (
          <ol className={styles.log}>
            {items.length === 0 && <EmptyState small title={words.noLog} />}
            {items.map(({ at, level, text: line }, place) => (
              // Lines of a log have no identity but their place.
              <li key={place} data-level={level}>
                <span className="faint">
                  <TimeText at={at} form="full" />
                </span>
                <span>
                  {level !== 'info' && <b>{words.levels[level]} </b>}
                  {line}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </Drawer>
  );
}
