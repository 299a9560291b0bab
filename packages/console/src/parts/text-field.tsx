import { Form, Input } from 'antd';

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  placeholder?: string;
  autoFocus?: boolean;
}

/** A line of text in a form whose values its dialog keeps. */
export function TextField({ label, onChange, ...input }: TextFieldProps) {
  return (
    <Form.Item label={label}>
      <Input {...input} aria-label={label} onChange={(event) => onChange(event.target.value)} />
    </Form.Item>
  );
}
