import type { BoundCondition } from '../bind/bound.ts';
import { compileAggregate } from './compile-aggregate.ts';
import type { Compiler, SqlScope } from './compiler.ts';
import { compileChanged, compileConsents, compileMember } from './compile-membership.ts';
import { compileRelated } from './compile-related.ts';
import { compileSequence } from './compile-sequence.ts';

/**
 * SQL of a condition: UInt8 0 or 1, never null. A comparison with a missing value is 0, so that `not` of it
 * is 1: logic has two values everywhere, and `is missing` is the only question about absence.
 */
export function compileCondition(compiler: Compiler, node: BoundCondition, scope: SqlScope): string {
  switch (node.kind) {
    case 'constant':
      return node.value ? '1' : '0';
    case 'and':
    case 'or': {
      const items = node.items.map((item) => compiler.condition(item, scope));
      return items.length === 1 ? items[0]! : `(${items.join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `(NOT ${compiler.condition(node.item, scope)})`;
    case 'compare': {
      const left = comparedSql(compiler, node, scope);
      const right = compiler.value(node.right, scope);
      return `ifNull(${left} ${node.operator} ${right}, 0)`;
    }
    case 'oneOf':
      return compileOneOf(compiler, node, scope);
    case 'text':
      return compileText(compiler, node, scope);
    case 'listHas': {
      const list = compiler.value(node.value, scope);
      const wanted = compiler.value(node.list, scope);
      return node.quantifier === 'any' ? `hasAny(${list}, ${wanted})` : `hasAll(${list}, ${wanted})`;
    }
    case 'missing': {
      const value = compiler.value(node.value, scope);
      const test = node.value.type === 'list' || node.value.type === 'map' ? 'empty' : 'isNull';
      return node.negated ? `(NOT ${test}(${value}))` : `${test}(${value})`;
    }
    case 'range':
      return compileRange(compiler, node, scope);
    case 'related':
      return compileRelated(compiler, node, scope);
    case 'sequence':
      return compileSequence(compiler, node, scope);
    case 'consents':
      return compileConsents(compiler, node, scope);
    case 'member':
      return compileMember(compiler, node, scope);
    case 'changed':
      return compileChanged(compiler, node, scope);
  }
}

/** The most that ClickHouse's `uniqUpTo` counts. */
const MOST_EXACT = 100;

/** The left side of a comparison: of a number of different values only as much is told as the comparison asks. */
function comparedSql(compiler: Compiler, node: Of<'compare'>, scope: SqlScope): string {
  const { left, right } = node;
  if (left.kind !== 'aggregate' || left.function !== 'distinct' || left.source.kind !== 'event')
    return compiler.value(left, scope);
  const bound = right.kind === 'literal' && typeof right.value === 'number' ? Math.ceil(right.value) : 0;
  return compileAggregate(compiler, left, scope, bound >= 1 && bound <= MOST_EXACT ? bound : undefined);
}

type Of<Kind extends BoundCondition['kind']> = Extract<BoundCondition, { kind: Kind }>;

function compileOneOf(compiler: Compiler, node: Of<'oneOf'>, scope: SqlScope): string {
  const value = compiler.value(node.value, scope);
  const list = compiler.value(node.list, scope);
  // has() finds a null value in no list of ours, as no list holds nulls.
  const found = `ifNull(has(${list}, ${value}), 0)`;
  return node.negated ? `(isNotNull(${value}) AND NOT ${found})` : `(isNotNull(${value}) AND ${found})`;
}

function compileText(compiler: Compiler, node: Of<'text'>, scope: SqlScope): string {
  const value = compiler.value(node.value, scope);
  const pattern = compiler.value(node.pattern, scope);
  if (node.value.type === 'list') {
    const found = `ifNull(has(${value}, ${pattern}), 0)`;
    // "Not contains" holds only where there is a list, as every comparison holds only where there is a value.
    return node.negated ? `(notEmpty(${value}) AND isNotNull(${pattern}) AND NOT ${found})` : found;
  }
  const tests = {
    contains: `position(${value}, ${pattern}) > 0`,
    'starts with': `startsWith(${value}, ${pattern})`,
    'ends with': `endsWith(${value}, ${pattern})`,
    matches: `match(${value}, ${pattern})`,
  } as const;
  const test = tests[node.operator];
  return `ifNull(${node.negated ? `NOT (${test})` : test}, 0)`;
}

function compileRange(compiler: Compiler, node: Of<'range'>, scope: SqlScope): string {
  const value = compiler.value(node.value, scope);
  const { parameters } = compiler;
  const { window } = node;
  const bounds: string[] = [];
  if (node.value.type === 'instant') {
    if (window.fromMs !== undefined) bounds.push(`${value} >= ${parameters.instant(window.fromMs)}`);
    if (window.toMs !== undefined) bounds.push(`${value} < ${parameters.instant(window.toMs)}`);
  } else {
    if (window.fromDate !== undefined) bounds.push(`${value} >= ${parameters.date(window.fromDate)}`);
    if (window.toDate !== undefined) bounds.push(`${value} <= ${parameters.date(window.toDate)}`);
  }
  return bounds.length === 0 ? `isNotNull(${value})` : `ifNull(${bounds.join(' AND ')}, 0)`;
}
