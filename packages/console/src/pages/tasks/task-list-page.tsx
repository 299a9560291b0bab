import { useState } from 'react';
import { App, Button, Segmented } from 'antd';
import { Link } from 'react-router-dom';
import { canvasApi, hubApi, type ResponseOf } from '@wutong/contract';
import { taskStates } from '../../api/vocabulary.ts';
import { LIVE_MS, useWrite } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useStrategyNames, useUserNames } from '../../frame/use-names.ts';
import { useMay, useSession } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { Chip, StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { OutcomeDialog } from './outcome-dialog.tsx';
import styles from './tasks.module.css';

type Task = ResponseOf<typeof hubApi.listTasks>['items'][number];
type State = (typeof taskStates)[number];

/** The managers' list, made for a phone: who, why, what to say, what came of it. */
export default function TaskListPage() {
  const { text, format } = useReader();
  const words = text.tasks;
  const { user } = useSession();
  const [state, setState] = useUrlState('state', 'open');
  const [answering, setAnswering] = useState<Task>();
  const tasks = usePages(
    hubApi.listTasks,
    { query: { state: state as State, institutionId: user.institutionId, limit: 30 } },
    { refetchIntervalMs: LIVE_MS * 3 },
  );
  const nameOf = usePersonNames(tasks.items.map(({ personId }) => personId));
  const counts = tasks.first?.counts ?? {};
  return (
    <Page title={words.title} lead={words.lead}>
      <Segmented
        className={styles.states}
        value={state}
        onChange={(value) => setState(String(value))}
        options={taskStates.map((value) => ({
          value,
          label:
            counts[value] === undefined
              ? words.state[value]
              : `${words.state[value]} ${format.integer(counts[value])}`,
        }))}
      />
      <Answer query={tasks.query} rows={6}>
        {() => (
          <>
            {tasks.items.length === 0 && (
              <Panel>
                <EmptyState title={words.none} hint={words.noneHint} />
              </Panel>
            )}
            <ul className={styles.list}>
              {tasks.items.map((task) => (
                <li key={task.taskId}>
                  <TaskCard task={task} name={nameOf(task.personId)} onAnswer={() => setAnswering(task)} />
                </li>
              ))}
            </ul>
            {tasks.more && (
              <Button block loading={tasks.more.loading} onClick={tasks.more.onMore}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
      {answering && <OutcomeDialog task={answering} onClose={() => setAnswering(undefined)} />}
    </Page>
  );
}

function TaskCard({ task, name, onAnswer }: { task: Task; name: React.ReactNode; onAnswer: () => void }) {
  const { text } = useReader();
  const words = text.tasks;
  const strategyName = useStrategyNames();
  const userName = useUserNames();
  const mayStrategies = useMay(canvasApi.listStrategies);
  const may = useMay(hubApi.recordTaskOutcome);
  const { message } = App.useApp();
  const claim = useWrite(hubApi.claimTask, [hubApi.listTasks]);
  return (
    <article className={styles.card}>
      <header className="spread">
        <b className={styles.name}>{name}</b>
        {task.outcome ? (
          <Chip tone={task.outcome === 'purchased' || task.outcome === 'interested' ? 'good' : 'quiet'}>
            {words.outcomes[task.outcome]}
          </Chip>
        ) : (
          <StateMark tone={toneOf(task.state)}>{words.state[task.state]}</StateMark>
        )}
      </header>
      <p className={styles.title}>{task.title}</p>
      {task.reason && (
        <p className="soft">
          <span className="faint">{words.why}</span> {task.reason}
        </p>
      )}
      <details className={styles.script} open={task.state === 'claimed'}>
        <summary>{words.script}</summary>
        <p>{task.script}</p>
      </details>
      {task.note && (
        <p className="soft">
          <span className="faint">{words.note}</span> {task.note}
        </p>
      )}
      <footer className="spread">
        <span className="faint">
          {mayStrategies && (
            <>
              <Link to={`/strategies/${task.strategyId}`}>{strategyName(task.strategyId)}</Link> ·{' '}
            </>
          )}
          {[task.institutionName, task.managerName].filter(Boolean).map((each) => `${each} · `)}
          {task.doneAt ? (
            <TimeText at={task.doneAt} />
          ) : task.dueAt ? (
            <>
              {words.due} <TimeText at={task.dueAt} />
            </>
          ) : (
            <TimeText at={task.createdAt} />
          )}
          {task.claimedBy && task.state === 'claimed' && ` · ${words.claimedBy(userName(task.claimedBy))}`}
        </span>
        {may && (
          <span className="row">
            {task.state === 'open' && (
              <Button
                loading={claim.isPending}
                onClick={() =>
                  claim.mutate(
                    { params: { taskId: task.taskId } },
                    { onError: (error) => void message.error(error.message) },
                  )
                }
              >
                {words.claim}
              </Button>
            )}
            {(task.state === 'open' || task.state === 'claimed') && (
              <Button type="primary" onClick={onAnswer}>
                {words.record}
              </Button>
            )}
          </span>
        )}
      </footer>
    </article>
  );
}
