import { InputNumber, Tag } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { Field, FieldRow } from '../question/field.tsx';
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
        <Field label={words.peopleAtOnce}>
          <InputNumber
            aria-label={words.peopleAtOnce}
            style={{ width: '100%' }}
            min={1}
            max={200}
            value={limit}
            onChange={(next) => onChange({ ...question, limit: next ?? 20 })}
          />
        </Field>
        <Field label={words.eventsPerPerson}>
          <InputNumber
            aria-label={words.eventsPerPerson}
            style={{ width: '100%' }}
            min={1}
            max={1_000}
            value={eventsPerPerson}
            onChange={(next) => onChange({ ...question, eventsPerPerson: next ?? 200 })}
          />
        </Field>
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
