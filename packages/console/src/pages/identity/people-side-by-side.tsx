import { useState, type CSSProperties, type ReactNode } from 'react';
import { Button } from 'antd';
import { useQueries } from '@tanstack/react-query';
import { profileApi } from '@wutong/contract';
import { call } from '../../api/call.ts';
import type { PersonView } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Panel } from '../../parts/page.tsx';
import { PersonName } from '../../parts/person-name.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Loading } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { ValueName } from '../../parts/value-name.tsx';
import { OpenValuesDialog } from '../people/open-values-dialog.tsx';
import styles from './review.module.css';
import { useKeyTitles } from './use-key-titles.ts';

/** More columns than this cannot be compared at a glance. */
const MOST_PEOPLE = 4;

interface PeopleSideBySideProps {
  personIds: readonly number[];
  title?: string;
}

/** People in columns, what is known of them in rows, and whether it agrees. */
export function PeopleSideBySide({ personIds, title }: PeopleSideBySideProps) {
  const { text, format } = useReader();
  const words = text.identity.review;
  const mayRead = useMay(profileApi.readPerson);
  const mayOpen = useMay(profileApi.openPerson);
  const [opened, setOpened] = useState<readonly PersonView[]>();
  const [asking, setAsking] = useState(false);
  const shown = personIds.slice(0, MOST_PEOPLE);
  const answers = useQueries({
    queries: shown.map((personId) => ({
      queryKey: [profileApi.readPerson.name, { params: { personId } }],
      queryFn: () => call(profileApi.readPerson, { params: { personId } }),
      enabled: mayRead,
      retry: false,
    })),
  });
  if (!mayRead || shown.length === 0) return null;
  const waiting = answers.some(({ isPending }) => isPending);
  const views = opened ?? answers.flatMap(({ data }) => data ?? []);
  const people = shown.map((personId) => ({
    personId,
    view: views.find((each) => each.personId === personId),
  }));
  return (
    <Panel
      title={title}
      flush
      extra={
        <span className="row">
          {personIds.length > shown.length &&
            words.firstOf(format.integer(shown.length), format.integer(personIds.length))}
          {mayOpen && (
            <Button size="small" onClick={() => (opened ? setOpened(undefined) : setAsking(true))}>
              {opened ? text.people.closeOpened : words.compareOpen}
            </Button>
          )}
        </span>
      }
    >
      {waiting ? <Loading rows={6} /> : <Comparison people={people} />}
      {asking && <OpenValuesDialog personIds={shown} onOpened={setOpened} onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function Comparison({ people }: { people: readonly { personId: number; view: PersonView | undefined }[] }) {
  const { text } = useReader();
  const rows = useComparedRows(people.flatMap(({ view }) => view ?? []));
  const columns: CSSProperties & Record<'--people', number> = { '--people': people.length };
  return (
    <table className={styles.compare} style={columns}>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">{text.identity.review.field}</span>
          </th>
          {people.map(({ personId, view }) => (
            <th key={personId} scope="col">
              <PersonName personId={personId} title={view?.title} />
            </th>
          ))}
          <th scope="col" className={styles.verdict}>
            <span className="visually-hidden">{text.identity.review.same}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{row.title}</th>
            {people.map(({ personId, view }) => (
              <td key={personId}>{(view && row.cell(view)) ?? <span className="faint">–</span>}</td>
            ))}
            <td className={styles.verdict}>{row.agrees && <Verdict agrees={row.agrees} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verdict({ agrees }: { agrees: 'same' | 'differs' }) {
  const { review } = useReader().text.identity;
  return <Chip tone={agrees === 'same' ? 'good' : 'warn'}>{review[agrees]}</Chip>;
}

interface ComparedRow {
  key: string;
  title: string;
  cell: (view: PersonView) => ReactNode;
  /** Absent where a value is masked or missing: then nothing can be said. */
  agrees?: 'same' | 'differs';
}

/** Keys by type, then attributes, then when the person was first seen. */
function useComparedRows(views: readonly PersonView[]): ComparedRow[] {
  const { text, language } = useReader();
  const titleOf = useKeyTitles();
  const keyTypes = [...new Set(views.flatMap(({ keys }) => keys.map(({ type }) => type)))];
  const names = [...new Set(views.flatMap(({ attributes }) => attributes.map(({ name }) => name)))];
  return [
    ...keyTypes.map((type): ComparedRow => ({
      key: `key ${type}`,
      title: titleOf(type),
      cell: ({ keys }) => {
        const own = keys.filter((key) => key.type === type);
        if (own.length === 0) return undefined;
        return own.map(({ keyNumber, masked }) => (
          <div key={keyNumber} className="number">
            {masked}
          </div>
        ));
      },
    })),
    ...names.map((name): ComparedRow => {
      const all = views.map(({ attributes }) => attributes.find((each) => each.name === name));
      const first = all.find((each) => each !== undefined);
      return {
        key: `attribute ${name}`,
        title: first?.title[language] ?? name,
        cell: ({ attributes }) => {
          const own = attributes.find((each) => each.name === name);
          if (typeof own?.value === 'string' && own.valueType === 'string')
            return <ValueName attribute={name} value={own.value} />;
          return own && <ValueText value={own.value} valueType={own.valueType} unit={own.unit} />;
        },
        agrees: all.some((each) => each === undefined || each.masked)
          ? undefined
          : new Set(all.map((each) => JSON.stringify(each?.value))).size === 1
            ? 'same'
            : 'differs',
      };
    }),
    {
      key: 'first seen',
      title: text.people.firstSeen,
      cell: ({ firstSeenAt }) => firstSeenAt && <TimeText at={firstSeenAt} form="date" />,
    },
  ];
}
