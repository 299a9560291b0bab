/** A comparison as the rule builder edits it: a value, an operator by one name, and its operands. */
import type { ComparisonOperator, Condition, TextOperator, TimeWindow, Value } from '@wutong/contract';
import type { EqlValueType } from './eql-value-type.ts';

export const comparisonNames = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'between',
  'oneOf',
  'notOneOf',
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'matches',
  'notMatches',
  'hasAny',
  'hasAll',
  'within',
  'notWithin',
  'isTrue',
  'isFalse',
  'present',
  'missing',
] as const;
export type ComparisonName = (typeof comparisonNames)[number];

export interface Comparison {
  value: Value;
  operator: ComparisonName;
  /** One for most, two for `between`, any number for `oneOf`; none for `missing` and the like. */
  operands: readonly Value[];
  /** The window of `within`. */
  window?: TimeWindow | undefined;
}

/** A value that is still to be given. */
export const emptyValue: Value = { kind: 'text', value: '' };
export const isEmptyValue = (value: Value): boolean => value.kind === 'text' && value.value === '';

const TEXT_NAMES: Record<TextOperator, [plain: ComparisonName, negated: ComparisonName]> = {
  contains: ['contains', 'notContains'],
  'starts with': ['startsWith', 'notStartsWith'],
  'ends with': ['endsWith', 'notEndsWith'],
  matches: ['matches', 'notMatches'],
};

/** Reads a condition as a comparison; undefined when it is something else. */
export function readComparison(condition: Condition): Comparison | undefined {
  switch (condition.kind) {
    case 'compare': {
      const { left: value, right, operator } = condition;
      if (right.kind === 'boolean' && operator === '=') {
        return { value, operator: right.value ? 'isTrue' : 'isFalse', operands: [] };
      }
      return { value, operator, operands: [right] };
    }
    case 'oneOf': {
      // A list of the person, such as the favourites, is one operand and no list of values.
      if (condition.list.kind !== 'list') return undefined;
      const operator = condition.negated ? 'notOneOf' : 'oneOf';
      return { value: condition.value, operator, operands: condition.list.items };
    }
    case 'between':
      return { value: condition.value, operator: 'between', operands: [condition.low, condition.high] };
    case 'text': {
      const operator = TEXT_NAMES[condition.operator][condition.negated ? 1 : 0];
      return { value: condition.value, operator, operands: [condition.pattern] };
    }
    case 'listHas': {
      if (condition.list.kind !== 'list') return undefined;
      const operator = condition.quantifier === 'any' ? 'hasAny' : 'hasAll';
      return { value: condition.value, operator, operands: condition.list.items };
    }
    case 'missing':
      return { value: condition.value, operator: condition.negated ? 'present' : 'missing', operands: [] };
    case 'inWindow':
      return { value: condition.value, operator: 'within', operands: [], window: condition.window };
    case 'not': {
      const inner = condition.item.kind === 'inWindow' ? readComparison(condition.item) : undefined;
      return inner && { ...inner, operator: 'notWithin' };
    }
    case 'and':
    case 'or':
    case 'did':
    case 'related':
    case 'sequence':
    case 'consents':
    case 'inSegment':
    case 'changed':
      return undefined;
  }
}

const list = (items: readonly Value[]): Value => ({ kind: 'list', items: [...items] });

const lastWeek: TimeWindow = { kind: 'rolling', direction: 'last', amount: 7, unit: 'day' };

/** Writes a comparison as a condition. */
export function writeComparison({ value, operator, operands, window }: Comparison): Condition {
  const [first = emptyValue, second = emptyValue] = operands;
  switch (operator) {
    case 'oneOf':
      return { kind: 'oneOf', value, list: list(operands) };
    case 'notOneOf':
      return { kind: 'oneOf', value, list: list(operands), negated: true };
    case 'between':
      return { kind: 'between', value, low: first, high: second };
    case 'hasAny':
    case 'hasAll':
      return {
        kind: 'listHas',
        quantifier: operator === 'hasAny' ? 'any' : 'all',
        value,
        list: list(operands),
      };
    case 'within':
      return { kind: 'inWindow', value, window: window ?? lastWeek };
    case 'notWithin':
      return { kind: 'not', item: { kind: 'inWindow', value, window: window ?? lastWeek } };
    case 'isTrue':
    case 'isFalse':
      return {
        kind: 'compare',
        operator: '=',
        left: value,
        right: { kind: 'boolean', value: operator === 'isTrue' },
      };
    case 'present':
      return { kind: 'missing', value, negated: true };
    case 'missing':
      return { kind: 'missing', value };
    case '=':
    case '!=':
    case '>':
    case '>=':
    case '<':
    case '<=':
    case 'contains':
    case 'notContains':
    case 'startsWith':
    case 'notStartsWith':
    case 'endsWith':
    case 'notEndsWith':
    case 'matches':
    case 'notMatches':
      return writeWithOperand(value, operator, first);
  }
}

function writeWithOperand(value: Value, operator: ComparisonName, operand: Value): Condition {
  for (const [written, names] of Object.entries(TEXT_NAMES)) {
    const at = names.indexOf(operator);
    if (at < 0) continue;
    const text: Condition = { kind: 'text', operator: written as TextOperator, value, pattern: operand };
    return at === 1 ? { ...text, negated: true } : text;
  }
  return { kind: 'compare', operator: operator as ComparisonOperator, left: value, right: operand };
}

const ORDERED: ComparisonName[] = ['>=', '<=', '>', '<', 'between', '=', '!=', 'present', 'missing'];
const TIMES: ComparisonName[] = ['within', 'notWithin', '>=', '<', 'between', '=', 'present', 'missing'];
const OPERATORS: Record<EqlValueType, ComparisonName[]> = {
  text: [
    '=',
    '!=',
    'oneOf',
    'notOneOf',
    'contains',
    'notContains',
    'startsWith',
    'endsWith',
    'matches',
    'present',
    'missing',
  ],
  number: ORDERED,
  boolean: ['isTrue', 'isFalse', 'present', 'missing'],
  date: TIMES,
  instant: TIMES,
  list: ['contains', 'notContains', 'hasAny', 'hasAll', 'present', 'missing'],
  map: ['present', 'missing'],
  nested: ['present', 'missing'],
};

/** Operators that make sense for a type, the most used first. */
export function operatorsFor(type: EqlValueType, encrypted = false): readonly ComparisonName[] {
  return encrypted ? ['=', 'oneOf', 'present', 'missing'] : OPERATORS[type];
}

/** How many operands an operator takes. */
export function arityOf(operator: ComparisonName): 0 | 1 | 2 | 'many' | 'window' {
  return ARITIES[operator] ?? 1;
}

const ARITIES: Partial<Record<ComparisonName, 0 | 2 | 'many' | 'window'>> = {
  between: 2,
  oneOf: 'many',
  notOneOf: 'many',
  hasAny: 'many',
  hasAll: 'many',
  within: 'window',
  notWithin: 'window',
  isTrue: 0,
  isFalse: 0,
  present: 0,
  missing: 0,
};

/** The same comparison by another operator; what was typed is kept where it fits. */
export function withOperator(comparison: Comparison, operator: ComparisonName): Comparison {
  const given = comparison.operands.filter((operand) => !isEmptyValue(operand));
  const arity = arityOf(operator);
  const operands =
    arity === 'many'
      ? given
      : arity === 2
        ? [given[0] ?? emptyValue, given[1] ?? emptyValue]
        : arity === 1
          ? [given[0] ?? emptyValue]
          : [];
  return { ...comparison, operator, operands };
}

/** The same question about another value: what was typed stays only when the type stays. */
export function withValue(
  comparison: Comparison,
  value: Value,
  types: { before: EqlValueType | undefined; after: EqlValueType | undefined },
): Comparison {
  const operators = operatorsFor(types.after ?? 'text');
  if (types.before === types.after && operators.includes(comparison.operator))
    return { ...comparison, value };
  const operator = operators[0] ?? '=';
  return withOperator({ value, operator, operands: [] }, operator);
}
