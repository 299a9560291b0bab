import { useMemo, useState } from 'react';
import { Button } from 'antd';
import { insightApi, type SequenceAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { PersonName } from '../../../parts/person-name.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { usePersonTitles } from '../../../parts/use-person-titles.ts';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { colorOf } from '../chart/colors.ts';
import { Legend } from '../chart/legend.tsx';
import { bodyOf } from '../question/question.ts';
import type { InsightNames } from '../question/use-insight-names.ts';
import styles from './sequence.module.css';

type Props = AnswerViewProps<'sequence'>;
type Person = SequenceAnswer['people'][number];
type Session = Person['sessions'][number];

/** What single people did, one after the other; page by page. */
export default function SequenceAnswerView({ question, names }: Props) {
  const [before, setBefore] = useState<readonly (number | undefined)[]>([]);
  const [after, setAfter] = useState<number>();
  const { insight: words } = useReader().text;
  return (
    <Analysed
      endpoint={insightApi.analyseSequence}
      body={{ ...bodyOf(question), afterPersonId: after ?? question.afterPersonId }}
    >
      {(answer) => (
        <>
          <People answer={answer} names={names} />
          <div className={styles.pages}>
            {before.length > 0 && (
              <Button
                onClick={() => {
                  setAfter(before.at(-1));
                  setBefore(before.slice(0, -1));
                }}
              >
                {words.formerPeople}
              </Button>
            )}
            {answer.nextAfterPersonId !== undefined && (
              <Button
                onClick={() => {
                  setBefore([...before, after]);
                  setAfter(answer.nextAfterPersonId);
                }}
              >
                {words.nextPeople}
              </Button>
            )}
          </div>
        </>
      )}
    </Analysed>
  );
}

function People({ answer, names }: { answer: SequenceAnswer; names: InsightNames }) {
  const { text, format } = useReader();
  const words = text.insight;
  const titles = usePersonTitles(answer.people.map(({ personId }) => personId));
  const colors = useMemo(() => {
    const events = answer.people.flatMap(({ sessions }) =>
      sessions.flatMap((session) => session.events.map(({ event }) => event)),
    );
    return new Map([...new Set(events)].map((event, index) => [event, colorOf(index)]));
  }, [answer]);
  if (answer.people.length === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  return (
    <>
      <Legend
        items={[...colors].map(([event, color]) => ({ key: event, name: names.event(event), color }))}
      />
      <ol className={styles.people}>
        {answer.people.map((person) => (
          <li key={person.personId} className={styles.person}>
            <header>
              <PersonName personId={person.personId} title={titles.get(person.personId)} />
              <span className="faint number">
                {words.didCount(format.integer(person.events), format.integer(person.sessions.length))}
              </span>
            </header>
            <Sessions person={person} names={names} colors={colors} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** Visits shown at first; more by a click. */
const FEW = 4;

interface SessionsProps {
  person: Person;
  names: InsightNames;
  colors: ReadonlyMap<string, string>;
}

function Sessions({ person, names, colors }: SessionsProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const [all, setAll] = useState(false);
  // The newest visit is what a marketer looks for first.
  const sessions = person.sessions.toSorted((left, right) => right.from.localeCompare(left.from));
  const shown = all ? sessions : sessions.slice(0, FEW);
  return (
    <div className={styles.sessions}>
      {shown.map((session) => (
        <SessionLine key={session.from} session={session} names={names} colors={colors} />
      ))}
      {sessions.length > FEW && (
        <Button type="link" size="small" onClick={() => setAll(!all)}>
          {all ? text.state.fold : words.moreSessions(format.integer(sessions.length - FEW))}
        </Button>
      )}
    </div>
  );
}

function SessionLine({ session, names, colors }: Omit<SessionsProps, 'person'> & { session: Session }) {
  const { format } = useReader();
  const lengthMs = Date.parse(session.to) - Date.parse(session.from);
  return (
    <div className={styles.session}>
      <time dateTime={session.from} title={format.dateTime(session.from)}>
        {format.shortTime(session.from)}
        {lengthMs > 0 && <small>{format.duration(lengthMs)}</small>}
      </time>
      <ol>
        {runsOf(session).map(({ event, at, eventId, times }) => (
          <li key={eventId} title={format.dateTime(at)} style={{ borderColor: colors.get(event) }}>
            <i style={{ background: colors.get(event) }} />
            {names.event(event)}
            {times > 1 && <b>×{times}</b>}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The same event several times in a row as one with its number. */
function runsOf({ events }: Session) {
  const runs: (Session['events'][number] & { times: number })[] = [];
  for (const each of events) {
    const last = runs.at(-1);
    if (last?.event === each.event) last.times += 1;
    else runs.push({ ...each, times: 1 });
  }
  return runs;
}
