import type { BoundQuery, BoundValue } from '../bind/bound.ts';
import { compileCondition } from './compile-condition.ts';
import { compileValue } from './compile-value.ts';
import type { Compiler, KeptCounts, SqlScope } from './compiler.ts';
import type { PeopleFilter, PresentPerson } from './people-filter.ts';
import { Frame } from './frame.ts';
import { Parameters } from './parameters.ts';

/** A statement with its bound values. */
export interface CompiledSql {
  readonly sql: string;
  readonly parameters: Record<string, unknown>;
}

export interface CompileOptions {
  readonly presentPerson: PresentPerson;
  readonly now: number;
  /** Restricts people queries to some people. */
  readonly people?: (parameters: Parameters) => PeopleFilter;
  readonly counts?: KeptCounts | undefined;
  /** First letters of the names of parameters; `p` when absent. */
  readonly prefix?: string;
}

/** Several queries over the people, or over the entities of one type, compiled to share every scan. */
export interface SharedStatement {
  readonly parameters: Parameters;
  readonly frame: Frame;
  /** SQL of the condition of a population query, 0 or 1, over the columns of `rows()`. */
  condition(query: BoundQuery): string;
  /** SQL of a value over the columns of `rows()`. */
  value(value: BoundValue): string;
  /** Query with one row per person: `frame_key` and the columns that the expressions name. Ask for it last. */
  rows(): string;
}

/** Opens a statement; add all its expressions before asking for its rows. */
export function shareStatement(subject: Frame['subject'], options: CompileOptions): SharedStatement {
  const parameters = new Parameters(options.prefix);
  const compiler = createCompiler(parameters, options, options.people?.(parameters));
  const frame = new Frame(compiler.people, subject);
  const scope: SqlScope = { kind: 'frame', frame };
  return {
    parameters,
    frame,
    condition(query) {
      if (query.kind !== 'population') throw new Error('a value stands where a condition is needed');
      return compiler.condition(query.where, scope);
    },
    value: (value) => compiler.value(value, scope),
    rows: () => frame.toSql(),
  };
}

/** A compiler of conditions and values; `people` restricts the tables that are keyed by person. */
export function createCompiler(
  parameters: Parameters,
  options: CompileOptions,
  people: PeopleFilter | undefined,
): Compiler {
  const compiler: Compiler = {
    parameters,
    presentPerson: options.presentPerson,
    now: options.now,
    people,
    counts: options.counts,
    condition: (node, scope) => compileCondition(compiler, node, scope),
    value: (node, scope) => compileValue(compiler, node, scope),
    unrestricted: () => createCompiler(parameters, { ...options, counts: undefined }, undefined),
  };
  return compiler;
}

/** A compiler for conditions on single rows, outside of any statement over people. */
export function createRowCompiler(parameters: Parameters, now: number): Compiler {
  return createCompiler(parameters, { presentPerson: (person) => person, now }, undefined);
}
