import type { identityApi, ResponseOf } from '@wutong/contract';
import type { PersonView, ShownAssertion } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
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
import { useSourceNames } from './use-source-names.ts';

/** What was said in the step of a move, or taken back by it: by whom, of which keys, and why. */
function MoveEvidence({ assertion }: { assertion: ShownAssertion }) {
  const { text } = useReader();
  const words = text.people.merges;
  const userName = useUserNames();
  const sourceName = useSourceNames();
  const titleOf = useKeyTitles();
  const { kind, keys, retracted, actor, reason, sourceId } = assertion;
  return (
    <span className="faint">
      {[
        text.identity.history.because,
        words.kind[kind],
        retracted && words.retracted,
        keys.map(({ type, masked }) => `${titleOf(type)} ${masked}`).join(' + '),
        actor ? userName(actor) : sourceName(sourceId),
        reason,
      ]
        .filter(Boolean)
        .join(' · ')}
    </span>
  );
}

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
              {move.keys.map((key) => (
                <Chip key={key.keyNumber}>{`${titleOf(key.type)} ${key.masked}`}</Chip>
              ))}
            </span>
            {move.evidence.map((assertion) => (
              <MoveEvidence key={assertion.assertionId} assertion={assertion} />
            ))}
          </div>
        );
      })}
    </Panel>
  );
}
