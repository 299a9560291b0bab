import type { identityApi, ResponseOf } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { PersonName } from '../../parts/person-name.tsx';
import { Chip, type Tone } from '../../parts/state-mark.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { usePersonTitles } from '../../parts/use-person-titles.ts';
import { wordFor } from '../../text/text.ts';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import { movesOf, type Move } from './moves-of-keys.ts';
import styles from './person.module.css';

type History = ResponseOf<typeof identityApi.readMergeHistory>;

/** Where this person's keys came from, and where others went. */
export function KeyMoves({ person, history }: { person: PersonView; history: History }) {
  const { text } = useReader();
  const words = text.identity.history;
  const moves = movesOf(history.changes);
  const others = [...new Set(moves.flatMap(({ from, to }) => [from, to]))].filter(
    (personId) => personId !== person.personId,
  );
  const titles = usePersonTitles(others);
  // Who was merged away has no page any more and is only a number.
  const nameOf = (personId: number) =>
    titles.has(personId) ? (
      <PersonName personId={personId} title={titles.get(personId)} />
    ) : (
      text.people.numbered(String(personId))
    );
  const titleOf = useKeyTitles();
  const keys = new Map(
    [...history.assertions.flatMap((each) => each.keys), ...person.keys].map((key) => [key.keyNumber, key]),
  );
  const kindOf = (move: Move): [label: string, tone: Tone] => {
    if (move.to === person.personId) return [words.into, 'good'];
    return move.from === person.personId ? [words.out, 'warn'] : [words.between, 'quiet'];
  };
  return (
    <Panel flush title={words.title} definition={words.definition}>
      {moves.length === 0 && <EmptyState small title={words.none} />}
      {moves.map((move) => {
        const [label, tone] = kindOf(move);
        return (
          <div key={`${move.at} ${move.from} ${move.to}`} className={styles.relation}>
            <span className="spread">
              <span className="row">
                <Chip tone={tone}>{label}</Chip>
                {move.from !== person.personId && (
                  <span>
                    {words.from} {nameOf(move.from)}
                  </span>
                )}
                {move.to !== person.personId && (
                  <span>
                    {words.to} {nameOf(move.to)}
                  </span>
                )}
                <span className="faint">{wordFor(words.cause, move.cause)}</span>
              </span>
              <span className="faint">
                <TimeText at={move.at} />
              </span>
            </span>
            <span className="row">
              {move.keyNumbers.map((keyNumber) => {
                const key = keys.get(keyNumber);
                return key && <Chip key={keyNumber}>{`${titleOf(key.type)} ${key.masked}`}</Chip>;
              })}
            </span>
          </div>
        );
      })}
    </Panel>
  );
}
