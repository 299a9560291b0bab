import type { BoundValue, EqlType } from '../bind/bound.ts';
import type { Compiler } from './compiler.ts';

/** A literal as a bound parameter. */
export function compileLiteral(compiler: Compiler, node: Extract<BoundValue, { kind: 'literal' }>): string {
  const { parameters } = compiler;
  if (Array.isArray(node.value)) return compileList(compiler, node.type, node.value as readonly unknown[]);
  switch (node.type) {
    case 'number':
      return parameters.bind('Float64', node.value);
    case 'boolean':
      return node.value === true ? 'true' : 'false';
    case 'date':
      return parameters.date(String(node.value));
    case 'instant':
      return parameters.instant(Number(node.value));
    case 'text':
    case 'list':
    case 'map':
      return parameters.bind('String', String(node.value));
  }
}

function compileList(compiler: Compiler, type: EqlType, values: readonly unknown[]): string {
  const { parameters } = compiler;
  switch (type) {
    case 'number':
      return parameters.bind('Array(Float64)', values);
    case 'boolean':
      return `arrayMap(x -> x = 'true', ${parameters.bind('Array(String)', values.map(String))})`;
    case 'date':
      return `arrayMap(x -> toDate32(x), ${parameters.bind('Array(String)', values)})`;
    case 'instant':
      return `arrayMap(x -> fromUnixTimestamp64Milli(x, 'UTC'), ${parameters.bind('Array(Int64)', values)})`;
    case 'text':
    case 'list':
    case 'map':
      return parameters.bind('Array(String)', values.map(String));
  }
}
