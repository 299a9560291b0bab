import { Segmented, Select } from 'antd';
import { useText } from '../../../frame/reader.tsx';
import { BreakdownField } from '../question/breakdown-field.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field, FieldRow } from '../question/field.tsx';
import { NumberField } from '../question/number-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import type { InsightNames } from '../question/use-insight-names.ts';

type Retention = QuestionOf<'retention'>;
const units: readonly Retention['unit'][] = ['day', 'week', 'month'];

interface RetentionFormProps {
  question: Retention;
  onChange: (question: Retention) => void;
  names: InsightNames;
}

/** Who began, and what counts as coming back. */
export function RetentionForm({ question, onChange, names }: RetentionFormProps) {
  const { insight: words } = useText();
  const { start, returning, unit, periods, cohort, mode, breakdown } = question;
  return (
    <>
      <Field label={words.startEvent}>
        <EventField
          label={words.startEvent}
          value={start}
          names={names}
          any
          onChange={(next) => onChange({ ...question, start: next })}
        />
      </Field>
      <Field label={words.returnEvent}>
        <EventField
          label={words.returnEvent}
          value={returning}
          names={names}
          any
          onChange={(next) => onChange({ ...question, returning: next })}
        />
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
          maximum={59}
          fallback={7}
          onChange={(next) => onChange({ ...question, periods: next })}
        />
      </FieldRow>
      <FieldRow>
        <Field label={words.retentionMode} definition={words.retentionModeHint}>
          <Select
            aria-label={words.retentionMode}
            value={mode}
            options={(['on', 'rolling'] as const).map((each) => ({
              value: each,
              label: words.retentionModes[each],
            }))}
            onChange={(next) => onChange({ ...question, mode: next })}
          />
        </Field>
        <Field label={words.cohort} definition={words.cohortHint}>
          <Select
            aria-label={words.cohort}
            value={cohort}
            options={(['first', 'every'] as const).map((each) => ({
              value: each,
              label: words.cohorts[each],
            }))}
            onChange={(next) => onChange({ ...question, cohort: next })}
          />
        </Field>
      </FieldRow>
      <BreakdownField
        value={breakdown}
        names={names}
        onChange={(next) => onChange({ ...question, breakdown: next })}
      />
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
