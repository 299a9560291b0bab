import { useState } from 'react';
import { AutoComplete, DatePicker, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { formatValue, parseEql, type Value } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { emptyValue, isEmptyValue } from '../rule/comparison.ts';
import type { ValueTyping } from '../rule/value-type.ts';
import { TextChip } from './text-chip.tsx';
import { useKnownValues } from './use-known-values.ts';
import { wideList } from '../../parts/wide-list.ts';
import styles from './builder.module.css';

interface OperandFieldProps {
  value: Value;
  /** What the operand is compared with: its type, its unit and its known values. */
  typing: ValueTyping | undefined;
  onChange: (value: Value) => void;
}

/** A value to compare with, typed in the way its type asks for. What is no plain value is kept as text. */
export function OperandField({ value, typing, onChange }: OperandFieldProps) {
  const { rule: words } = useReader().text;
  const type = typing?.type ?? 'text';
  if (!isPlain(value)) {
    return (
      <TextChip text={formatValue(value)} hint={words.textValueHint} read={readValue} onChange={onChange} />
    );
  }
  if (type === 'number') return <NumberField value={value} unit={typing?.field?.unit} onChange={onChange} />;
  if (type === 'date' || type === 'instant') {
    return <MomentField value={value} withTime={type === 'instant'} onChange={onChange} />;
  }
  return <WordField value={value} typing={typing} onChange={onChange} />;
}

const PLAIN: ReadonlySet<Value['kind']> = new Set(['number', 'text', 'boolean', 'date', 'instant']);
const isPlain = (value: Value): boolean => PLAIN.has(value.kind);

/** A plain value as it is typed. */
function writtenPlain(value: Value): string {
  if (value.kind === 'number' || value.kind === 'boolean') return String(value.value);
  return value.kind === 'text' || value.kind === 'date' || value.kind === 'instant' ? value.value : '';
}

/** A value written as text; undefined while it cannot be read. */
export function readValue(text: string): Value | undefined {
  const parsed = parseEql(text);
  return parsed.document?.kind === 'value' ? parsed.document.value : undefined;
}

interface PlainProps {
  value: Value;
  onChange: (value: Value) => void;
}

const WAN = 10_000;

function NumberField({ value, unit, onChange }: PlainProps & { unit?: string | undefined }) {
  const { text, format } = useReader();
  const given = value.kind === 'number' ? value.value : undefined;
  const money = unit === 'cny';
  const suffix = money ? undefined : unit && ((text.units as Record<string, string>)[unit] ?? unit);
  return (
    <span className={styles.number}>
      <InputNumber<number>
        aria-label={text.rule.value}
        value={given ?? null}
        status={given === undefined ? 'warning' : undefined}
        aria-invalid={given === undefined}
        controls={false}
        prefix={money ? '¥' : undefined}
        suffix={suffix === 'percent' ? '%' : suffix}
        formatter={(shown) => grouped(shown)}
        parser={(typed) => numberTyped(typed ?? '')}
        onChange={(next) =>
          onChange(
            next === null || Number.isNaN(next)
              ? emptyValue
              : {
                  kind: 'number',
                  value: next,
                  ...(value.kind === 'number' && value.unit !== undefined ? { unit: value.unit } : {}),
                },
          )
        }
      />
      {money && given !== undefined && Math.abs(given) >= 10 * WAN && (
        <small className="faint">{format.compact(given)}</small>
      )}
    </span>
  );
}

/** Digits in groups of three before the point, as they are typed. */
function grouped(shown: number | string | undefined): string {
  const [whole = '', ...rest] = String(shown ?? '').split('.');
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** Reads 50万 and 1.2亿 as people write them. */
function numberTyped(typed: string): number {
  const match = /^\s*([-\d,.]+)\s*(万|亿)?/.exec(typed.replaceAll('，', ','));
  if (!match) return Number.NaN;
  const value = Number(match[1]!.replaceAll(',', ''));
  const factor = match[2] === '万' ? WAN : match[2] === '亿' ? WAN * WAN : 1;
  return Math.round(value * factor * 1e6) / 1e6;
}

function MomentField({ value, withTime, onChange }: PlainProps & { withTime: boolean }) {
  const { rule: words } = useReader().text;
  const given = value.kind === 'date' || value.kind === 'instant' || value.kind === 'text' ? value.value : '';
  return (
    <DatePicker
      aria-label={words.value}
      showTime={withTime && value.kind === 'instant'}
      value={given ? dayjs(given) : null}
      status={given ? undefined : 'warning'}
      aria-invalid={!given}
      onChange={(date) => {
        if (!date) onChange(emptyValue);
        else if (value.kind === 'instant') {
          onChange({ kind: 'instant', value: date.format('YYYY-MM-DDTHH:mm:ss') });
        } else onChange({ kind: 'date', value: date.format('YYYY-MM-DD') });
      }}
    />
  );
}

function WordField({ value, typing, onChange }: PlainProps & { typing: ValueTyping | undefined }) {
  const { text } = useReader();
  const given = writtenPlain(value);
  const known = useKnownValues(typing);
  const label = text.rule.value;
  const status = isEmptyValue(value) ? ('warning' as const) : undefined;
  const put = (next: string) => onChange({ kind: 'text', value: next });
  if (known.values.length === 0) {
    return (
      <Input
        className={styles.word}
        aria-label={label}
        value={given}
        placeholder={label}
        status={status}
        aria-invalid={status !== undefined}
        onChange={(event) => put(event.target.value)}
      />
    );
  }
  const chosen = known.values.find((each) => each.value === given);
  // Names that stand for ids, and closed lists, are chosen; other values may also be typed.
  if (known.closed || known.values.some((each) => each.label !== each.value)) {
    return (
      <Select
        className={styles.named}
        aria-label={label}
        showSearch={{ optionFilterProp: 'label' }}
        value={given || undefined}
        placeholder={label}
        status={status}
        aria-invalid={status !== undefined}
        {...wideList}
        options={[...(given && !chosen ? [{ value: given, label: given }] : []), ...known.values]}
        onChange={put}
      />
    );
  }
  return (
    <AutoComplete
      className={styles.word}
      aria-label={label}
      value={given}
      placeholder={label}
      status={status}
      aria-invalid={status !== undefined}
      options={known.values.filter(
        (each) => chosen !== undefined || each.value.toLowerCase().includes(given.toLowerCase()),
      )}
      onChange={put}
    />
  );
}

interface OperandListProps {
  values: readonly Value[];
  typing: ValueTyping | undefined;
  onChange: (values: Value[]) => void;
}

/** Several values to compare with; a pasted list is taken apart at commas, tabs and line breaks. */
export function OperandList({ values, typing, onChange }: OperandListProps) {
  const { text } = useReader();
  const known = useKnownValues(typing);
  const [typed, setTyped] = useState('');
  const numeric = typing?.type === 'number';
  // Values that are calculated stay as they are beside those that are typed.
  const calculated = values.filter((value) => !isPlain(value));
  const shown = values.filter(isPlain).map(writtenPlain);
  return (
    <Select<string[]>
      mode="tags"
      className={styles.words}
      aria-label={text.rule.values}
      placeholder={text.rule.values}
      status={values.length === 0 ? 'warning' : undefined}
      aria-invalid={values.length === 0}
      value={shown}
      searchValue={typed}
      onSearch={setTyped}
      tokenSeparators={[',', '，', '、', '\t', '\n', ';', '；']}
      {...wideList}
      maxTagCount={12}
      options={[...known.values]}
      onChange={(next) => {
        setTyped('');
        const plain = next.flatMap((each): Value[] => {
          if (!numeric) return each.trim() ? [{ kind: 'text', value: each.trim() }] : [];
          const number = numberTyped(each);
          return Number.isNaN(number) ? [] : [{ kind: 'number', value: number }];
        });
        onChange([...plain, ...calculated]);
      }}
    />
  );
}
