import { useMemo, useState } from 'react';
import { Select } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import { ANY_EVENT, type InsightNames } from './use-insight-names.ts';
import { wideList } from '../../../parts/wide-list.ts';

interface EventNameFieldProps {
  label: string;
  value: string | undefined;
  onChange: (name: string) => void;
  names: InsightNames;
  /** Also offers any event. */
  any?: boolean;
}

/** Chooses an event by its title; a name that is not in the catalogue may be written. */
export function EventNameField({ label, value, onChange, names, any }: EventNameFieldProps) {
  const { insight: words } = useText();
  const [search, setSearch] = useState('');
  const options = useMemo(() => {
    const option = ({ name, title }: { name: string; title: string }) => ({ value: name, label: title });
    const own = names.events.filter(({ name }) => name.startsWith('$'));
    const collected = names.events.filter(({ name }) => !name.startsWith('$'));
    const groups = [
      { label: words.behaviour, options: collected.map(option) },
      { label: words.ownFacts, options: own.map(option) },
    ].filter((group) => group.options.length > 0);
    const known = new Set(names.events.map(({ name }) => name));
    const written = [search.trim(), value ?? ''].filter(
      (name) => name !== '' && name !== ANY_EVENT && !known.has(name),
    );
    return [
      ...(any ? [{ value: ANY_EVENT, label: words.anyEvent }] : []),
      ...groups,
      ...[...new Set(written)].map((name) => ({ value: name, label: name })),
    ];
  }, [names, any, words, search, value]);
  return (
    <Select
      aria-label={label}
      style={{ width: '100%', minWidth: 0 }}
      value={value}
      placeholder={words.chooseEvent}
      options={options}
      {...wideList}
      showSearch={{
        onSearch: setSearch,
        filterOption: (typed, option) => {
          const { value: name, label: title } = option as unknown as { value?: string; label?: string };
          return `${name ?? ''} ${title ?? ''}`.toLowerCase().includes(typed.toLowerCase());
        },
      }}
      onChange={onChange}
    />
  );
}
