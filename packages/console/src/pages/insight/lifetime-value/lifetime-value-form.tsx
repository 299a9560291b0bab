import { Segmented } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field, FieldRow } from '../question/field.tsx';
import { NumberField } from '../question/number-field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type LifetimeValue = QuestionOf<'lifetime_value'>;
const units: readonly LifetimeValue['unit'][] = ['day', 'week', 'month'];

interface LifetimeValueFormProps {
  question: LifetimeValue;
  onChange: (question: LifetimeValue) => void;
  names: InsightNames;
}

/** From which event on, and what their worth is made of. */
export function LifetimeValueForm({ question, onChange, names }: LifetimeValueFormProps) {
  const { insight: words } = useText();
  const { start, value, valueProperty, unit, periods } = question;
  return (
    <>
      <Field label={words.startEvent} definition={words.lifetimeStartHint}>
        <EventField
          label={words.startEvent}
          value={start}
          names={names}
          any
          onChange={(next) => onChange({ ...question, start: next })}
        />
      </Field>
      <Field label={words.valueEvent}>
        <EventField
          label={words.valueEvent}
          value={value}
          names={names}
          onChange={(next) => onChange({ ...question, value: next, valueProperty: undefined })}
        >
          <PropertyField
            label={words.valueProperty}
            none={words.countEvents}
            numeric
            properties={propertiesOf(names, [value.event])}
            value={valueProperty}
            onChange={(next) => onChange({ ...question, valueProperty: next })}
          />
        </EventField>
      </Field>
      <FieldRow>
        <Field label={words.periodUnit}>
          <Segmented
            block
            aria-label={words.periodUnit}
            value={unit}
            options={units.map((each) => ({ value: each, label: words.units[each] }))}
            onChange={(next) => onChange({ ...question, unit: next })}
          />
        </Field>
        <NumberField
          label={words.periods}
          value={periods}
          minimum={1}
          maximum={60}
          fallback={12}
          onChange={(next) => onChange({ ...question, periods: next })}
        />
      </FieldRow>
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
