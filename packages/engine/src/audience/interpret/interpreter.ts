import type { BoundCondition, BoundValue } from '../bind/bound.ts';
import type { Fields, Plain, World } from './world.ts';

/**
 * What EQL means, said as plainly as can be and without any thought for speed: one person at a time, every
 * row looked at. The compiler is right when it agrees with this (`eql-property.test.ts`).
 */
export interface Interpreter {
  readonly world: World;
  condition(node: BoundCondition, at: Place): boolean;
  value(node: BoundValue, at: Place): Plain;
}

/** Where a node is interpreted: a person, an entity, a detail or an event. */
export type Place =
  | { readonly kind: 'person'; readonly personId: number; readonly fields: Fields }
  | { readonly kind: 'entity'; readonly type: string; readonly id: string; readonly fields: Fields }
  | {
      readonly kind: 'detail';
      readonly time: number;
      readonly id: string;
      readonly version: number;
      readonly fields: Fields;
    }
  | {
      readonly kind: 'event';
      readonly time: number;
      readonly id: string;
      readonly event: string;
      readonly source: string;
      readonly fields: Fields;
    };
