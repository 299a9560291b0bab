import { InputNumber } from 'antd';
import type { CalendarUnit, EventSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import {
  eventMeasures,
  needsProperty,
  readEventQuestion,
  writeEventQuestion,
  writeEventValue,
  type EventMeasure,
  type EventQuestion,
} from '../rule/event-question.ts';
import { operatorsFor, withOperator } from '../rule/comparison.ts';
import type { FieldChoice } from '../rule/names.ts';
import { typeOf } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { ComparisonPart } from './comparison-part.tsx';
import { EventPart } from './event-part.tsx';
import { fieldGroups } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import type { RowProps } from './row.ts';
import { WindowField } from './window-field.tsx';
import styles from './builder.module.css';

const NUMERIC: ReadonlySet<EventMeasure> = new Set(['sum', 'avg']);

/** When, done or how much, which event, compared how. */
export function EventRow({ condition, subject, onChange }: RowProps) {
  const { names } = useRule();
  const question = readEventQuestion(condition);
  if (!question) return null;
  const { measure, source, comparison } = question;
  const put = (changed: Partial<EventQuestion>) => onChange(writeEventQuestion({ ...question, ...changed }));
  const isDone = measure === 'did' || measure === 'didNot';
  const typing = isDone ? undefined : typeOf(names, subject, writeEventValue(question));
  return (
    <>
      <WindowField
        optional
        value={source.window}
        onChange={(window) => put({ source: withWindow(source, window) })}
      />
      {isDone && <MeasureChoice question={question} onChange={put} />}
      <EventPart source={source} onChange={(changed) => put({ source: changed })}>
        {!isDone && (
          <>
            <MeasureChoice question={question} onChange={put} />
            <MeasureDetail question={question} onChange={put} />
          </>
        )}
        {comparison && !isDone && (
          <ComparisonPart
            comparison={comparison}
            typing={typing}
            onChange={(changed) => put({ comparison: changed })}
          />
        )}
      </EventPart>
    </>
  );
}

function withWindow({ window: _former, ...source }: EventSource, window: EventSource['window']): EventSource {
  return window ? { ...source, window } : source;
}

interface MeasureProps {
  question: EventQuestion;
  onChange: (changed: Partial<EventQuestion>) => void;
}

function MeasureChoice({ question, onChange }: MeasureProps) {
  const { rule: words } = useText();
  const titles: Record<EventMeasure, string> = { ...words.measure, did: words.did, didNot: words.didNot };
  return (
    <Choice
      strong
      label={words.measureLabel}
      value={question.measure}
      options={eventMeasures.map((value) => ({ value, label: titles[value] }))}
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
function MeasureDetail({ question, onChange }: MeasureProps) {
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
