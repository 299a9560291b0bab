import type { AnalysedEvent } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import type { Bindings } from './bindings.ts';

type Condition = AnalysedEvent['where'][number];

/** Any collected event. */
export const ANY_EVENT = '*';
/** Facts of Wutong's own are only looked at when they are named. */
const COLLECTED = "source_id != '$wutong'";

/** Column of a property; each part of the path quoted. The contract's schema lets no quote through. */
export function propertyColumn(path: string): string {
  return `properties.${path
    .split('.')
    .map((part) => `\`${part}\``)
    .join('.')}`;
}

/** A property as text, '' where it is missing. */
export const propertyText = (path: string): string => `ifNull(toString(${propertyColumn(path)}), '')`;

/**
 * A property as a number, NULL where it is missing or none; texts of numbers count, those that say NaN or Infinity
 * do not: one of them would make every sum none.
 */
export function propertyNumber(path: string): string {
  const column = propertyColumn(path);
  const text = `toFloat64OrNull(${column}.:String)`;
  return `coalesce(${column}.:Float64, toFloat64(${column}.:Int64), if(isFinite(${text}), ${text}, NULL))`;
}

/** Whether a row is this event: name, origin and conditions. */
export function isEvent(event: AnalysedEvent, bindings: Bindings): string {
  const name = event.event === ANY_EVENT ? COLLECTED : `event = ${bindings.string(event.event)}`;
  return [name, ...event.where.map((condition) => conditionSql(condition, bindings))].join(' and ');
}

/** What rows must be to be any of these events, by name alone: cheap to test first. */
export function anyOfNames(events: readonly AnalysedEvent[], bindings: Bindings): string {
  const names = [...new Set(events.map((event) => event.event))];
  if (!names.includes(ANY_EVENT)) return `event in ${bindings.bind('Array(String)', names)}`;
  const own = names.filter((name) => name.startsWith('$'));
  return own.length === 0 ? COLLECTED : `(${COLLECTED} or event in ${bindings.bind('Array(String)', own)})`;
}

const OPERATORS = { eq: '=', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** The same meaning as the contract's `matchesEvent`: comparisons with a missing value are false. */
function conditionSql(condition: Condition, bindings: Bindings): string {
  const { operator, property, value } = condition;
  const column = propertyColumn(property);
  if (operator === 'missing') return `isNull(${column})`;
  if (operator === 'exists') return `isNotNull(${column})`;
  if (value === undefined || Array.isArray(value) !== (operator === 'in')) {
    throw new CodedError('analysis_invalid', { details: { property, operator, reason: 'value_missing' } });
  }
  if (Array.isArray(value)) {
    const each = value.map((item) => compareSql(property, 'eq', item, bindings));
    return each.length === 0 ? 'false' : `(${each.join(' or ')})`;
  }
  return compareSql(property, operator as keyof typeof OPERATORS, value, bindings);
}

function compareSql(
  property: string,
  operator: keyof typeof OPERATORS,
  value: string | number | boolean,
  bindings: Bindings,
): string {
  const column = propertyColumn(property);
  // Of different types nothing is equal, and everything that is there differs.
  const otherwise = operator === 'ne' ? `isNotNull(${column})` : 'false';
  if (typeof value === 'number') {
    return `ifNull(${propertyNumber(property)} ${OPERATORS[operator]} ${bindings.bind('Float64', value)}, ${otherwise})`;
  }
  if (typeof value === 'boolean') {
    if (operator !== 'eq' && operator !== 'ne') return 'false';
    return `ifNull(${column}.:Bool ${OPERATORS[operator]} ${bindings.bind('Bool', value)}, ${otherwise})`;
  }
  return `ifNull(${column}.:String ${OPERATORS[operator]} ${bindings.string(value)}, ${otherwise})`;
}
