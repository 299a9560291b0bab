import { Button } from 'antd';
import { Link } from 'react-router-dom';
import { ingestionTasksApi } from '@wutong/contract';
import type { AwaitedSource, SegmentView, TagView } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import type { Text } from '../../text/text.ts';
import type { ComputeNow } from './use-compute.ts';
import styles from './waiting-note.module.css';

type Waiting = Pick<
  SegmentView | TagView,
  'waitingSince' | 'wantedUntil' | 'sources' | 'computedAt' | 'archived'
>;

/** What a segment or tag waits for: which sources, since when, why they are late, and what can be done. */
export function WaitingNote({ definition, compute }: { definition: Waiting; compute: ComputeNow }) {
  const { text, format } = useReader();
  const words = text.audience.awaited;
  const { waitingSince, wantedUntil, sources = [], computedAt, archived } = definition;
  if (!waitingSince || !wantedUntil) return null;
  const late = sources.filter(({ state }) => state === 'waiting');
  return (
    <div role="status" className={styles.note}>
      <b>{words.title(format.shortTime(waitingSince))}</b>
      <p>
        {late.length === 0 ? words.soon : words.wanted(format.shortTime(wantedUntil))}{' '}
        {computedAt ? words.stale(format.shortTime(computedAt)) : words.never}
      </p>
      <ul className={styles.sources}>
        {late.map((source) => (
          <li key={source.sourceId}>
            <b>{nameOf(source)}</b>
            <Tasks source={source} />
          </li>
        ))}
      </ul>
      {compute.allowed && !archived && (
        <>
          <Button onClick={compute.run} loading={compute.isPending}>
            {words.computeAnyway}
          </Button>
          <span className="faint">{words.computeAnywayHint}</span>
        </>
      )}
    </div>
  );
}

function Tasks({ source: { tasks } }: { source: AwaitedSource }) {
  const { text, format } = useReader();
  const words = text.audience.awaited;
  const mayOpen = useMay(ingestionTasksApi.readTask);
  return (
    <ul>
      {tasks.map((task) => (
        <li key={task.taskId}>
          {mayOpen ? <Link to={`/data/ingestion/${task.taskId}`}>{task.name}</Link> : task.name}
          {words.colon}
          {[
            words.task[task.started ? task.state : 'stopped'],
            ...(task.late ? [words.late] : []),
            task.completeUntil ? words.completeUntil(format.shortTime(task.completeUntil)) : words.nothingYet,
          ].join(text.punctuation.semicolon)}
          {task.problem && <div className={styles.problem}>{task.problem}</div>}
        </li>
      ))}
    </ul>
  );
}

/** Sources that nothing waits for, though the schedule names them: a reader would wonder. */
export function UnwatchedSources({ definition: { sources = [] } }: { definition: Waiting }) {
  const { text } = useReader();
  const words = text.audience.awaited;
  const unwatched = sources.filter(({ state }) => state === 'unwatched');
  return unwatched.map((source) => (
    <div key={source.sourceId} className="faint">
      {source.name === undefined
        ? words.unknown(source.sourceId)
        : `${source.name}${words.colon}${words.unwatched}`}
    </div>
  ));
}

/** The sources that are late, in one phrase for a row of a list. */
export function namesOfWaiting(
  sources: readonly AwaitedSource[] | undefined,
  { comma }: Text['punctuation'],
): string {
  return (sources ?? [])
    .filter(({ state }) => state === 'waiting')
    .map(nameOf)
    .join(comma);
}

function nameOf({ name, sourceId }: AwaitedSource): string {
  return name ?? sourceId;
}
