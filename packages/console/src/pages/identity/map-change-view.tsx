import { useState, type ReactNode } from 'react';
import { Button } from 'antd';
import type { MapChange } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { useWide } from '../../parts/use-wide.ts';
import { useKeyTitles } from './use-key-titles.ts';
import styles from './key-rule.module.css';

type Sample = MapChange['samples'][number];
type Persons = Sample['before'];

const KEYS_SHOWN = 6;
const FIRST_ON_PHONE = 3;
const tones = { merge: 'good', split: 'warn', move: 'quiet' } as const;

/** What a change of rules would do to the people: how many, and some of them before and after. */
export function MapChangeView({ change }: { change: MapChange }) {
  const { text, format } = useReader();
  const words = text.identity.dryRun;
  // Only people of today have a page; those of the after side may not exist yet.
  const present = [
    ...new Set(change.samples.flatMap(({ before }) => before.map(({ personId }) => personId))),
  ];
  const nameOf = usePersonNames(present);
  const wide = useWide();
  const [all, setAll] = useState(false);
  // A desk has a column that scrolls; on a phone a few come first.
  const shown = all || wide ? change.samples : change.samples.slice(0, FIRST_ON_PHONE);
  if (change.mergedPersons === 0 && change.splitPersons === 0 && change.movedKeys === 0) {
    return <p className="soft">{words.nothing}</p>;
  }
  return (
    <div className={styles.outcome}>
      <p className={styles.numbers} role="status">
        {change.mergedPersons > 0 && <span>{words.merges(format.integer(change.mergedPersons))}</span>}
        {change.splitPersons > 0 && <span>{words.splits(format.integer(change.splitPersons))}</span>}
        <span className="faint" style={{ fontWeight: 400 }}>
          {words.moves(format.integer(change.movedKeys))}
        </span>
      </p>
      {change.samples.length > 0 && (
        <>
          <span className="faint">{words.examples(format.integer(change.samples.length))}</span>
          <div className={styles.samples}>
            {shown.map((sample) => (
              <SampleCard
                key={`${sample.kind} ${sample.before.map(({ personId }) => personId).join(' ')} ${sample.after.map(({ personId }) => personId).join(' ')}`}
                sample={sample}
                nameOf={nameOf}
                known={present}
              />
            ))}
            {shown.length < change.samples.length && (
              <Button onClick={() => setAll(true)}>{text.state.more}</Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}

interface SampleCardProps {
  sample: Sample;
  nameOf: (personId: number) => ReactNode;
  known: readonly number[];
}

function SampleCard({ sample, nameOf, known }: SampleCardProps) {
  const { text } = useReader();
  const words = text.identity.dryRun;
  const side = (title: string, persons: Persons) => (
    <div className={styles.side}>
      <span className="faint">{title}</span>
      {persons.map(({ personId, keys }) => (
        <div key={personId} className={styles.person}>
          <b>{known.includes(personId) ? nameOf(personId) : text.people.numbered(String(personId))}</b>
          <KeyLines keys={keys} />
        </div>
      ))}
    </div>
  );
  return (
    <article className={styles.sample}>
      <span>
        <Chip tone={tones[sample.kind]}>{words.kind[sample.kind]}</Chip>
      </span>
      <div className={styles.sides}>
        {side(words.before, sample.before)}
        <span className={styles.arrow} aria-hidden="true">
          →
        </span>
        {side(words.after, sample.after)}
      </div>
    </article>
  );
}

/** Keys as the server writes them, `type: masked`, with the type's name. */
function KeyLines({ keys }: { keys: readonly string[] }) {
  const { text, format } = useReader();
  const titleOf = useKeyTitles();
  return (
    <>
      {keys.slice(0, KEYS_SHOWN).map((key) => {
        const colon = key.indexOf(': ');
        return (
          <span key={key}>
            <span className="faint">{titleOf(key.slice(0, colon))}</span>{' '}
            <span className="number">{key.slice(colon + 2)}</span>
          </span>
        );
      })}
      {keys.length > KEYS_SHOWN && (
        <span className="faint">{text.identity.dryRun.hidden(format.integer(keys.length - KEYS_SHOWN))}</span>
      )}
    </>
  );
}
