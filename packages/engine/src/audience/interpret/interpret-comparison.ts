import type { BoundCondition } from '../bind/bound.ts';
import { patternOf } from '../bind/check-pattern.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { plainText, type Plain } from './world.ts';

type Comparison = Extract<
  BoundCondition,
  { kind: 'compare' | 'oneOf' | 'text' | 'listHas' | 'missing' | 'range' }
>;

/** Order of two present values of one type. Texts by their bytes in UTF-8, as ClickHouse compares them. */
export function compareInterpreted(left: Plain, right: Plain): number {
  if (typeof left === 'string' && typeof right === 'string') {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return Number(left) - Number(right);
}

/** Comparisons are false where a value is missing; only `is missing` asks about that. */
export function interpretComparison(interpreter: Interpreter, node: Comparison, at: Place): boolean {
  switch (node.kind) {
    case 'compare': {
      const left = interpreter.value(node.left, at);
      const right = interpreter.value(node.right, at);
      if (left === null || right === null) return false;
      return holds(node.operator, compareInterpreted(left, right));
    }
    case 'oneOf': {
      const value = interpreter.value(node.value, at);
      if (value === null) return false;
      const list = (interpreter.value(node.list, at) ?? []) as readonly Plain[];
      const texts = list.map(plainText);
      return texts.includes(plainText(value)) !== node.negated;
    }
    case 'text':
      return interpretText(interpreter, node, at);
    case 'listHas': {
      const value = (interpreter.value(node.value, at) ?? []) as readonly string[];
      const wanted = interpreter.value(node.list, at) as readonly string[];
      return node.quantifier === 'any'
        ? wanted.some((each) => value.includes(each))
        : wanted.every((each) => value.includes(each));
    }
    case 'missing': {
      const value = interpreter.value(node.value, at);
      const isEmpty =
        value === null ||
        (Array.isArray(value) && value.length === 0) ||
        (value instanceof Map && value.size === 0);
      return isEmpty !== node.negated;
    }
    case 'range':
      return interpretRange(interpreter, node, at);
  }
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function interpretText(
  interpreter: Interpreter,
  node: Extract<Comparison, { kind: 'text' }>,
  at: Place,
): boolean {
  const value = interpreter.value(node.value, at);
  const pattern = interpreter.value(node.pattern, at);
  if (value === null || pattern === null) return false;
  if (Array.isArray(value)) {
    const list = value as readonly string[];
    if (list.length === 0) return false;
    return list.includes(plainText(pattern)) !== node.negated;
  }
  const text = plainText(value);
  const wanted = plainText(pattern);
  const tests = {
    contains: () => text.includes(wanted),
    'starts with': () => text.startsWith(wanted),
    'ends with': () => text.endsWith(wanted),
    matches: () => patternOf(wanted).test(text),
  };
  return tests[node.operator]() !== node.negated;
}

function interpretRange(
  interpreter: Interpreter,
  node: Extract<Comparison, { kind: 'range' }>,
  at: Place,
): boolean {
  const value = interpreter.value(node.value, at);
  if (value === null) return false;
  const { fromMs, toMs, fromDate, toDate } = node.window;
  if (node.value.type === 'instant') {
    return Number(value) >= (fromMs ?? -Infinity) && Number(value) < (toMs ?? Infinity);
  }
  const date = plainText(value);
  return (fromDate === undefined || date >= fromDate) && (toDate === undefined || date <= toDate);
}
