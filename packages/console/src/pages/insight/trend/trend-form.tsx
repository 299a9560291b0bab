import { Segmented } from 'antd';
import type { BucketUnit, Measure, TrendRequest } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { BreakdownField } from '../question/breakdown-field.tsx';
import { EventList } from '../question/event-list.tsx';
import { Field } from '../question/field.tsx';
import { MeasureField } from '../question/measure-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { ANY_EVENT, propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

const plainMeasures: readonly Measure['kind'][] = ['count', 'people', 'perPerson'];
const propertyMeasures: readonly Measure['kind'][] = [
  'sum',
  'avg',
  'median',
  'p90',
  'min',
  'max',
  'distinct',
];
const units: readonly BucketUnit[] = ['hour', 'day', 'week', 'month'];

type Series = TrendRequest['series'][number];

interface TrendFormProps {
  question: QuestionOf<'trend'>;
  onChange: (question: QuestionOf<'trend'>) => void;
  names: InsightNames;
}

/** Which events, counted how, over which time. */
export function TrendForm({ question, onChange, names }: TrendFormProps) {
  const { insight: words } = useText();
  const { series, unit, breakdown } = question;
  return (
    <>
      <Field label={words.events}>
        <EventList<Series>
          label={words.event}
          add={words.addEvent}
          events={series}
          names={names}
          marks="letters"
          fewest={1}
          most={10}
          any
          make={(event) => ({ event, where: [], measure: { kind: 'count' } })}
          onChange={(next) => onChange({ ...question, series: next })}
        >
          {(each, change) => (
            <MeasureField<Measure>
              value={each.measure}
              properties={propertiesOf(names, [each.event])}
              plain={plainMeasures}
              ofProperty={each.event === ANY_EVENT ? [] : propertyMeasures}
              onChange={(measure) => change({ ...each, measure })}
            />
          )}
        </EventList>
      </Field>
      <BreakdownField
        value={breakdown}
        names={names}
        events={series.map(({ event }) => event)}
        onChange={(next) => onChange({ ...question, breakdown: next })}
      />
      <ScopeFields question={question} onChange={onChange} names={names}>
        <Field label={words.bucket}>
          <Segmented
            block
            aria-label={words.bucket}
            value={unit}
            options={units.map((each) => ({ value: each, label: words.units[each] }))}
            onChange={(next) => onChange({ ...question, unit: next })}
          />
        </Field>
      </ScopeFields>
    </>
  );
}
