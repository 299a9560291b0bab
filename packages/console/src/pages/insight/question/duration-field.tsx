import { InputNumber, Select } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import styles from './question.module.css';

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Unit = keyof typeof units;
const names = Object.keys(units) as Unit[];

/** The largest unit that divides a duration. */
function unitOf(durationMs: number): Unit {
  return names.toReversed().find((unit) => durationMs % units[unit] === 0) ?? 'minute';
}

interface DurationFieldProps {
  label: string;
  /** Milliseconds. */
  value: number;
  onChange: (durationMs: number) => void;
  mostDays?: number;
}

/** A length of time in minutes, hours or days. */
export function DurationField({ label, value, onChange, mostDays = 366 }: DurationFieldProps) {
  const { insight: words } = useText();
  const unit = unitOf(value);
  const bounded = (durationMs: number) =>
    Math.min(mostDays * units.day, Math.max(units.minute, Math.round(durationMs)));
  return (
    <div className={styles.duration}>
      <InputNumber
        aria-label={label}
        style={{ width: '100%' }}
        min={1}
        precision={0}
        value={Math.max(1, Math.round(value / units[unit]))}
        onChange={(amount) => onChange(bounded((amount ?? 1) * units[unit]))}
      />
      <Select
        aria-label={`${label}: ${words.unit}`}
        value={unit}
        options={names.map((each) => ({ value: each, label: words.durations[each] }))}
        onChange={(next: Unit) => onChange(bounded((value / units[unit]) * units[next]))}
      />
    </div>
  );
}
