import { useMemo, useState } from 'react';
import { Input } from 'antd';
import { audienceApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import type { Text } from '../../text/text.ts';
import styles from './eql-editor.module.css';

type Names = ResponseOf<typeof audienceApi.readCatalogue>;
type Group = keyof Text['audience']['groups'];
interface Pick {
  group: Group;
  name: string;
  title: string;
  insert: string;
}

function picksOf(names: Names): Pick[] {
  const within = (
    group: Group,
    owner: string,
    ownerTitle: string,
    fields: { name: string; title: string }[],
  ) =>
    fields.map(({ name, title }): Pick => ({
      group,
      name: `${owner}.${name}`,
      title: `${ownerTitle} · ${title || name}`,
      insert: name,
    }));
  return [
    ...names.attributes.map(({ name, title }): Pick => ({ group: 'attributes', name, title, insert: name })),
    ...names.details.flatMap(({ name, title, attributes }) => [
      { group: 'details' as const, name, title, insert: `any ${name} where ()` },
      ...within('details', name, title, attributes),
    ]),
    ...names.events.flatMap(({ name, title, properties }) => [
      { group: 'events' as const, name, title, insert: `did(event ${name} within last 30 days)` },
      ...within('events', name, title || name, properties),
    ]),
    ...names.entities.flatMap(({ name, title, attributes }) => within('entities', name, title, attributes)),
    ...names.relations.map(({ name, title }): Pick => ({
      group: 'relations',
      name,
      title,
      insert: `via ${name}`,
    })),
    ...names.segments.map(({ segmentId, name }): Pick => ({
      group: 'segments',
      name: segmentId,
      title: name,
      insert: `in segment ${segmentId}`,
    })),
    ...names.tags.map(({ tagId, name }): Pick => ({
      group: 'tags',
      name: tagId,
      title: name,
      insert: `tag ${tagId}`,
    })),
  ];
}

/** Everything an expression may name; a click puts it where the writer is. */
export function NamePicker({ onPick }: { onPick: (text: string) => void }) {
  const { text } = useReader();
  const words = text.audience;
  const [search, setSearch] = useState('');
  const { data } = useRead(audienceApi.readCatalogue);
  const picks = useMemo(() => (data ? picksOf(data) : []), [data]);
  const needle = search.trim().toLowerCase();
  const shown = picks.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(needle));
  return (
    <div className={styles.picker}>
      <b>{words.catalogue}</b>
      <Input
        size="small"
        allowClear
        value={search}
        placeholder={words.catalogueSearch}
        aria-label={words.catalogueSearch}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className={styles.names}>
        {(Object.keys(words.groups) as Group[]).map((group) => {
          const members = shown.filter((pick) => pick.group === group);
          if (members.length === 0) return null;
          return (
            <section key={group}>
              <h4>{words.groups[group]}</h4>
              {members.map(({ name, title, insert }) => (
                <button key={name} type="button" title={name} onClick={() => onPick(insert)}>
                  <span>{title || name}</span>
                  <code>{name}</code>
                </button>
              ))}
            </section>
          );
        })}
      </div>
    </div>
  );
}
