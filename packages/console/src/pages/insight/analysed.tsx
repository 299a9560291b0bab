import { useState, type ReactNode } from 'react';
import { Button, Segmented } from 'antd';
import { ReloadOutlined } from '@ant-design/icons';
import type { Answer, BodyInputOf, Endpoint, ResponseOf } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { EmptyState, Failure, Loading } from '../../parts/states.tsx';
import { WithoutDrill } from './drill/drill.tsx';
import { useAnalysis } from './use-analysis.ts';
import styles from './analysed.module.css';

/** What every answer says of itself; portraits leave the period out. */
type Said = Pick<Answer, 'asOf' | 'tookMs'> & Partial<Answer>;

interface AnalysedProps<E extends Endpoint> {
  endpoint: E;
  body: BodyInputOf<E>;
  /** On a dashboard: the line about the answer is left to the tile. */
  tile?: boolean;
  refetchIntervalMs?: number;
  /** The answer draws the other period itself, as a trend does. */
  ownComparison?: boolean;
  children: (answer: ResponseOf<E>) => ReactNode;
}

/** A question being asked: running with a way to stop, failed, stopped, or answered with its freshness. */
export function Analysed<E extends Endpoint>(props: AnalysedProps<E>) {
  const { endpoint, body, tile, refetchIntervalMs, ownComparison = false, children } = props;
  const { text, format } = useReader();
  const words = text.insight;
  const { answer, error, running, seconds, run, cancel } = useAnalysis(endpoint, body, { refetchIntervalMs });
  if (answer === undefined) {
    if (running) {
      return (
        <div className={styles.running}>
          <div className={styles.runningLine} role="status">
            <span>{words.running(String(seconds))}</span>
            <Button size="small" onClick={cancel}>
              {words.stop}
            </Button>
          </div>
          <Loading rows={tile ? 4 : 8} />
        </div>
      );
    }
    if (error) {
      const reason = error.problem.details?.['reason'];
      const reasons: Record<string, string | undefined> = words.invalid;
      const said = typeof reason === 'string' ? reasons[reason] : undefined;
      return (
        <div className="stack">
          <Failure error={error} onRetry={run} />
          {said && <p className="soft">{said}</p>}
        </div>
      );
    }
    return <EmptyState small title={words.stopped} action={<Button onClick={run}>{words.run}</Button>} />;
  }
  const said = answer as unknown as Said;
  return (
    <>
      {error && <Failure error={error} onRetry={run} />}
      <Sides answer={answer} beside={ownComparison}>
        {children}
      </Sides>
      <footer className={styles.foot}>
        <span className="number">
          {words.asOf(format.dateTime(said.asOf))}
          {!tile && ` · ${words.took(format.integer(said.tookMs))}`}
          {said.sampled &&
            ` · ${words.sampled(format.percent(said.sampled.share, 0), format.percent(said.sampled.error, 1))}`}
        </span>
        {running ? (
          <Button type="text" size="small" onClick={cancel}>
            {words.running(String(seconds))} · {words.stop}
          </Button>
        ) : (
          <Button type="text" size="small" icon={<ReloadOutlined />} onClick={run} aria-label={words.again}>
            {tile ? undefined : words.again}
          </Button>
        )}
      </footer>
    </>
  );
}

interface SidesProps<Given> {
  answer: Given;
  beside: boolean;
  children: (answer: Given) => ReactNode;
}

/** The answer, or that of the period it is compared with; people are opened for the former only. */
function Sides<Given>({ answer, beside, children }: SidesProps<Given>) {
  const { text, format } = useReader();
  const words = text.insight;
  const [side, setSide] = useState<'now' | 'before'>('now');
  const { compared } = answer as { compared?: Partial<Answer> };
  if (beside || !compared) return children(answer);
  const days = (period: Partial<Answer>) =>
    `${format.date(period.from)} ～ ${format.date(period.to && Date.parse(period.to) - 1)}`;
  const sides = (
    <Segmented
      className={styles.sides}
      aria-label={words.compare}
      value={side}
      options={[
        { value: 'now' as const, label: `${words.thisPeriod} ${days(answer as Partial<Answer>)}` },
        { value: 'before' as const, label: `${words.before} ${days(compared)}` },
      ]}
      onChange={setSide}
    />
  );
  return (
    <>
      {sides}
      {side === 'now' ? (
        children(answer)
      ) : (
        // The other period's answer has the same shape.
        <WithoutDrill>{children({ ...answer, ...compared, compared: undefined } as Given)}</WithoutDrill>
      )}
    </>
  );
}
