import { Select } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import type { NamedProperty } from './use-insight-names.ts';
import { wideList } from '../../../parts/wide-list.ts';

interface PropertyFieldProps {
  label: string;
  value: string | undefined;
  onChange: (name: string | undefined) => void;
  properties: readonly NamedProperty[];
  /** Only numbers, for sums and the like. */
  numeric?: boolean;
  /** The words for none; without them a property must be chosen. */
  none?: string;
}

const NONE = '';

/** Chooses a property of the events by its title. */
export function PropertyField({ label, value, onChange, properties, numeric, none }: PropertyFieldProps) {
  const { words, insight } = useText();
  const offered = properties.filter((each) => !numeric || each.numeric);
  const unknown = value !== undefined && value !== NONE && !offered.some(({ name }) => name === value);
  return (
    <Select
      aria-label={label}
      style={{ width: '100%', minWidth: 0 }}
      value={value ?? (none === undefined ? undefined : NONE)}
      placeholder={insight.chooseProperty}
      {...wideList}
      showSearch={{ optionFilterProp: 'label' }}
      options={[
        ...(none === undefined ? [] : [{ value: NONE, label: none }]),
        ...offered.map(({ name, title }) => ({ value: name, label: title })),
        ...(unknown
          ? [{ value, label: (words.property as Record<string, string | undefined>)[value] ?? value }]
          : []),
      ]}
      onChange={(name: string) => onChange(name === NONE ? undefined : name)}
    />
  );
}
