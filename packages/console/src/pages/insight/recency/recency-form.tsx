import { InputNumber } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field } from '../question/field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type Recency = QuestionOf<'recency'>;

interface RecencyFormProps {
  question: Recency;
  onChange: (question: Recency) => void;
  names: InsightNames;
}

/** Which event, and what it is worth. */
export function RecencyForm({ question, onChange, names }: RecencyFormProps) {
  const { insight: words } = useText();
  const { event, valueProperty, buckets } = question;
  const numbersOf = (name: string) => propertiesOf(names, [name]).filter(({ numeric }) => numeric);
  return (
    <>
      <Field label={words.event}>
        <EventField
          label={words.event}
          value={event}
          names={names}
          onChange={(next) => {
            const numbers = numbersOf(next.event);
            const kept = numbers.find(({ name }) => name === valueProperty) ?? numbers[0];
            onChange({ ...question, event: next, valueProperty: kept?.name ?? valueProperty });
          }}
        />
      </Field>
      <Field label={words.valueProperty} definition={words.recencyValueHint}>
        <PropertyField
          label={words.valueProperty}
          numeric
          properties={numbersOf(event.event)}
          value={valueProperty}
          onChange={(next) => next !== undefined && onChange({ ...question, valueProperty: next })}
        />
      </Field>
      <Field label={words.scoreBuckets} definition={words.scoreBucketsHint}>
        <InputNumber
          aria-label={words.scoreBuckets}
          style={{ width: '100%' }}
          min={2}
          max={10}
          value={buckets}
          onChange={(next) => onChange({ ...question, buckets: next ?? 5 })}
        />
      </Field>
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
