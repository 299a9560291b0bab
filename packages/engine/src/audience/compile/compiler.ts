import type { BoundCondition, BoundEventSource, BoundValue } from '../bind/bound.ts';
import type { Frame } from './frame.ts';
import type { Parameters } from './parameters.ts';
import type { PeopleFilter, PresentPerson } from './people-filter.ts';

/** Counts of events per person that are known, instead of counted anew. */
export interface KeptCounts {
  /** Column of a source's count within the scan; undefined when it is not kept. */
  columnOf(source: BoundEventSource): string | undefined;
  /** Query of the counts, a row a person: `scan_key`, which is the person, and the columns. */
  rows(): string;
}

/** What compiling one statement needs; the rules for the nodes call one another through it. */
export interface Compiler {
  readonly parameters: Parameters;
  readonly presentPerson: PresentPerson;
  /** Epoch ms UTC: relations are taken as valid at it. */
  readonly now: number;
  readonly people: PeopleFilter | undefined;
  condition(node: BoundCondition, scope: SqlScope): string;
  value(node: BoundValue, scope: SqlScope): string;
  /** Counts of events that are known already. */
  readonly counts: KeptCounts | undefined;
  /** The same compiler without the restriction to people, for the far ends of relations. */
  unrestricted(): Compiler;
}

/** Where an expression stands: over a frame of people or entities, over detail rows, or over event rows. */
export type SqlScope = FrameScope | RowScope;

export interface FrameScope {
  readonly kind: 'frame';
  readonly frame: Frame;
}

/** Rows of one table; the columns can be named directly. */
export interface RowScope {
  readonly kind: 'row';
  /** Column of a declared field of the row itself. */
  field(column: string): string;
  /** Column of the entity that a field of the row refers to. */
  reference(baseColumn: string, entityTable: string, column: string): string;
}

/** The frame of a scope; aggregates never stand in rows, binding has refused them. */
export function frameOf(scope: SqlScope): Frame {
  if (scope.kind !== 'frame') throw new Error('an aggregate stands in a row');
  return scope.frame;
}
