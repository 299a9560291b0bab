import { Select } from 'antd';
import { wideList } from '../../parts/wide-list.ts';
import styles from './builder.module.css';

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  strong?: boolean;
  /** The usual choice, which needs no attention. */
  quiet?: boolean;
}

/** One of a few words, as part of a sentence. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
  strong,
  quiet,
}: ChoiceProps<Value>) {
  return (
    <Select<Value>
      className={quiet ? styles.quiet : strong ? styles.strong : styles.choice}
      variant={quiet ? 'borderless' : 'outlined'}
      aria-label={label}
      value={value}
      options={[...options]}
      onChange={onChange}
      {...wideList}
      listHeight={360}
    />
  );
}
