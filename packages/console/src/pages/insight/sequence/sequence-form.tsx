import { Tag } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { Field, FieldRow } from '../question/field.tsx';
import { NumberField } from '../question/number-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { ShownEventsField } from '../question/shown-events-field.tsx';
import type { InsightNames } from '../question/use-insight-names.ts';

type Sequence = QuestionOf<'sequence'>;

interface SequenceFormProps {
  question: Sequence;
  onChange: (question: Sequence) => void;
  names: InsightNames;
}

/** Whose doings, of which kinds. */
export function SequenceForm({ question, onChange, names }: SequenceFormProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const { personIds, events, gapMs, limit, eventsPerPerson } = question;
  return (
    <>
      {personIds && (
        <Field label={words.chosenPeople}>
          <Tag closable onClose={() => onChange({ ...question, personIds: undefined })}>
            {words.personCount(format.integer(personIds.length))}
          </Tag>
        </Field>
      )}
      <ShownEventsField
        events={events}
        names={names}
        onChange={(next) => onChange({ ...question, events: next })}
      />
      <FieldRow>
        <NumberField
          label={words.peopleAtOnce}
          value={limit}
          minimum={1}
          maximum={200}
          fallback={20}
          onChange={(next) => onChange({ ...question, limit: next })}
        />
        <NumberField
          label={words.eventsPerPerson}
          value={eventsPerPerson}
          minimum={1}
          maximum={1_000}
          fallback={200}
          onChange={(next) => onChange({ ...question, eventsPerPerson: next })}
        />
      </FieldRow>
      <Field label={words.sessionGap} definition={words.sessionGapHint}>
        <DurationField
          label={words.sessionGap}
          value={gapMs}
          onChange={(next) => onChange({ ...question, gapMs: next })}
        />
      </Field>
      <ScopeFields question={question} onChange={onChange} names={names} sampling={false} />
    </>
  );
}
