/** The ways a tag gets its values, and the definition each begins with. */
import type { EqlDocument, EventSource, Value } from '@wutong/contract';
import type { ExpressionNames } from '../../../eql/rule/names.ts';
import { compareField, lastDays } from '../../../eql/rule/new-condition.ts';

export const tagShapes = [
  'tier',
  'metric',
  'occurrence',
  'top',
  'distribution',
  'rfm',
  'text',
  'sql',
  'model',
  'import',
  'manual',
] as const;
export type TagShape = (typeof tagShapes)[number];

/** The kind the server knows it by. */
export const kindOf = (shape: TagShape): 'rule' | 'sql' | 'model' | 'import' | 'manual' =>
  shape === 'sql' || shape === 'model' || shape === 'import' || shape === 'manual' ? shape : 'rule';

const QUARTER = lastDays(90);

/** An event with a property of a type, for the first proposal; any event when there is none. */
function eventWith(names: ExpressionNames, type: 'text' | 'number' | undefined): EventSource {
  // The platform's own events are seldom what a tag is made of.
  const events = names.events.filter(({ name }) => !name.startsWith('$'));
  const event =
    events.find(({ properties }) => !type || properties.some((each) => each.type === type)) ?? events[0];
  const property = type && event?.properties.find((each) => each.type === type)?.name;
  return {
    kind: 'event',
    event: event?.name ?? '*',
    ...(property ? { property } : {}),
    window: QUARTER,
  };
}

/** What a tag of a shape begins with. */
export function beginningOf(shape: TagShape, names: ExpressionNames): EqlDocument {
  const value = (made: Value): EqlDocument => ({ kind: 'value', value: made });
  const amount = names.attributes.find(({ type }) => type === 'number') ?? names.attributes[0];
  switch (shape) {
    case 'tier': {
      const when = amount
        ? compareField({ ...amount, path: [amount.name] })
        : ({ kind: 'did', source: eventWith(names, undefined) } as const);
      return { kind: 'tier', tiers: [{ label: '', when: { kind: 'and', items: [when] } }] };
    }
    case 'metric':
      return value({ kind: 'aggregate', function: 'count', source: eventWith(names, undefined) });
    case 'occurrence':
      return value({
        kind: 'aggregate',
        function: 'last',
        source: { ...eventWith(names, undefined), property: 'time' },
      });
    case 'top':
      return value({ kind: 'top', amount: 3, source: eventWith(names, 'text'), by: { function: 'count' } });
    case 'distribution':
      return value({ kind: 'distribution', source: eventWith(names, 'text') });
    case 'rfm': {
      const { property, ...source } = eventWith(names, 'number');
      return { kind: 'rfm', source: { ...source, window: lastDays(365) }, value: property ?? '', buckets: 5 };
    }
    case 'text':
    case 'sql':
    case 'model':
    case 'import':
    case 'manual':
      return value({ kind: 'aggregate', function: 'count', source: eventWith(names, undefined) });
  }
}

/** The shape of a written definition; what none of them draws is edited as text. */
export function shapeOf(document: EqlDocument | undefined): TagShape {
  if (!document || document.kind === 'population') return 'text';
  if (document.kind !== 'value') return document.kind;
  const { value } = document;
  if (value.kind === 'top' || value.kind === 'distribution') return value.kind;
  if (value.kind === 'aggregate' && ['first', 'last', 'nth'].includes(value.function)) return 'occurrence';
  return ['aggregate', 'streak', 'gap', 'activeShare', 'attribute', 'elapsed', 'percentile', 'rank'].includes(
    value.kind,
  )
    ? 'metric'
    : 'text';
}
