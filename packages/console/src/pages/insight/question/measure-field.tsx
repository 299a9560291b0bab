import { Select } from 'antd';
import type { Measure, PersonMeasure } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { PropertyField } from './property-field.tsx';
import type { NamedProperty } from './use-insight-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './question.module.css';

interface MeasureFieldProps<Chosen extends Measure | PersonMeasure> {
  value: Chosen;
  onChange: (measure: Chosen) => void;
  properties: readonly NamedProperty[];
  /** Kinds that need no property, then those that do. */
  plain: readonly Chosen['kind'][];
  ofProperty: readonly Chosen['kind'][];
}

/** What is counted: events, people, or a number over a property. */
export function MeasureField<Chosen extends Measure | PersonMeasure>(props: MeasureFieldProps<Chosen>) {
  const { value, onChange, properties, plain, ofProperty } = props;
  const { insight: words } = useText();
  const property = 'property' in value ? value.property : undefined;
  const fitting = (kind: Chosen['kind']) =>
    kind === 'distinct' ? properties : properties.filter((each) => each.numeric);
  const choose = (kind: Chosen['kind']) => {
    if (plain.includes(kind)) return onChange({ kind } as Chosen);
    const kept = fitting(kind).find(({ name }) => name === property)?.name ?? fitting(kind)[0]?.name;
    if (kept !== undefined) onChange({ kind, property: kept } as Chosen);
  };
  const option = (kind: Chosen['kind']) => ({
    value: kind,
    label: words.measures[kind],
    disabled: ofProperty.includes(kind) && fitting(kind).length === 0,
  });
  return (
    <div className={styles.measure}>
      <Select
        size="small"
        aria-label={words.measure}
        value={value.kind}
        {...wideList}
        options={[...plain, ...ofProperty].map(option)}
        onChange={choose}
      />
      {property !== undefined && (
        <PropertyField
          label={words.property}
          value={property}
          numeric={value.kind !== 'distinct'}
          properties={properties}
          onChange={(name) => name !== undefined && onChange({ ...value, property: name } as Chosen)}
        />
      )}
    </div>
  );
}
