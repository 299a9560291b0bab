import { Select } from 'antd';
import type { ReportRequest } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EventField } from '../question/event-field.tsx';
import { Field } from '../question/field.tsx';
import { PeopleField } from '../question/people-field.tsx';
import { PeriodField } from '../question/period-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ANY_EVENT, type InsightNames } from '../question/use-insight-names.ts';
import { DimensionRows } from './dimension-rows.tsx';
import { MeasureRows } from './measure-rows.tsx';
import { detailsOf, dimensionsFor, keyOfSubject, type Subject } from './report-choices.ts';
import { useReportNames } from './use-report-names.ts';

const comparisons = ['none', 'previous_period', 'previous_year'] as const;
/** Days that a subject with a period begins with. */
const FIRST_DAYS = 30;
const ALL_TIME = 'all';
const PERIOD = 'period';

type Report = QuestionOf<'report'>;

interface ReportFormProps {
  question: Report;
  onChange: (question: Report) => void;
  names: InsightNames;
}

/** What is counted, measured and told apart, of whom and when. */
export function ReportForm({ question, onChange, names }: ReportFormProps) {
  const { text } = useReader();
  const { insight: common, reports: words } = text;
  const { subject, period, people, compare } = question;
  const shown = useReportNames(names);
  const setPeriod = (next: ReportRequest['period']) =>
    onChange(next ? { ...question, period: next } : withoutPeriod(question));
  const chooseSubject = (key: string) => onChange(withSubject(question, subjectOf(key, names)));
  return (
    <>
      <Field label={words.subject} definition={words.subjectHint}>
        <Select
          aria-label={words.subject}
          value={keyOfSubject(subject)}
          options={[
            { value: 'people', label: words.subjects.people },
            ...detailsOf(shown.model).map(({ name }) => {
              const each: Subject = { kind: 'details', detail: name };
              return { value: keyOfSubject(each), label: words.details(shown.subject(each)) };
            }),
            { value: 'events', label: words.subjects.events },
          ]}
          onChange={chooseSubject}
        />
        {subject.kind === 'events' && (
          <EventField
            label={words.event}
            any
            value={subject.event}
            names={names}
            onChange={(event) => onChange({ ...question, subject: { kind: 'events', event } })}
          />
        )}
      </Field>
      <Field label={words.measure}>
        <MeasureRows
          measures={question.measures}
          subject={subject}
          shown={shown}
          onChange={(measures) => onChange({ ...question, measures })}
        />
      </Field>
      <Field label={words.dimensions} definition={words.dimensionsHint}>
        <DimensionRows
          dimensions={question.dimensions}
          subject={subject}
          timed={period !== undefined}
          names={names}
          shown={shown}
          onChange={(dimensions) => onChange({ ...question, dimensions })}
        />
      </Field>
      <Field label={common.people} definition={common.peopleHint}>
        <PeopleField
          label={common.people}
          value={people}
          names={names}
          onChange={(next) => onChange({ ...question, people: next })}
        />
      </Field>
      {subject.kind !== 'people' && (
        <Field label={common.period} definition={subject.kind === 'details' ? words.allTimeHint : undefined}>
          {subject.kind === 'details' && (
            <Select
              aria-label={words.allTime}
              value={period ? PERIOD : ALL_TIME}
              options={[
                { value: ALL_TIME, label: words.allTime },
                { value: PERIOD, label: common.period },
              ]}
              onChange={(next) => setPeriod(next === PERIOD ? { lastDays: FIRST_DAYS } : undefined)}
            />
          )}
          {period && <PeriodField value={period} onChange={setPeriod} />}
        </Field>
      )}
      {period && subject.kind !== 'people' && (
        <Field label={common.compare}>
          <Select
            aria-label={common.compare}
            value={compare ?? 'none'}
            options={comparisons.map((each) => ({ value: each, label: common.comparisons[each] }))}
            onChange={(next: (typeof comparisons)[number]) =>
              onChange({ ...question, compare: next === 'none' ? undefined : next })
            }
          />
        </Field>
      )}
    </>
  );
}

function subjectOf(key: string, names: InsightNames): Subject {
  if (key === 'people') return { kind: 'people' };
  const [, detail] = key.split(':');
  if (detail) return { kind: 'details', detail };
  return { kind: 'events', event: { event: names.events[0]?.name ?? ANY_EVENT, where: [] } };
}

/** The same report of something else: what only the former subject had goes. */
function withSubject(question: Report, subject: Subject): Report {
  const measures: Report['measures'] = [{ kind: subject.kind === 'people' ? 'people' : 'count' }];
  const next = { ...question, subject, measures, dimensions: dimensionsFor(question.dimensions) };
  return subject.kind === 'events'
    ? { ...next, period: question.period ?? { lastDays: FIRST_DAYS } }
    : withoutPeriod(next);
}

/** Neither times nor another period without one. */
function withoutPeriod(question: Report): Report {
  const dimensions = question.dimensions.filter(({ kind }) => kind !== 'time');
  return { ...question, period: undefined, compare: undefined, dimensions };
}
