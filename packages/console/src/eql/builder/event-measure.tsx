import { InputNumber } from 'antd';
import type { CalendarUnit } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { operatorsFor, withOperator } from '../rule/comparison.ts';
import {
  eventMeasures,
  needsProperty,
  type EventMeasure,
  type EventQuestion,
} from '../rule/event-question.ts';
import type { FieldChoice } from '../rule/names.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { fieldGroups } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import styles from './builder.module.css';

const NUMERIC: ReadonlySet<EventMeasure> = new Set(['sum', 'avg']);

interface MeasureProps {
  question: EventQuestion;
  /** The measures to choose from; all of them when it is left out. */
  offered?: readonly EventMeasure[];
  onChange: (changed: Partial<EventQuestion>) => void;
}

/** Done, not done, or how much: the middle of the sentence. */
export function EventMeasureChoice({ question, offered = eventMeasures, onChange }: MeasureProps) {
  const { rule: words } = useText();
  const titles: Record<EventMeasure, string> = { ...words.measure, did: words.did, didNot: words.didNot };
  return (
    <Choice
      strong
      label={words.measureLabel}
      value={question.measure}
      options={offered.map((value) => ({ value, label: titles[value] }))}
      onChange={(measure) => onChange(asMeasured(question, measure))}
    />
  );
}

/** The same events, measured in another way; a number that was typed stays where a number is asked for. */
function asMeasured(question: EventQuestion, measure: EventMeasure): Partial<EventQuestion> {
  const { property, ...rest } = question.source;
  const source = needsProperty(measure) && property !== undefined ? { ...rest, property } : rest;
  if (measure === 'did' || measure === 'didNot') return { measure, source, comparison: undefined };
  const counted = measure !== 'first' && measure !== 'last' && measure !== 'nth';
  const former = question.comparison;
  const kept = counted && former && operatorsFor('number').includes(former.operator) ? former : undefined;
  const begun = withOperator(
    { value: { kind: 'text', value: '' }, operator: '>=', operands: [{ kind: 'number', value: 1 }] },
    counted ? '>=' : '=',
  );
  return { measure, source, comparison: kept ?? { operator: begun.operator, operands: begun.operands } };
}

/** What a measure needs besides the event: a property, a unit, a number. */
export function EventMeasureDetail({ question, onChange }: MeasureProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const { measure, source, nth, unit } = question;
  if (measure === 'streak') {
    return (
      <Choice<CalendarUnit>
        label={words.measureLabel}
        value={unit ?? 'week'}
        options={(['day', 'week', 'month', 'quarter', 'year'] as const).map((value) => ({
          value,
          label: words.streakUnit[value],
        }))}
        onChange={(next) => onChange({ unit: next })}
      />
    );
  }
  if (!needsProperty(measure)) return null;
  const fits = (field: FieldChoice) => !NUMERIC.has(measure) || field.type === 'number';
  const groups = fieldGroups(names, { kind: 'event', event: source.event }, words, fits);
  const withTime = NUMERIC.has(measure) ? [] : [{ value: 'time', title: words.eventTime, code: 'time' }];
  return (
    <>
      {measure === 'nth' && (
        <InputNumber
          className={styles.small}
          aria-label={words.measure.nth}
          min={1}
          max={1_000}
          precision={0}
          value={nth ?? 1}
          onChange={(next) => onChange({ nth: next ?? 1 })}
        />
      )}
      <NameSelect
        label={words.property}
        placeholder={words.property}
        value={source.property}
        groups={[...groups, { title: '', options: withTime }]}
        onChange={(property) => onChange({ source: { ...source, property } })}
      />
    </>
  );
}
