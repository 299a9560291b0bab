/** A question about events as the rule builder asks it: which events, what of them, compared how. */
import type { AggregateFunction, CalendarUnit, Condition, EventSource, Value } from '@wutong/contract';
import { readComparison, writeComparison, type Comparison } from './comparison.ts';
import { withNot, withoutNot } from './groups.ts';

export const eventMeasures = [
  'did',
  'didNot',
  'count',
  'days',
  'sum',
  'avg',
  'max',
  'min',
  'distinct',
  'first',
  'last',
  'nth',
  'streak',
  'gapAverage',
  'gapVariation',
  'activeShare',
] as const;
export type EventMeasure = (typeof eventMeasures)[number];

const OF_PROPERTY: ReadonlySet<EventMeasure> = new Set([
  'sum',
  'avg',
  'max',
  'min',
  'distinct',
  'first',
  'last',
  'nth',
]);

/** Whether a measure is of one property of the event. */
export const needsProperty = (measure: EventMeasure): boolean => OF_PROPERTY.has(measure);

export interface EventQuestion {
  measure: EventMeasure;
  source: EventSource;
  /** Of `nth`. */
  nth?: number | undefined;
  /** Of `streak`. */
  unit?: CalendarUnit | undefined;
  /** Of everything that is compared: operator and operands. */
  comparison?: Omit<Comparison, 'value'> | undefined;
}

/** A value taken from events; undefined for any other value. */
export function readEventValue(value: Value): Omit<EventQuestion, 'comparison'> | undefined {
  if (value.kind === 'aggregate' && value.source.kind === 'event' && !value.by) {
    return {
      measure: value.function,
      source: value.source,
      ...(value.nth === undefined ? {} : { nth: value.nth }),
    };
  }
  if (value.kind === 'streak') return { measure: 'streak', source: value.source, unit: value.by };
  if (value.kind === 'gap') {
    return { measure: value.measure === 'average' ? 'gapAverage' : 'gapVariation', source: value.source };
  }
  return value.kind === 'activeShare' ? { measure: 'activeShare', source: value.source } : undefined;
}

/** The value a question compares; `did` has none. */
export function writeEventValue({ measure, source, nth, unit }: EventQuestion): Value {
  if (measure === 'streak') return { kind: 'streak', source, by: unit ?? 'week' };
  if (measure === 'gapAverage' || measure === 'gapVariation') {
    return { kind: 'gap', measure: measure === 'gapAverage' ? 'average' : 'variation', source };
  }
  if (measure === 'activeShare') return { kind: 'activeShare', source };
  const counts = measure === 'did' || measure === 'didNot';
  const aggregate: AggregateFunction = counts ? 'count' : measure;
  return {
    kind: 'aggregate',
    function: aggregate,
    ...(measure === 'nth' ? { nth: nth ?? 1 } : {}),
    source,
  };
}

/** Reads a condition as a question about events; undefined when it is about something else. */
export function readEventQuestion(whole: Condition): EventQuestion | undefined {
  const { negated, condition } = withoutNot(whole);
  if (condition.kind === 'did') {
    return { measure: negated ? 'didNot' : 'did', source: condition.source };
  }
  const comparison = readComparison(whole);
  const value = comparison && readEventValue(comparison.value);
  if (!comparison || !value) return undefined;
  const { value: _value, ...rest } = comparison;
  return { ...value, comparison: rest };
}

export function writeEventQuestion(question: EventQuestion): Condition {
  const { measure, source, comparison } = question;
  if (measure === 'did' || measure === 'didNot') {
    return withNot({ kind: 'did', source }, measure === 'didNot');
  }
  const once: Omit<Comparison, 'value'> = { operator: '>=', operands: [{ kind: 'number', value: 1 }] };
  return writeComparison({ ...(comparison ?? once), value: writeEventValue(question) });
}
