import { useState, type ReactNode } from 'react';
import { Button } from 'antd';
import { useParams } from 'react-router-dom';
import { canvasApi, hubApi, identityApi, profileApi, type Endpoint } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader, useText } from '../../frame/reader.tsx';
import { allows, useMay, useSession } from '../../frame/session.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
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
  const tabs = usePersonTabs(person);
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
        <PageTabs className={styles.tabs} activeKey={tab} onChange={setTab} items={tabs} />
      </div>
      {dialog === 'open' && (
        <OpenValuesDialog
          personIds={[personId]}
          onOpened={([view]) => setOpened(view)}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'policy' && <PolicyDialog personId={personId} onClose={() => setDialog(undefined)} />}
    </Page>
  );
}

/** The tabs of the view, as far as the reader may read what they show. */
function usePersonTabs(person: PersonView) {
  const { tabs } = useText().people;
  const { permissions } = useSession().user;
  const { personId } = person;
  const all: [key: keyof typeof tabs, reads: Pick<Endpoint, 'permission'>, children: ReactNode][] = [
    ['timeline', profileApi.readTimeline, <PersonTimeline personId={personId} />],
    ['holdings', profileApi.readPerson, <PersonDetails details={person.details} />],
    ['relations', profileApi.readPerson, <PersonRelations relations={person.relations} />],
    ['strategies', canvasApi.listPersonStrategies, <PersonStrategies personId={personId} />],
    ['messages', hubApi.listMessages, <PersonMessages personId={personId} />],
    ['merges', identityApi.readMergeHistory, <MergeEvidence person={person} />],
  ];
  return all
    .filter(([, reads]) => allows(permissions, reads.permission))
    .map(([key, , children]) => ({ key, label: tabs[key], children }));
}
