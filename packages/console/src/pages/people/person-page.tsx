import { useState } from 'react';
import { Button, Tabs } from 'antd';
import { useParams } from 'react-router-dom';
import { profileApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Failure } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { MergeEvidence } from './merge-evidence.tsx';
import { OpenValuesDialog } from './open-values-dialog.tsx';
import { PersonDetails } from './person-details.tsx';
import { PersonMessages } from './person-messages.tsx';
import { PersonRelations } from './person-relations.tsx';
import { PersonSide } from './person-side.tsx';
import { PersonStrategies } from './person-strategies.tsx';
import { PersonTimeline } from './person-timeline.tsx';
import { PolicyDialog } from './policy-dialog.tsx';
import styles from './person.module.css';

/** 360°: everything known of one person, personal values masked. */
export default function PersonPage() {
  const params = useParams();
  const personId = Number(params['personId']);
  const { text } = useReader();
  const person = useRead(profileApi.readPerson, { params: { personId } }, { refetchIntervalMs: CALM_MS });
  if (!person.data && person.error) {
    return (
      <Page
        title={text.people.numbered(String(personId))}
        back={{ to: '/people', label: text.people.search }}
      >
        <Failure error={person.error} onRetry={() => void person.refetch()} />
      </Page>
    );
  }
  return (
    <Answer query={person} rows={12}>
      {(data) => <PersonSheet key={data.personId} masked={data} />}
    </Answer>
  );
}

function PersonSheet({ masked }: { masked: PersonView }) {
  const { text, format } = useReader();
  const words = text.people;
  const mayOpen = useMay(profileApi.openPerson);
  const [tab, setTab] = useUrlState('tab', 'timeline');
  const [opened, setOpened] = useState<PersonView>();
  const [dialog, setDialog] = useState<'open' | 'policy'>();
  const person = opened ?? masked;
  const { personId } = person;
  return (
    <Page
      title={person.title}
      back={{ to: '/people', label: words.search }}
      heading={
        <span className={styles.heading}>
          <span className={styles.portrait} aria-hidden="true">
            {person.title.slice(0, 1)}
          </span>
          <span>
            {person.title}
            <small>
              {words.numbered(String(personId))} · {words.firstSeen} {format.date(person.firstSeenAt)}
            </small>
          </span>
        </span>
      }
      actions={
        <>
          <Button onClick={() => setDialog('policy')}>{words.policy}</Button>
          {mayOpen &&
            (opened ? (
              <Button onClick={() => setOpened(undefined)}>{words.closeOpened}</Button>
            ) : (
              <Button onClick={() => setDialog('open')}>{words.open}</Button>
            ))}
        </>
      }
    >
      {opened && (
        <p className={styles.opened} role="status">
          {words.opened}
        </p>
      )}
      <div className={styles.columns}>
        <PersonSide person={person} />
        <Tabs
          className={styles.tabs}
          activeKey={tab}
          onChange={setTab}
          destroyOnHidden
          items={[
            { key: 'timeline', label: words.tabs.timeline, children: <PersonTimeline personId={personId} /> },
            {
              key: 'holdings',
              label: words.tabs.holdings,
              children: <PersonDetails details={person.details} />,
            },
            {
              key: 'relations',
              label: words.tabs.relations,
              children: <PersonRelations relations={person.relations} />,
            },
            {
              key: 'strategies',
              label: words.tabs.strategies,
              children: <PersonStrategies personId={personId} />,
            },
            { key: 'messages', label: words.tabs.messages, children: <PersonMessages personId={personId} /> },
            { key: 'merges', label: words.tabs.merges, children: <MergeEvidence person={person} /> },
          ]}
        />
      </div>
      {dialog === 'open' && (
        <OpenValuesDialog personId={personId} onOpened={setOpened} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'policy' && <PolicyDialog personId={personId} onClose={() => setDialog(undefined)} />}
    </Page>
  );
}
