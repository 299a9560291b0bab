import { useText } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field } from '../question/field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type Interval = QuestionOf<'interval'>;

interface IntervalFormProps {
  question: Interval;
  onChange: (question: Interval) => void;
  names: InsightNames;
}

/** Between which two events, and how far apart at most. */
export function IntervalForm({ question, onChange, names }: IntervalFormProps) {
  const { insight: words } = useText();
  const { first, next, maximumMs, sameProperty } = question;
  const properties = propertiesOf(names, [first.event]).filter(({ name }) =>
    propertiesOf(names, [next.event]).some((property) => property.name === name),
  );
  return (
    <>
      <Field label={words.firstEvent}>
        <EventField
          label={words.firstEvent}
          value={first}
          names={names}
          onChange={(event) => onChange({ ...question, first: event })}
        />
      </Field>
      <Field label={words.nextEvent} definition={words.intervalHint}>
        <EventField
          label={words.nextEvent}
          value={next}
          names={names}
          onChange={(event) => onChange({ ...question, next: event })}
        />
      </Field>
      <Field label={words.longestInterval}>
        <DurationField
          label={words.longestInterval}
          value={maximumMs}
          mostDays={3_660}
          onChange={(durationMs) => onChange({ ...question, maximumMs: durationMs })}
        />
      </Field>
      <Field label={words.sameProperty} definition={words.samePropertyHint}>
        <PropertyField
          label={words.sameProperty}
          none={words.noSameProperty}
          properties={properties}
          value={sameProperty}
          onChange={(property) => onChange({ ...question, sameProperty: property })}
        />
      </Field>
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
