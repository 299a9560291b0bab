import { Input } from 'antd';
import type { PersonMeasure } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { BreakdownField } from '../question/breakdown-field.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field } from '../question/field.tsx';
import { MeasureField } from '../question/measure-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { ClearIcon } from '../../../parts/clear-icon.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type Distribution = QuestionOf<'distribution'>;

const plain: readonly PersonMeasure['kind'][] = ['count', 'days'];
const ofProperty: readonly PersonMeasure['kind'][] = ['sum', 'avg', 'min', 'max', 'distinct'];

interface DistributionFormProps {
  question: Distribution;
  onChange: (question: Distribution) => void;
  names: InsightNames;
}

/** Ascending numbers out of what was written, separated by anything but digits. */
function boundsOf(written: string): number[] | undefined {
  const numbers = (written.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  const ascending = [...new Set(numbers)].toSorted((left, right) => left - right).slice(0, 100);
  return ascending.length > 0 ? ascending : undefined;
}

/** Which number of each person, and where bins begin. */
export function DistributionForm({ question, onChange, names }: DistributionFormProps) {
  const { insight: words } = useText();
  const { event, measure, bounds, breakdown } = question;
  return (
    <>
      <Field label={words.event}>
        <EventField
          label={words.event}
          value={event}
          names={names}
          any
          onChange={(next) => onChange({ ...question, event: next })}
        >
          <MeasureField<PersonMeasure>
            value={measure}
            properties={propertiesOf(names, [event.event])}
            plain={plain}
            ofProperty={ofProperty}
            onChange={(next) => onChange({ ...question, measure: next, bounds: undefined })}
          />
        </EventField>
      </Field>
      <Field label={words.bounds} definition={words.boundsHint}>
        <Input
          // A new measure begins anew.
          key={JSON.stringify(measure)}
          aria-label={words.bounds}
          placeholder={words.boundsAuto}
          defaultValue={bounds?.join(', ')}
          allowClear={{ clearIcon: <ClearIcon /> }}
          onChange={(change) => onChange({ ...question, bounds: boundsOf(change.target.value) })}
        />
      </Field>
      <BreakdownField
        value={breakdown}
        names={names}
        onChange={(next) => onChange({ ...question, breakdown: next })}
      />
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
