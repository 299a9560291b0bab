import { Button, InputNumber, Segmented, Select, Switch } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import type { FunnelRequest } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { BreakdownField } from '../question/breakdown-field.tsx';
import { DurationField } from '../question/duration-field.tsx';
import { EventField } from '../question/event-field.tsx';
import { EventList } from '../question/event-list.tsx';
import { Field } from '../question/field.tsx';
import { PropertyField } from '../question/property-field.tsx';
import type { QuestionOf } from '../question/question.ts';
import { ScopeFields } from '../question/scope-fields.tsx';
import { propertiesOf, type InsightNames } from '../question/use-insight-names.ts';
import questionStyles from '../question/question.module.css';
import styles from './funnel.module.css';

type Funnel = QuestionOf<'funnel'>;
type Exclusion = FunnelRequest['exclusions'][number];

const orders: readonly Funnel['order'][] = ['ordered', 'strict', 'any'];
const MOST_EXCLUSIONS = 5;

interface FunnelFormProps {
  question: Funnel;
  onChange: (question: Funnel) => void;
  names: InsightNames;
}

/** Steps in their order, how strictly, within which time, and over what nobody may pass. */
export function FunnelForm({ question, onChange, names }: FunnelFormProps) {
  const { insight: words } = useText();
  const { steps, order, windowMs, sameProperty, breakdown, touch, timeToConvert } = question;
  const stepEvents = steps.map(({ event }) => event);
  // A property counts for the whole chain only where every step has it.
  const shared = propertiesOf(names, stepEvents).filter(({ name }) =>
    stepEvents.every((event) => propertiesOf(names, [event]).some((property) => property.name === name)),
  );
  const setOrder = (next: Funnel['order']) =>
    onChange({ ...question, order: next, exclusions: next === 'ordered' ? question.exclusions : [] });
  return (
    <>
      <Field label={words.steps}>
        <EventList
          label={words.step}
          add={words.addStep}
          events={steps}
          names={names}
          marks="numbers"
          fewest={2}
          most={12}
          any
          make={(event) => ({ event, where: [] })}
          onChange={(next) =>
            onChange({ ...question, steps: next, exclusions: within(question.exclusions, next.length) })
          }
        />
      </Field>
      <Field label={words.order} definition={words.orderHint}>
        <Segmented
          block
          aria-label={words.order}
          value={order}
          options={orders.map((each) => ({ value: each, label: words.orders[each] }))}
          onChange={setOrder}
        />
      </Field>
      <Field label={words.window} definition={words.windowHint}>
        <DurationField
          label={words.window}
          value={windowMs}
          onChange={(next) => onChange({ ...question, windowMs: next })}
        />
      </Field>
      {order === 'ordered' && <Exclusions question={question} names={names} onChange={onChange} />}
      <Field label={words.sameProperty} definition={words.samePropertyHint}>
        <PropertyField
          label={words.sameProperty}
          none={words.noSameProperty}
          properties={shared}
          value={sameProperty}
          onChange={(next) => onChange({ ...question, sameProperty: next })}
        />
      </Field>
      <BreakdownField
        value={breakdown}
        names={names}
        events={stepEvents.slice(0, 1)}
        onChange={(next) => onChange({ ...question, breakdown: next })}
      />
      {breakdown?.by.kind === 'property' && (
        <Field label={words.touch}>
          <Select
            aria-label={words.touch}
            value={touch}
            options={(['first', 'last'] as const).map((each) => ({
              value: each,
              label: words.touches[each],
            }))}
            onChange={(next) => onChange({ ...question, touch: next })}
          />
        </Field>
      )}
      <ScopeFields question={question} onChange={onChange} names={names}>
        <label className="spread">
          <span className="soft">{words.timeToConvert}</span>
          <Switch
            size="small"
            checked={timeToConvert}
            onChange={(next) => onChange({ ...question, timeToConvert: next })}
          />
        </label>
      </ScopeFields>
    </>
  );
}

/** Exclusions lie between steps that exist. */
function within(exclusions: readonly Exclusion[], steps: number): Exclusion[] {
  return exclusions.map((each) => {
    const afterStep = Math.min(each.afterStep, steps - 1);
    const beforeStep = each.beforeStep === undefined ? undefined : Math.min(each.beforeStep, steps);
    return { ...each, afterStep, beforeStep: beforeStep && beforeStep > afterStep ? beforeStep : undefined };
  });
}

function Exclusions({ question, onChange, names }: FunnelFormProps) {
  const { insight: words } = useText();
  const { exclusions, steps } = question;
  const set = (next: Exclusion[]) => onChange({ ...question, exclusions: next });
  const fresh = names.events.find(({ name }) => !steps.some(({ event }) => event === name))?.name;
  return (
    <Field label={words.exclusions} definition={words.exclusionsHint}>
      <div className={questionStyles.events}>
        {exclusions.map((exclusion, index) => (
          <EventField<Exclusion>
            // An exclusion has no identity besides its place.
            key={index}
            label={`${words.exclusion} ${index + 1}`}
            value={exclusion}
            names={names}
            onChange={(next) => set(exclusions.map((each, place) => (place === index ? next : each)))}
            onRemove={() => set(exclusions.filter((_, place) => place !== index))}
          >
            <div className={styles.between}>
              <span>{words.afterStep}</span>
              <InputNumber
                size="small"
                aria-label={words.afterStep}
                min={1}
                max={steps.length - 1}
                value={exclusion.afterStep}
                onChange={(next) =>
                  set(
                    within(
                      exclusions.map((each, place) =>
                        place === index ? { ...each, afterStep: next ?? 1 } : each,
                      ),
                      steps.length,
                    ),
                  )
                }
              />
              <span>{words.beforeStep}</span>
              <InputNumber
                size="small"
                aria-label={words.beforeStep}
                min={exclusion.afterStep + 1}
                max={steps.length}
                value={exclusion.beforeStep ?? steps.length}
                onChange={(next) =>
                  set(
                    exclusions.map((each, place) =>
                      place === index ? { ...each, beforeStep: next ?? undefined } : each,
                    ),
                  )
                }
              />
            </div>
          </EventField>
        ))}
        {exclusions.length < MOST_EXCLUSIONS && fresh !== undefined && (
          <Button
            type="link"
            size="small"
            icon={<PlusOutlined />}
            className={questionStyles.add}
            onClick={() => set([...exclusions, { event: fresh, where: [], afterStep: 1 }])}
          >
            {words.addExclusion}
          </Button>
        )}
      </div>
    </Field>
  );
}
