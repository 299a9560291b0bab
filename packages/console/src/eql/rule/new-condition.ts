/** Conditions as they begin: complete where a habit is known, with an empty value where only the writer knows. */
import type { Condition, EventSource, RelatedSource, TimeWindow, Value } from '@wutong/contract';
import { emptyValue, operatorsFor, withOperator, writeComparison } from './comparison.ts';
import type { FieldChoice, RelatedChoice } from './names.ts';
import type { EqlValueType } from './eql-value-type.ts';

export const lastDays = (amount: number): TimeWindow => ({
  kind: 'rolling',
  direction: 'last',
  amount,
  unit: 'day',
});

/** Events are asked about for the last 30 days unless somebody says otherwise. */
export const usualWindow = lastDays(30);

export function compareValue(value: Value, type: EqlValueType, encrypted = false): Condition {
  const operator = operatorsFor(type, encrypted)[0] ?? '=';
  return writeComparison(withOperator({ value, operator, operands: [emptyValue] }, operator));
}

export function compareField(field: FieldChoice): Condition {
  return compareValue({ kind: 'attribute', path: [...field.path] }, field.type, field.encrypted);
}

export const birthday = (field: FieldChoice): Condition => ({
  kind: 'inWindow',
  value: { kind: 'anniversary', value: { kind: 'attribute', path: [...field.path] } },
  window: { kind: 'rolling', direction: 'next', amount: 7, unit: 'day' },
});

export const did = (event: string): Condition => ({
  kind: 'did',
  source: { kind: 'event', event, window: usualWindow },
});

export const relatedSource = ({ name, via, details }: RelatedChoice): RelatedSource => ({
  kind: 'related',
  name,
  ...(via === undefined ? {} : { via }),
  ...(details === undefined ? {} : { property: [details] }),
});

export const hasRelated = (choice: RelatedChoice): Condition => ({
  kind: 'related',
  quantifier: 'any',
  source: relatedSource(choice),
});

/** First one event, then not (or also) another within a day. */
export function followedBy(first: string, second: string): Condition {
  const step = (event: string): EventSource => ({ kind: 'event', event });
  return {
    kind: 'sequence',
    steps: [
      { source: { ...step(first), window: usualWindow } },
      { source: step(second), within: { amount: 7, unit: 'day' } },
    ],
  };
}

export const inSegment = (segment: string): Condition => ({ kind: 'inSegment', segment });
export const enteredSegment = (segment: string): Condition => ({
  kind: 'changed',
  direction: 'entered',
  segment,
  window: lastDays(7),
});
export const compareTag = (tag: string, type: EqlValueType): Condition =>
  compareValue({ kind: 'tag', tag }, type);
export const consentsTo = (purpose: string, channel: string): Condition => ({
  kind: 'consents',
  purpose,
  channel,
});
