import { Fragment } from 'react';
import { Link } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { EndLink } from '../../parts/end-link.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FoldablePanel } from '../../parts/foldable-panel.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { wordFor } from '../../text/text.ts';
import { useKeyTitles } from '../identity/use-key-titles.ts';
import styles from './person.module.css';

/** Who this is: portrait, keys, consents, segments and tags. */
export function PersonSide({ person }: { person: PersonView }) {
  const { text, format, language } = useReader();
  const words = text.people;
  const titleOf = useKeyTitles();
  const mayMemberships = useMay(audienceApi.readPersonSegments);
  return (
    <div className="stack">
      <FoldablePanel title={words.portrait} summary={summaryOf(person, text.words.value)}>
        {person.attributes.length === 0 ? (
          <p className="faint">{words.noAttributes}</p>
        ) : (
          <Facts
            facts={person.attributes.map(({ name, title, value, valueType, unit }) => {
              // An attribute that repeats the id of a related entity is shown by that entity's name.
              const end = person.relations.find((relation) => relation.end.id === value)?.end;
              return [
                title[language] || name,
                end ? <EndLink end={end} /> : <ValueText value={value} valueType={valueType} unit={unit} />,
              ];
            })}
          />
        )}
      </FoldablePanel>
      <FoldablePanel title={words.keys} summary={format.integer(person.keys.length)}>
        <ul className={styles.keys}>
          {person.keys.map(({ type, keyNumber, masked }) => (
            <li key={keyNumber}>
              <span>{titleOf(type)}</span>
              <span className="number">{masked}</span>
            </li>
          ))}
        </ul>
      </FoldablePanel>
      <ConsentPanel person={person} />
      {mayMemberships && <Memberships personId={person.personId} />}
    </div>
  );
}

/** A few plain values by which a person is recognised. */
function summaryOf({ attributes }: PersonView, words: Record<string, string | undefined>): string {
  const SHOWN = 3;
  return attributes
    .filter(({ masked, value, valueType }) => !masked && valueType === 'string' && typeof value === 'string')
    .slice(0, SHOWN)
    .map(({ value }) => words[String(value)] ?? String(value))
    .join(' · ');
}

function ConsentPanel({ person }: { person: PersonView }) {
  const { text, format } = useReader();
  const words = text.people;
  const channelName = (channel: string) =>
    channel === '*' ? words.allChannels : wordFor(text.words.channel, channel);
  return (
    <FoldablePanel
      title={words.consents}
      summary={`${format.integer(person.consents.filter(({ valid }) => valid).length)} ${words.granted}`}
    >
      {person.consents.length === 0 && <p className="faint">{words.noConsents}</p>}
      <ul className={styles.consent}>
        {person.consents.map(({ purpose, channel, granted, valid, at }) => (
          <li key={`${purpose} ${channel}`} title={format.dateTime(at)}>
            <span>
              {wordFor(text.words.purpose, purpose)} · {channelName(channel)}
            </span>
            <StateMark tone={valid ? 'good' : granted ? 'warn' : 'bad'}>
              {valid ? words.granted : granted ? words.outdated : words.withdrawn}
            </StateMark>
          </li>
        ))}
        {person.suppressions.map(({ suppressionId, scope, channel, reason, expiresAt }) => (
          <li key={suppressionId}>
            <span>
              {words.suppressions} · {scope === 'person' ? words.wholePerson : words.oneAddress} ·{' '}
              {channelName(channel)}
            </span>
            <StateMark tone="bad">
              {wordFor(text.words.reason, reason)}
              {expiresAt && ` ${words.suppressedUntil(format.date(expiresAt))}`}
            </StateMark>
          </li>
        ))}
      </ul>
    </FoldablePanel>
  );
}

function Memberships({ personId }: { personId: number }) {
  const { text } = useReader();
  const words = text.people;
  const { data } = useRead(audienceApi.readPersonSegments, {
    params: { personId },
    query: { tags: 'true', live: 'true' },
  });
  const tags = data?.tags ?? [];
  return (
    <FoldablePanel
      title={words.segments}
      summary={data?.segments.map(({ name }) => name).join(text.punctuation.comma) || text.state.none}
    >
      {data?.segments.length === 0 && <p className="faint">{words.noSegments}</p>}
      <div className="row">
        {data?.segments.map(({ segmentId, name }) => (
          <Link key={segmentId} to={`/audiences/${segmentId}`}>
            <Chip tone="good">{name}</Chip>
          </Link>
        ))}
      </div>
      {tags.length > 0 && (
        <div style={{ marginTop: 12 }}>
          <Facts
            facts={tags.map(({ tagId, name, values }) => [
              name,
              <span key={tagId}>
                {values.map((value, place) => (
                  <Fragment key={value}>
                    {place > 0 && text.punctuation.comma}
                    <ValueText value={value} />
                  </Fragment>
                ))}
              </span>,
            ])}
          />
        </div>
      )}
    </FoldablePanel>
  );
}
