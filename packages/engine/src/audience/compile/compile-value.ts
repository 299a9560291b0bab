import type { BoundValue } from '../bind/bound.ts';
import { compileAggregate } from './compile-aggregate.ts';
import { compileDate } from './compile-date.ts';
import { compileEventShape } from './compile-event-shape.ts';
import { compileLiteral } from './compile-literal.ts';
import { compileDaysIn, compileTag } from './compile-membership.ts';
import { compileRfm, compileStanding, compileTier } from './compile-standing.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';
import { propertySql } from './event-rows.ts';

/** SQL of a value: nullable where a value may be missing; arrays and maps are empty instead. */
export function compileValue(compiler: Compiler, node: BoundValue, scope: SqlScope): string {
  switch (node.kind) {
    case 'literal':
      return compileLiteral(compiler, node);
    case 'field':
      return scope.kind === 'frame' ? scope.frame.column(node.field.column) : scope.field(node.field.column);
    case 'reference':
      if (scope.kind === 'frame') throw new Error('a reference stands outside its detail');
      return scope.reference(node.base.column, node.entityTable, node.field.column);
    case 'property':
      return propertySql(node.property, node.type);
    case 'eventPart':
      return { time: 'time', event: 'toString(event)', source: 'toString(source_id)' }[node.part];
    case 'entityId':
      return frameOf(scope).key;
    case 'tag':
      return compileTag(compiler, node, scope);
    case 'arithmetic':
      return compileArithmetic(compiler, node, scope);
    case 'call':
      return compileCall(compiler, node, scope);
    case 'dateOf':
    case 'elapsed':
    case 'anniversary':
    case 'datePart':
      return compileDate(compiler, node, scope);
    case 'aggregate':
      return compileAggregate(compiler, node, scope);
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'top':
    case 'distribution':
      return compileEventShape(compiler, node, scope);
    case 'byZone':
      return compileByZone(compiler, node, scope);
    case 'standing':
      return compileStanding(compiler, node, scope);
    case 'daysIn':
      return compileDaysIn(compiler, node, scope);
    case 'tier':
      return compileTier(compiler, node, scope);
    case 'rfm':
      return compileRfm(compiler, node, scope);
  }
}

type Of<Kind extends BoundValue['kind']> = Extract<BoundValue, { kind: Kind }>;

function compileByZone(compiler: Compiler, node: Of<'byZone'>, scope: SqlScope): string {
  const zone = compiler.value(node.zone, scope);
  const branches = node.cases.map((each) => {
    const isThere = `ifNull(${zone} = ${compiler.parameters.bind('String', each.zone)}, 0)`;
    return `${isThere}, ${compiler.value(each.value, scope)}`;
  });
  return `multiIf(${branches.join(', ')}, ${compiler.value(node.otherwise, scope)})`;
}

/** Division by zero has no value. */
function compileArithmetic(compiler: Compiler, node: Of<'arithmetic'>, scope: SqlScope): string {
  const left = `toFloat64(${compiler.value(node.left, scope)})`;
  const right = `toFloat64(${compiler.value(node.right, scope)})`;
  return node.operator === '/' ? `(${left} / nullIf(${right}, 0))` : `(${left} ${node.operator} ${right})`;
}

function compileCall(compiler: Compiler, node: Of<'call'>, scope: SqlScope): string {
  const value = compiler.value(node.value, scope);
  switch (node.function) {
    case 'lower':
      return `lowerUTF8(${value})`;
    case 'length':
      return `lengthUTF8(${value})`;
    case 'size':
      return `length(${value})`;
    case 'abs':
      return `abs(toFloat64(${value}))`;
    case 'round':
      // Halves go up, as people round; ClickHouse's round goes to the even number.
      return `floor(toFloat64(${value}) + 0.5)`;
  }
}
