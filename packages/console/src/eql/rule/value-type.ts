import type { AggregateFunction, Value } from '@wutong/contract';
import {
  fieldAt,
  measuredPath,
  relatedAt,
  type ExpressionNames,
  type FieldChoice,
  type Subject,
} from './names.ts';
import type { EqlValueType } from './eql-value-type.ts';

const COUNTING: ReadonlySet<AggregateFunction> = new Set(['count', 'days', 'distinct', 'sum', 'avg']);

/** What a value is of, and the declared field it takes its unit and its known values from. */
export interface ValueTyping {
  type: EqlValueType;
  field?: FieldChoice | undefined;
  /** The tag it is a value of: its present values can be read. */
  tag?: string | undefined;
}

/** The type of a value about a subject; undefined when a name in it is not known. */
export function typeOf(names: ExpressionNames, subject: Subject, value: Value): ValueTyping | undefined {
  switch (value.kind) {
    case 'attribute': {
      const field = fieldAt(names, subject, value.path);
      if (field) return { type: field.type, field };
      return eventPart(subject, value.path);
    }
    case 'tag': {
      const tag = names.tags.find(({ id }) => id === value.tag);
      return tag && { type: tag.type, tag: tag.id };
    }
    case 'aggregate':
      return aggregateType(names, subject, value);
    case 'anniversary':
    case 'date':
      return { type: 'date' };
    case 'instant':
    case 'relative':
      return { type: 'instant' };
    case 'text':
      return { type: 'text' };
    case 'boolean':
      return { type: 'boolean' };
    case 'call':
      return { type: value.function === 'lower' ? 'text' : 'number' };
    case 'top':
      return { type: 'list' };
    case 'distribution':
      return { type: 'map' };
    case 'list':
    case 'parameter':
      return undefined;
    case 'number':
    case 'arithmetic':
    case 'elapsed':
    case 'share':
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'percentile':
    case 'rank':
    case 'daysIn':
      return { type: 'number' };
  }
}

/** Every event and every detail has a time; events also tell their name and their source. */
function eventPart(subject: Subject, path: readonly string[]): ValueTyping | undefined {
  if (path.length !== 1 || (subject.kind !== 'event' && subject.kind !== 'detail')) return undefined;
  if (path[0] === 'time') return { type: 'instant' };
  if (subject.kind === 'event' && (path[0] === 'event' || path[0] === 'source')) return { type: 'text' };
  return undefined;
}

function aggregateType(
  names: ExpressionNames,
  subject: Subject,
  value: Extract<Value, { kind: 'aggregate' }>,
): ValueTyping | undefined {
  const { source } = value;
  const choice = source.kind === 'event' ? undefined : relatedAt(names, subject, source);
  const inner: Subject | undefined =
    source.kind === 'event' ? { kind: 'event', event: source.event } : choice?.subject;
  const path = source.kind === 'event' ? source.property && [source.property] : measuredPath(choice, source);
  const of = inner && path ? typeOf(names, inner, { kind: 'attribute', path: [...path] }) : undefined;
  if (COUNTING.has(value.function)) {
    // An amount keeps its unit; a number of things has none.
    const keepsUnit = value.function === 'sum' || value.function === 'avg';
    return { type: 'number', field: keepsUnit ? of?.field : undefined };
  }
  return of;
}
