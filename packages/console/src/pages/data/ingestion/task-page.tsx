import { App, Button } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { ingestionTasksApi, type Endpoint } from '@wutong/contract';
import { LIVE_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { Page } from '../../../parts/page.tsx';
import { Answer, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useRemoval } from '../../../parts/use-removal.ts';
import { scheduleText } from '../../audience/schedule-text.ts';
import { useSourceNames } from '../../people/use-source-names.ts';
import styles from './ingestion.module.css';
import { Freshness, TaskState } from './task-list-page.tsx';
import { TaskRuns } from './task-runs.tsx';

type Task = ingestionTasksApi.Task;

/** One ingestion task: its state, freshness, runs, and what it does. */
export default function TaskPage() {
  const { taskId = '' } = useParams();
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const task = useRead(ingestionTasksApi.readTask, { params: { taskId } }, { refetchIntervalMs: LIVE_MS });
  return (
    <Page
      title={task.data?.name ?? taskId}
      back={{ to: '/data/ingestion', label: words.title }}
      heading={
        <span className="row">
          {task.data?.name ?? taskId}
          {task.data && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <TaskState state={task.data.state} />
            </span>
          )}
        </span>
      }
      actions={task.data && <Actions task={task.data} />}
    >
      <Answer query={task}>
        {(data) => (
          <div className={styles.columns}>
            <div className="stack">
              <Definition task={data} />
            </div>
            <TaskRuns taskId={taskId} />
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Actions({ task }: { task: Task }) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const mayWrite = useMay(ingestionTasksApi.updateTask);
  const refreshes: Endpoint[] = [
    ingestionTasksApi.readTask,
    ingestionTasksApi.listTasks,
    ingestionTasksApi.listTaskRuns,
  ];
  const start = useWrite(ingestionTasksApi.startTask, refreshes);
  const stop = useWrite(ingestionTasksApi.stopTask, refreshes);
  const retry = useWrite(ingestionTasksApi.retryTask, refreshes);
  const remove = useRemoval(ingestionTasksApi.deleteTask, ingestionTasksApi.listTasks, '/data/ingestion');
  if (!mayWrite) return null;
  const params = { taskId: task.taskId };
  const answer = {
    onSuccess: () => void message.success(words.done),
    onError: (error: unknown) => void message.error(sentenceOf(error, text)),
  };
  const stopped = task.state === 'stopped' || task.state === 'failed';
  const broken = task.lastRun?.state === 'failed' || task.lastRun?.state === 'stopped';
  const ask = (title: string, content: string, onOk: () => void) =>
    void modal.confirm({ title, content, okText: title, cancelText: text.state.cancel, onOk });
  return (
    <>
      {(stopped || task.state === 'idle') && (
        <Button type="primary" loading={start.isPending} onClick={() => start.mutate({ params }, answer)}>
          {words.start}
        </Button>
      )}
      {stopped && broken && (
        <Button loading={retry.isPending} onClick={() => retry.mutate({ params }, answer)}>
          {words.retry}
        </Button>
      )}
      {!stopped && (
        <Button
          loading={stop.isPending}
          onClick={() => ask(words.stop, words.stopQuestion, () => stop.mutate({ params }, answer))}
        >
          {words.stop}
        </Button>
      )}
      <Button onClick={() => void navigate(`/data/ingestion/${task.taskId}/edit`)}>{words.edit}</Button>
      <Button danger onClick={() => ask(words.remove, words.removeQuestion, () => remove({ params }))}>
        {words.remove}
      </Button>
    </>
  );
}

function Definition({ task }: { task: Task }) {
  const { text, format } = useReader();
  const words = text.warehouse.tasks;
  const sourceName = useSourceNames();
  const { query, load } = task;
  return (
    <>
      <FoldablePanel title={words.freshness} summary={<Freshness {...task} />} startsOpen>
        <Facts
          facts={[
            [words.freshness, <Freshness key="freshness" {...task} />],
            task.freshness.watermark && [words.watermark, task.freshness.watermark],
            [words.schedule, scheduleText(task.schedule, text.audience)],
            task.nextDueAt && [words.next, <TimeText key="next" at={task.nextDueAt} />],
            [words.source, sourceName(task.sourceId)],
          ]}
        />
        {task.freshness.late && (
          <p className="faint" style={{ marginTop: 10 }}>
            {words.lateHint}
          </p>
        )}
      </FoldablePanel>
      <FoldablePanel title={words.definition} summary={'table' in query ? query.table : words.sql}>
        <Facts
          facts={[
            'table' in query && [words.table, query.table],
            [words.load, load.mode === 'full' ? words.full : words.incremental],
            [words.key, load.key.join(text.punctuation.comma)],
            load.mode === 'incremental' && [words.watermarkColumn, load.watermark],
            load.mode === 'incremental' && load.overlap > 0 && [words.overlap, format.integer(load.overlap)],
            [
              words.mapping,
              task.mapping.records
                .map(({ record }) => text.imports.mapping.kinds[record].label)
                .join(text.punctuation.comma),
            ],
          ]}
        />
        {'sql' in query && <pre className={styles.sql}>{query.sql}</pre>}
      </FoldablePanel>
    </>
  );
}
