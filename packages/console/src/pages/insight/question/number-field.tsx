import { InputNumber } from 'antd';
import { Field } from './field.tsx';

interface NumberFieldProps {
  label: string;
  value: number;
  minimum: number;
  maximum: number;
  /** What an emptied field stands for. */
  fallback: number;
  onChange: (value: number) => void;
}

/** A whole number between two bounds. */
export function NumberField({ label, value, minimum, maximum, fallback, onChange }: NumberFieldProps) {
  return (
    <Field label={label}>
      <InputNumber
        aria-label={label}
        style={{ width: '100%' }}
        min={minimum}
        max={maximum}
        value={value}
        onChange={(next) => onChange(next ?? fallback)}
      />
    </Field>
  );
}
