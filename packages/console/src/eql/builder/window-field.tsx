import { useState } from 'react';
import { Button, DatePicker, InputNumber, Popover, Segmented, Select } from 'antd';
import { CalendarOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import { timeUnits, type Moment, type TimeUnit, type TimeWindow } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { windowText } from '../window-text.ts';
import { wideList } from '../../parts/wide-list.ts';
import styles from './builder.module.css';

interface WindowFieldProps {
  value: TimeWindow | undefined;
  onChange: (window: TimeWindow | undefined) => void;
  /** Absent windows mean any time: events may be left without one, comparisons with dates may not. */
  optional?: boolean;
}

const rolling = (direction: 'last' | 'next', amount: number, unit: TimeUnit): TimeWindow => ({
  kind: 'rolling',
  direction,
  amount,
  unit,
});

const habits: TimeWindow[] = [
  { kind: 'calendar', which: 'this', unit: 'day' },
  rolling('last', 7, 'day'),
  rolling('last', 30, 'day'),
  rolling('last', 90, 'day'),
  rolling('last', 1, 'year'),
  rolling('next', 7, 'day'),
  rolling('next', 30, 'day'),
];

/** When: shown as words, chosen in a small sheet. */
export function WindowField({ value, onChange, optional }: WindowFieldProps) {
  const { rule: words } = useText();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomLeft"
      destroyOnHidden
      content={
        <WindowSheet value={value} optional={optional} onChange={onChange} onDone={() => setOpen(false)} />
      }
    >
      <Button className={styles.window} icon={<CalendarOutlined />} aria-label={words.window.label}>
        {windowText(value, words)}
      </Button>
    </Popover>
  );
}

interface SheetProps extends WindowFieldProps {
  onDone: () => void;
}

type Tab = 'rolling' | 'coming' | 'calendarTab' | 'fixed' | 'relative';

function tabOf(value: TimeWindow | undefined): Tab {
  if (value?.kind === 'calendar') return 'calendarTab';
  if (value?.kind === 'between') {
    const relative = value.from?.kind === 'relative' || value.to?.kind === 'relative';
    return relative ? 'relative' : 'fixed';
  }
  return value?.kind === 'rolling' && value.direction === 'next' ? 'coming' : 'rolling';
}

/** What a way of telling time begins with; nothing for those that are chosen by one click. */
function beginningOf(tab: Tab, value: TimeWindow | undefined): TimeWindow | undefined {
  if (tab === tabOf(value)) return undefined;
  const { amount, unit } = value?.kind === 'rolling' ? value : { amount: 7, unit: 'day' as const };
  const ago = (days: number): Moment => ({ kind: 'relative', direction: 'ago', amount: days, unit: 'day' });
  if (tab === 'rolling') return rolling('last', amount, unit);
  if (tab === 'coming') return rolling('next', amount, unit);
  return tab === 'relative' ? { kind: 'between', from: ago(14), to: ago(7) } : undefined;
}

function WindowSheet({ value, onChange, optional, onDone }: SheetProps) {
  const { rule: words } = useText();
  const [tab, setTab] = useState(() => tabOf(value));
  const take = (window: TimeWindow | undefined) => {
    onChange(window);
    onDone();
  };
  return (
    <div className={styles.sheet}>
      <div className={styles.habits}>
        {optional && (
          <Button size="small" onClick={() => take(undefined)}>
            {words.window.any}
          </Button>
        )}
        {habits.map((habit) => (
          <Button key={windowText(habit, words)} size="small" onClick={() => take(habit)}>
            {windowText(habit, words)}
          </Button>
        ))}
      </div>
      <Segmented<Tab>
        size="small"
        value={tab}
        onChange={(next) => {
          setTab(next);
          const begun = beginningOf(next, value);
          if (begun) onChange(begun);
        }}
        options={(['rolling', 'coming', 'calendarTab', 'fixed', 'relative'] as const).map((each) => ({
          value: each,
          label: words.window[each],
        }))}
      />
      <WindowForm tab={tab} value={value} onChange={onChange} />
      <Button type="primary" size="small" className={styles.apply} onClick={onDone}>
        {words.window.apply}
      </Button>
    </div>
  );
}

interface FormProps {
  tab: Tab;
  value: TimeWindow | undefined;
  onChange: (window: TimeWindow) => void;
}

function WindowForm({ tab, value, onChange }: FormProps) {
  if (tab === 'rolling' || tab === 'coming') {
    const direction = tab === 'rolling' ? 'last' : 'next';
    const now = value?.kind === 'rolling' ? value : { amount: 7, unit: 'day' as const };
    return (
      <DurationInput
        amount={now.amount}
        unit={now.unit}
        onChange={(amount, unit) => onChange(rolling(direction, amount, unit))}
      />
    );
  }
  if (tab === 'calendarTab') return <CalendarInput value={value} onChange={onChange} />;
  return <BetweenInput relative={tab === 'relative'} value={value} onChange={onChange} />;
}

interface DurationInputProps {
  amount: number;
  unit: TimeUnit;
  onChange: (amount: number, unit: TimeUnit) => void;
}

/** An amount and its unit. */
export function DurationInput({ amount, unit, onChange }: DurationInputProps) {
  const { rule: words } = useText();
  return (
    <span className={styles.pair}>
      <InputNumber
        aria-label={words.value}
        min={1}
        max={100_000}
        precision={0}
        value={amount}
        onChange={(next) => next && onChange(next, unit)}
      />
      <Select<TimeUnit>
        aria-label={words.window.label}
        value={unit}
        {...wideList}
        options={timeUnits.map((each) => ({ value: each, label: words.unit[each] }))}
        onChange={(next) => onChange(amount, next)}
      />
    </span>
  );
}

function CalendarInput({ value, onChange }: Omit<FormProps, 'tab'>) {
  const { rule: words } = useText();
  const options = (['last', 'this', 'next'] as const).flatMap((which) =>
    (['day', 'week', 'month', 'quarter', 'year'] as const).map((unit): TimeWindow => ({
      kind: 'calendar',
      which,
      unit,
    })),
  );
  const chosen = value && windowText(value, words);
  return (
    <div className={styles.grid}>
      {options.map((option) => {
        const title = windowText(option, words);
        return (
          <Button
            key={title}
            size="small"
            type={title === chosen ? 'primary' : 'default'}
            onClick={() => onChange(option)}
          >
            {title}
          </Button>
        );
      })}
    </div>
  );
}

function BetweenInput({ relative, value, onChange }: Omit<FormProps, 'tab'> & { relative: boolean }) {
  const { rule: words } = useText();
  const between: { from?: Moment | undefined; to?: Moment | undefined } =
    value?.kind === 'between' ? value : {};
  const put = (end: 'from' | 'to', moment: Moment | undefined) => {
    const from = end === 'from' ? moment : between.from;
    const to = end === 'to' ? moment : between.to;
    if (from || to) onChange({ kind: 'between', ...(from ? { from } : {}), ...(to ? { to } : {}) });
  };
  return (
    <div className={styles.ends}>
      {(['from', 'to'] as const).map((end) => {
        const moment = between[end];
        return (
          <label key={end}>
            <span>{words.window[end]}</span>
            {relative ? (
              <DurationInput
                amount={moment?.kind === 'relative' ? moment.amount : end === 'from' ? 14 : 7}
                unit={moment?.kind === 'relative' ? moment.unit : 'day'}
                onChange={(amount, unit) =>
                  put(end, {
                    kind: 'relative',
                    direction: moment?.kind === 'relative' ? moment.direction : 'ago',
                    amount,
                    unit,
                  })
                }
              />
            ) : (
              <DatePicker
                aria-label={words.window[end]}
                placeholder={words.window.open}
                value={moment && moment.kind !== 'relative' ? dayjs(moment.value) : null}
                onChange={(date) =>
                  put(end, date ? { kind: 'date', value: date.format('YYYY-MM-DD') } : undefined)
                }
              />
            )}
          </label>
        );
      })}
    </div>
  );
}
