import type { Field, ValueType } from '@wutong/contract';
import type { ShownValue } from '../api/vocabulary.ts';
import { useReader } from '../frame/reader.tsx';
import { TimeText } from './time-text.tsx';

interface ValueTextProps {
  value: unknown;
  valueType?: ValueType;
  unit?: string;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** A value of an attribute, a detail or an event, written for a person. */
export function ValueText({ value, valueType, unit }: ValueTextProps) {
  const { text, format } = useReader();
  if (value === null || value === undefined || value === '') return <span className="faint">–</span>;
  if (typeof value === 'boolean') return <>{value ? text.state.yes : text.state.no}</>;
  if (typeof value === 'number') {
    if (unit === 'percent') return <span className="number">{format.decimal(value)}%</span>;
    if (unit === 'cny') return <span className="number">{format.yuan(value)}</span>;
    return (
      <span className="number">
        {format.decimal(value)}
        {unit ? ` ${(text.units as Record<string, string | undefined>)[unit] ?? unit}` : ''}
      </span>
    );
  }
  if (typeof value === 'string') {
    if (valueType === 'datetime' || (valueType === undefined && ISO_TIME.test(value))) {
      return <TimeText at={value} form="full" />;
    }
    return <>{(text.words.value as Record<string, string | undefined>)[value] ?? value}</>;
  }
  if (Array.isArray(value)) return <>{value.map(String).join(text.punctuation.comma)}</>;
  return <code className="mono">{JSON.stringify(value)}</code>;
}

interface FieldListProps {
  values: Record<string, ShownValue>;
  fields: readonly Field[];
}

/** Fields in a line: title and value, missing ones left out. */
export function FieldLine({ values, fields }: FieldListProps) {
  const { language } = useReader();
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (
    <span className="row" style={{ columnGap: 16 }}>
      {Object.entries(values)
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => {
          const field = byName.get(name);
          return (
            <span key={name}>
              <span className="faint">{field?.title[language] ?? name}</span>{' '}
              <ValueText value={value} valueType={field?.valueType} unit={field?.unit} />
            </span>
          );
        })}
    </span>
  );
}
