import { Segmented } from 'antd';
import { formatValue, type Value } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import {
  eventMeasures,
  readEventValue,
  writeEventValue,
  type EventMeasure,
  type EventQuestion,
} from '../rule/event-question.ts';
import { fieldsOf, person, relatedAt, relatedOf } from '../rule/names.ts';
import { relatedSource, usualWindow } from '../rule/new-condition.ts';
import {
  readRelatedValue,
  relatedMeasures,
  writeRelatedValue,
  type RelatedMeasure,
  type RelatedQuestion,
} from '../rule/related-question.ts';
import { useRule } from '../rule-context.ts';
import { AttributeValueField } from './comparison-row.tsx';
import { EventMeasureChoice, EventMeasureDetail } from './event-measure.tsx';
import { EventPart } from './event-part.tsx';
import { readValue } from './operand-field.tsx';
import { RelatedMeasureChoice, RelatedMeasureField, RelatedSourceSelect } from './related-measure.tsx';
import { RelatedWhere } from './related-row.tsx';
import { TextChip } from './text-chip.tsx';
import { WindowField } from './window-field.tsx';
import styles from './builder.module.css';

type Origin = 'event' | 'related' | 'attribute';

const COMPUTED_EVENTS: readonly EventMeasure[] = eventMeasures.filter(
  (each) => each !== 'did' && each !== 'didNot',
);
const COMPUTED_RELATED: readonly RelatedMeasure[] = relatedMeasures.filter(
  (each) => each !== 'any' && each !== 'all' && each !== 'none',
);

interface ValueFieldProps {
  value: Value;
  /** The measures of events to choose from; with it, the value is taken from events only. */
  measures?: readonly EventMeasure[];
  onChange: (value: Value) => void;
}

/** A value of each person: measured from events, from holdings, or an attribute in one of its views. */
export function ValueField({ value, measures, onChange }: ValueFieldProps) {
  const { rule: words } = useText();
  const event = readEventValue(value);
  const related = readRelatedValue(value);
  const isAttribute =
    value.kind === 'attribute' ||
    value.kind === 'elapsed' ||
    value.kind === 'percentile' ||
    value.kind === 'rank';
  const origin: Origin | undefined = event
    ? 'event'
    : related
      ? 'related'
      : isAttribute
        ? 'attribute'
        : undefined;
  return (
    <div className={styles.builder}>
      {!measures && <OriginChoice origin={origin} onChange={onChange} />}
      <div className={styles.row}>
        <div className={styles.line}>
          {event && <EventValue question={event} offered={measures ?? COMPUTED_EVENTS} onChange={onChange} />}
          {related && <RelatedValue question={related} onChange={onChange} />}
          {origin === 'attribute' && <AttributeValueField value={value} onChange={onChange} />}
          {!origin && (
            <TextChip
              text={formatValue(value)}
              hint={words.textValueHint}
              read={readValue}
              onChange={onChange}
            />
          )}
        </div>
      </div>
    </div>
  );
}

function OriginChoice({
  origin,
  onChange,
}: {
  origin: Origin | undefined;
  onChange: (value: Value) => void;
}) {
  const { rule: words } = useText();
  const { names } = useRule();
  const begin: Record<Origin, () => Value | undefined> = {
    event: () => ({
      kind: 'aggregate',
      function: 'count',
      source: { kind: 'event', event: names.events[0]?.name ?? '*', window: usualWindow },
    }),
    related: () => {
      const choice = relatedOf(names, person)[0];
      return choice && { kind: 'aggregate', function: 'count', source: relatedSource(choice) };
    },
    attribute: () => {
      const field = fieldsOf(names, person).find(({ type }) => type === 'number' || type === 'date');
      return field && { kind: 'attribute', path: [...field.path] };
    },
  };
  return (
    <Segmented<Origin | ''>
      aria-label={words.measureLabel}
      value={origin ?? ''}
      options={(['event', 'related', 'attribute'] as const).map((each) => ({
        value: each,
        label: { event: words.picks.events, related: words.picks.details, attribute: words.picks.attributes }[
          each
        ],
      }))}
      onChange={(next) => {
        const value = next === '' ? undefined : begin[next]();
        if (value) onChange(value);
      }}
    />
  );
}

interface EventValueProps {
  question: EventQuestion;
  offered: readonly EventMeasure[];
  onChange: (value: Value) => void;
}

function EventValue({ question, offered, onChange }: EventValueProps) {
  const { source } = question;
  const put = (changed: Partial<EventQuestion>) => onChange(writeEventValue({ ...question, ...changed }));
  return (
    <>
      <WindowField
        optional
        value={source.window}
        onChange={(window) => {
          const { window: _former, ...rest } = source;
          put({ source: window ? { ...rest, window } : rest });
        }}
      />
      <EventPart source={source} onChange={(changed) => put({ source: changed })}>
        <EventMeasureChoice question={question} offered={offered} onChange={put} />
        <EventMeasureDetail question={question} onChange={put} />
      </EventPart>
    </>
  );
}

function RelatedValue({
  question,
  onChange,
}: {
  question: RelatedQuestion;
  onChange: (value: Value) => void;
}) {
  const { names } = useRule();
  const { source } = question;
  const choice = relatedAt(names, person, source);
  const inner = choice?.subject ?? { kind: 'detail' as const, type: source.name };
  const put = (changed: Partial<RelatedQuestion>) => onChange(writeRelatedValue({ ...question, ...changed }));
  return (
    <>
      <RelatedSourceSelect
        source={source}
        subject={person}
        onChange={(changed) => put({ source: changed })}
      />
      <RelatedMeasureChoice question={question} choice={choice} offered={COMPUTED_RELATED} onChange={put} />
      <RelatedMeasureField question={question} choice={choice} inner={inner} onChange={put} />
      <RelatedWhere source={source} inner={inner} onChange={(changed) => put({ source: changed })} />
    </>
  );
}
