import { Link } from 'react-router-dom';
import { canvasApi } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { useNodeTitles } from './use-node-titles.ts';
import styles from './person.module.css';

/** Every strategy the person entered, step by step. */
export function PersonStrategies({ personId }: { personId: number }) {
  const { text } = useReader();
  const words = text.people;
  const entries = useRead(
    canvasApi.listPersonStrategies,
    { params: { personId } },
    { refetchIntervalMs: CALM_MS },
  );
  const { titleOf, rankOf } = useNodeTitles(entries.data?.items ?? []);
  const outcomes: Record<string, string> = { ...text.words.reason, ...text.strategy.outcome };
  return (
    <Panel flush>
      <Answer query={entries}>
        {({ items }) => (
          <>
            {items.length === 0 && <EmptyState small title={words.noStrategies} />}
            {items.map((entry) => (
              <div key={entry.entry} className={styles.relation}>
                <span className="spread">
                  <b>
                    <Link to={`/strategies/${entry.strategyId}?version=${entry.version}`}>
                      {entry.strategyName}
                    </Link>
                  </b>
                  <TimeText at={entry.enteredAt} form="full" />
                </span>
                <span className="row">
                  {entry.holdout && <Chip>{text.strategy.holdout}</Chip>}
                  {Object.values(entry.variants).map((variant) => (
                    <Chip key={variant}>{variant}</Chip>
                  ))}
                  {entry.goalAt && <Chip tone="good">{text.strategy.goal}</Chip>}
                  {entry.endedAt ? (
                    <StateMark tone="quiet">
                      {words.ended}: {wordFor(text.strategy.endReason, entry.endReason)}
                    </StateMark>
                  ) : (
                    <StateMark tone="busy">
                      {words.standing} {titleOf(entry, entry.standsAt)}
                    </StateMark>
                  )}
                </span>
                <ol className={styles.steps} aria-label={words.steps}>
                  {inOrder(entry.steps, (nodeId) => rankOf(entry, nodeId)).map((step, index) => (
                    // A person may pass a node once per entry; the place in the list is its identity.
                    <li key={index}>
                      <span>
                        {titleOf(entry, step.nodeId)}{' '}
                        <span className="faint">
                          {outcomes[step.outcome] ?? step.outcome}
                          {step.detail && ` · ${outcomes[step.detail] ?? step.detail}`}
                        </span>
                      </span>
                      <span className="faint">
                        <TimeText at={step.leftAt} />
                      </span>
                    </li>
                  ))}
                </ol>
              </div>
            ))}
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** Steps by time; those of one instant as the document has them. */
function inOrder<Step extends { nodeId: string; leftAt: string }>(
  steps: readonly Step[],
  rankOf: (nodeId: string) => number,
): Step[] {
  return steps.toSorted(
    (left, right) => left.leftAt.localeCompare(right.leftAt) || rankOf(left.nodeId) - rankOf(right.nodeId),
  );
}
