import { Button, Input, InputNumber, Select } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import type { AnalysedEvent } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import type { NamedProperty } from './use-insight-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './question.module.css';

type Condition = AnalysedEvent['where'][number];
type Operator = Condition['operator'];

const operators: readonly Operator[] = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'exists', 'missing'];

interface ConditionRowsProps {
  conditions: readonly Condition[];
  properties: readonly NamedProperty[];
  onChange: (conditions: Condition[]) => void;
}

/** Tests of an event's properties; all of them must hold. */
export function ConditionRows({ conditions, properties, onChange }: ConditionRowsProps) {
  const change = (index: number, next: Condition) =>
    onChange(conditions.map((each, place) => (place === index ? next : each)));
  return (
    <div className={styles.conditions}>
      {conditions.map((condition, index) => (
        <ConditionRow
          // A condition has no identity besides its place.
          key={index}
          condition={condition}
          properties={properties}
          onChange={(next) => change(index, next)}
          onRemove={() => onChange(conditions.filter((_, place) => place !== index))}
        />
      ))}
    </div>
  );
}

interface ConditionRowProps {
  condition: Condition;
  properties: readonly NamedProperty[];
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionRow({ condition, properties, onChange, onRemove }: ConditionRowProps) {
  const text = useText();
  const words = text.insight;
  const property = properties.find(({ name }) => name === condition.property);
  const setOperator = (operator: Operator) => {
    const { value } = condition;
    if (operator === 'exists' || operator === 'missing')
      return onChange({ ...condition, operator, value: undefined });
    const list = Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
    onChange({ ...condition, operator, value: operator === 'in' ? list : (list[0] ?? '') });
  };
  return (
    <div className={styles.condition}>
      <Select
        size="small"
        aria-label={words.property}
        value={condition.property || undefined}
        placeholder={words.property}
        {...wideList}
        showSearch={{ optionFilterProp: 'label' }}
        options={properties.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(name: string) => onChange({ ...condition, property: name })}
      />
      <Select
        size="small"
        aria-label={words.operator}
        value={condition.operator}
        {...wideList}
        options={operators.map((operator) => ({ value: operator, label: text.operators[operator] }))}
        onChange={setOperator}
      />
      <ConditionValue condition={condition} numeric={property?.numeric ?? false} onChange={onChange} />
      <Button
        size="small"
        type="text"
        icon={<CloseOutlined />}
        aria-label={words.remove}
        onClick={onRemove}
      />
    </div>
  );
}

/** A value in the type of its property: a text of digits stays a text where the property is one. */
function ConditionValue({
  condition,
  numeric,
  onChange,
}: {
  condition: Condition;
  numeric: boolean;
  onChange: (condition: Condition) => void;
}) {
  const { insight: words } = useText();
  const { operator, value } = condition;
  if (operator === 'exists' || operator === 'missing') return <span />;
  if (operator === 'in') {
    return (
      <Select
        size="small"
        mode="tags"
        open={false}
        suffixIcon={null}
        aria-label={words.value}
        placeholder={words.values}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(written: string[]) =>
          onChange({ ...condition, value: numeric ? written.map(Number).filter(Number.isFinite) : written })
        }
      />
    );
  }
  if (numeric) {
    return (
      <InputNumber
        size="small"
        style={{ width: '100%' }}
        aria-label={words.value}
        value={typeof value === 'number' ? value : undefined}
        onChange={(next) => onChange({ ...condition, value: next ?? '' })}
      />
    );
  }
  return (
    <Input
      size="small"
      aria-label={words.value}
      placeholder={words.value}
      value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
      onChange={(event) => onChange({ ...condition, value: event.target.value })}
    />
  );
}
