import { Select } from 'antd';
import type { Scope } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Field, FieldRow } from './field.tsx';
import { PeopleField } from './people-field.tsx';
import { PeriodField } from './period-field.tsx';
import type { InsightNames } from './use-insight-names.ts';

const samples = [1, 0.5, 0.1, 0.01] as const;
const comparisons = ['none', 'previous_period', 'previous_year'] as const;

/** Single people's doings are neither sampled nor compared. */
type Asking = Omit<Scope, 'sample' | 'compare'> & Partial<Pick<Scope, 'sample' | 'compare'>>;

interface ScopeFieldsProps<Asked extends Asking> {
  question: Asked;
  onChange: (question: Asked) => void;
  names: InsightNames;
  /** Single people are never drawn by lot. */
  sampling?: boolean;
  children?: React.ReactNode;
}

/** What all questions share: who, when, and how many are looked at. */
export function ScopeFields<Asked extends Asking>(props: ScopeFieldsProps<Asked>) {
  const { question, onChange, names, sampling = true, children } = props;
  const { text, format } = useReader();
  const words = text.insight;
  return (
    <>
      <Field label={words.people} definition={words.peopleHint}>
        <PeopleField
          label={words.people}
          value={question.people}
          names={names}
          onChange={(people) => onChange({ ...question, people })}
        />
      </Field>
      <Field label={words.period}>
        <PeriodField value={question.period} onChange={(period) => onChange({ ...question, period })} />
      </Field>
      {children}
      {sampling && (
        <Field label={words.compare}>
          <Select
            aria-label={words.compare}
            value={question.compare ?? 'none'}
            options={comparisons.map((each) => ({ value: each, label: words.comparisons[each] }))}
            onChange={(next: (typeof comparisons)[number]) =>
              onChange({ ...question, compare: next === 'none' ? undefined : next })
            }
          />
        </Field>
      )}
      {sampling && (
        <FieldRow>
          <Field label={words.sample} definition={words.sampleHint}>
            <Select
              aria-label={words.sample}
              value={question.sample ?? 1}
              options={samples.map((share) => ({
                value: share as number,
                label: share === 1 ? words.noSample : words.sampleOf(format.percent(share, 0)),
              }))}
              onChange={(share) => onChange({ ...question, sample: share === 1 ? undefined : share })}
            />
          </Field>
        </FieldRow>
      )}
    </>
  );
}
