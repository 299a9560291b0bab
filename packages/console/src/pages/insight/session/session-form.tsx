import { Segmented } from 'antd';
import type { BucketUnit } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { Field } from '../question/field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { ShownEventsField } from '../question/shown-events-field.tsx';
import type { InsightNames } from '../question/use-insight-names.ts';

type Session = QuestionOf<'session'>;
const units: readonly BucketUnit[] = ['hour', 'day', 'week', 'month'];

interface SessionFormProps {
  question: Session;
  onChange: (question: Session) => void;
  names: InsightNames;
}

/** Which events make a visit, and after how long a silence another one begins. */
export function SessionForm({ question, onChange, names }: SessionFormProps) {
  const { insight: words } = useText();
  return (
    <>
      <ShownEventsField
        events={question.events}
        names={names}
        onChange={(events) => onChange({ ...question, events })}
      />
      <Field label={words.sessionGap} definition={words.sessionGapHint}>
        <DurationField
          label={words.sessionGap}
          value={question.gapMs}
          onChange={(gapMs) => onChange({ ...question, gapMs })}
        />
      </Field>
      <ScopeFields question={question} onChange={onChange} names={names}>
        <Field label={words.bucket}>
          <Segmented
            block
            aria-label={words.bucket}
            value={question.unit}
            options={units.map((each) => ({ value: each, label: words.units[each] }))}
            onChange={(unit) => onChange({ ...question, unit })}
          />
        </Field>
      </ScopeFields>
    </>
  );
}
