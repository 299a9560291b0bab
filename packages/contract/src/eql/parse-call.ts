import {
  aggregateFunctions,
  scalarFunctions,
  type AggregateFunction,
  type Condition,
  type Value,
} from './document.ts';
import type { Cursor } from './cursor.ts';
import { parseEventSource, parseSource } from './parse-source.ts';
import { unitOf } from './parse-window.ts';
import { calendarUnits, type CalendarUnit } from './window.ts';

type ReadCondition = (cursor: Cursor) => Condition;
type ReadValue = (cursor: Cursor) => Value;

const ELAPSED_CALL = /^(days|months|years)_(since|until)$/;
const OTHER_CALLS = new Set([
  'anniversary',
  'share',
  'active_share',
  'streak',
  'average_gap',
  'gap_variation',
  'top',
  'distribution',
  'percentile',
  'rank',
  'days_in',
]);

/** Every function that gives a value, for suggestions. */
export const valueCalls: readonly string[] = [
  ...aggregateFunctions,
  ...scalarFunctions,
  ...OTHER_CALLS,
  ...['days', 'months', 'years'].flatMap((unit) => [`${unit}_since`, `${unit}_until`]),
];

/** Whether a function that gives a value begins here: a known word and a parenthesis, or `top 3 of`. */
export function isCall(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind !== 'word') return false;
  const word = token.text.toLowerCase();
  if (word === 'top' && cursor.peek(1).kind === 'number') return true;
  if (!cursor.sees('(', 1)) return false;
  return (
    (aggregateFunctions as readonly string[]).includes(word) ||
    (scalarFunctions as readonly string[]).includes(word) ||
    ELAPSED_CALL.test(word) ||
    OTHER_CALLS.has(word)
  );
}

/** Reads a function that gives a value. */
export function parseCall(cursor: Cursor, condition: ReadCondition, value: ReadValue): Value {
  const word = cursor.next().text.toLowerCase();
  if (word === 'top') return parseTop(cursor, condition);
  cursor.expect('(');
  const result = parseArguments(cursor, word, condition, value);
  cursor.expect(')');
  return result;
}

function parseArguments(cursor: Cursor, word: string, condition: ReadCondition, value: ReadValue): Value {
  if ((aggregateFunctions as readonly string[]).includes(word)) {
    return parseAggregate(cursor, word as AggregateFunction, condition);
  }
  const scalar = scalarFunctions.find((each) => each === word);
  if (scalar) return { kind: 'call', function: scalar, value: value(cursor) };
  const elapsed = ELAPSED_CALL.exec(word);
  if (elapsed) {
    const unit = elapsed[1] as 'days' | 'months' | 'years';
    return { kind: 'elapsed', unit, direction: elapsed[2] as 'since' | 'until', value: value(cursor) };
  }
  switch (word) {
    case 'anniversary':
      return { kind: 'anniversary', value: value(cursor) };
    case 'percentile':
      return { kind: 'percentile', value: value(cursor) };
    case 'rank':
      return { kind: 'rank', value: value(cursor) };
    case 'share': {
      const part = value(cursor);
      cursor.expect(',');
      return { kind: 'share', part, whole: value(cursor) };
    }
    case 'active_share':
      return { kind: 'activeShare', source: parseEventSource(cursor, condition) };
    case 'distribution':
      return { kind: 'distribution', source: parseEventSource(cursor, condition) };
    case 'average_gap':
      return { kind: 'gap', measure: 'average', source: parseEventSource(cursor, condition) };
    case 'gap_variation':
      return { kind: 'gap', measure: 'variation', source: parseEventSource(cursor, condition) };
    case 'streak':
      return parseStreak(cursor, condition);
    default:
      cursor.expect('segment');
      return { kind: 'daysIn', segment: cursor.name('a segment', '人群') };
  }
}

function parseAggregate(cursor: Cursor, name: AggregateFunction, condition: ReadCondition): Value {
  let nth: number | undefined;
  if (name === 'nth') {
    nth = cursor.wholeNumber();
    cursor.expect(',');
  }
  let by: 'day' | undefined;
  const source = parseSource(cursor, condition, {
    by: (inner) => {
      by = unitOf(inner, ['day'] as const);
    },
  });
  return {
    kind: 'aggregate',
    function: name,
    ...(nth === undefined ? {} : { nth }),
    source,
    ...(by === undefined ? {} : { by }),
  };
}

function parseStreak(cursor: Cursor, condition: ReadCondition): Value {
  let by: CalendarUnit | undefined;
  const source = parseEventSource(cursor, condition, {
    by: (inner) => {
      by = unitOf(inner, calendarUnits);
    },
  });
  if (!by)
    return cursor.fail(
      '“by day”, “by week” or “by month” is expected here.',
      '此处应写明 by day、by week 或 by month。',
      'by week',
    );
  return { kind: 'streak', source, by };
}

/** `top 3 of event view_product.category by count within last 90 days`; `by count` may be left out. */
function parseTop(cursor: Cursor, condition: ReadCondition): Value {
  const amount = cursor.wholeNumber();
  cursor.expect('of');
  let by: { function: 'count' | 'sum'; property?: string } = { function: 'count' };
  const source = parseEventSource(cursor, condition, {
    by: (inner) => {
      if (inner.take('count')) return;
      inner.expect('sum');
      inner.expect('(');
      by = { function: 'sum', property: inner.name('a property', '事件属性') };
      inner.expect(')');
    },
  });
  return { kind: 'top', amount, source, by };
}
