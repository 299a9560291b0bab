import { Select } from 'antd';
import { attributionModels, type AttributionModel } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { EventField } from '../question/event-field.tsx';
import { EventList } from '../question/event-list.tsx';
import { Field } from '../question/field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';

type Attribution = QuestionOf<'attribution'>;

interface AttributionFormProps {
  question: Attribution;
  onChange: (question: Attribution) => void;
  names: InsightNames;
}

/** Which touches, towards which conversion, by which models. */
export function AttributionForm({ question, onChange, names }: AttributionFormProps) {
  const { insight: words } = useText();
  const { touches, touchBy, conversion, valueProperty, lookbackMs, halfLifeMs, models } = question;
  return (
    <>
      <Field label={words.conversion}>
        <EventField
          label={words.conversion}
          value={conversion}
          names={names}
          onChange={(next) => onChange({ ...question, conversion: next, valueProperty: undefined })}
        >
          <PropertyField
            label={words.conversionValue}
            none={words.countConversions}
            numeric
            properties={propertiesOf(names, [conversion.event])}
            value={valueProperty}
            onChange={(next) => onChange({ ...question, valueProperty: next })}
          />
        </EventField>
      </Field>
      <Field label={words.touchEvents} definition={words.touchEventsHint}>
        <EventList
          label={words.touchEvent}
          add={words.addTouch}
          events={touches}
          names={names}
          marks="letters"
          fewest={1}
          most={20}
          make={(event) => ({ event, where: [] })}
          onChange={(next) => onChange({ ...question, touches: next })}
        />
      </Field>
      <Field label={words.touchBy} definition={words.touchByHint}>
        <PropertyField
          label={words.touchBy}
          none={words.touchByEvent}
          properties={propertiesOf(
            names,
            touches.map(({ event }) => event),
          )}
          value={touchBy}
          onChange={(next) => onChange({ ...question, touchBy: next })}
        />
      </Field>
      <Field label={words.models}>
        <Select
          mode="multiple"
          aria-label={words.models}
          value={models}
          options={attributionModels.map((each) => ({ value: each, label: words.modelNames[each] }))}
          onChange={(next: AttributionModel[]) => next.length > 0 && onChange({ ...question, models: next })}
        />
      </Field>
      <Field label={words.lookback} definition={words.lookbackHint}>
        <DurationField
          label={words.lookback}
          value={lookbackMs}
          onChange={(next) => onChange({ ...question, lookbackMs: next })}
        />
      </Field>
      {models.includes('time_decay') && (
        <Field label={words.halfLife}>
          <DurationField
            label={words.halfLife}
            value={halfLifeMs}
            onChange={(next) => onChange({ ...question, halfLifeMs: next })}
          />
        </Field>
      )}
      <ScopeFields question={question} onChange={onChange} names={names} />
    </>
  );
}
