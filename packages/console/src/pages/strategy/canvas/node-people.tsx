import { Button, Segmented } from 'antd';
import { canvasApi } from '@wutong/contract';
import type { EnrolledPerson } from '../../../api/vocabulary.ts';
import { LIVE_MS } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useReader } from '../../../frame/reader.tsx';
import { usePersonNames } from '../../../parts/person-name.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import styles from './panel.module.css';

const standings = ['any', 'waiting', 'left', 'refused'] as const;
type Standing = (typeof standings)[number];
const PAGE = 20;

interface NodePeopleProps {
  strategyId: string;
  version: number;
  nodeId: string;
}

/** The people behind a node's numbers. */
export function NodePeople({ strategyId, version, nodeId }: NodePeopleProps) {
  const { text } = useReader();
  const [standing, setStanding] = useUrlState('standing', 'any');
  const people = usePages(
    canvasApi.listStrategyPeople,
    { params: { strategyId, version }, query: { nodeId, standing: standing as Standing, limit: PAGE } },
    { refetchIntervalMs: LIVE_MS },
  );
  const nameOf = usePersonNames(people.items.map(({ personId }) => personId));
  return (
    <div className={styles.people}>
      <Segmented
        size="small"
        value={standing}
        onChange={(value) => setStanding(String(value))}
        options={standings.map((value) => ({ value, label: text.strategy.panel.standing[value] }))}
      />
      <Answer query={people.query} rows={3}>
        {() => (
          <>
            {people.items.length === 0 && <EmptyState small title={text.strategy.panel.nobody} />}
            <ul>
              {people.items.map((person) => (
                <PersonLine
                  key={`${person.personId}-${person.entry}`}
                  person={person}
                  name={nameOf(person.personId)}
                />
              ))}
            </ul>
            {people.more && (
              <Button size="small" block loading={people.more.loading} onClick={people.more.onMore}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
    </div>
  );
}

function PersonLine({ person, name }: { person: EnrolledPerson; name: React.ReactNode }) {
  const { text } = useReader();
  const outcomes: Record<string, string> = { ...text.words.reason, ...text.strategy.outcome };
  const outcome = person.outcome && (outcomes[person.outcome] ?? person.outcome);
  const detail = person.detail && (outcomes[person.detail] ?? person.detail);
  return (
    <li className={styles.person}>
      <div>
        {name}
        <div className="row faint">
          {person.holdout && <Chip>{text.strategy.holdout}</Chip>}
          {person.goalAt && <Chip tone="good">{text.strategy.goal}</Chip>}
          {Object.values(person.variants).map((variant) => (
            <Chip key={variant}>{variant}</Chip>
          ))}
        </div>
      </div>
      <div className="faint">
        <TimeText at={person.arrivedAt ?? person.enteredAt} />
        {(outcome || detail) && (
          <div>
            {outcome}
            {detail && ` · ${detail}`}
          </div>
        )}
      </div>
    </li>
  );
}
