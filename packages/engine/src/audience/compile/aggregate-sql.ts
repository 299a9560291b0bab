import type { AggregateFunction } from '@wutong/contract';
import { zoneLiteral } from './parameters.ts';

/** The parts of an aggregate over the rows of one table. */
export interface AggregateParts {
  readonly function: AggregateFunction;
  readonly nth: number | undefined;
  /** SQL of the property; absent for counts of rows. */
  readonly property: string | undefined;
  readonly condition: string;
  /** Columns that order the rows in time, for first, last and nth. */
  readonly order: string;
  readonly timeZone: string;
  /** `distinct`: the number need not be told exactly beyond this (1 to 100). */
  readonly exactUntil?: number | undefined;
}

/** Aggregate expression over the rows for which the condition holds and the property is present. */
export function aggregateSql(parts: AggregateParts): string {
  const { property } = parts;
  const condition =
    property === undefined ? parts.condition : `${parts.condition} AND isNotNull(${property})`;
  // Nullable arguments make "no rows" a null instead of a zero.
  const value = `toNullable(${property ?? '0'})`;
  switch (parts.function) {
    case 'count':
      return `countIf(${condition})`;
    case 'sum':
      return `sumIf(assumeNotNull(${property}), ${condition})`;
    case 'avg':
    case 'min':
    case 'max':
      return `${parts.function}If(${value}, ${condition})`;
    case 'distinct':
      // A few hashes a person instead of a set: half of the time and of the memory of a pass over events.
      return parts.exactUntil === undefined
        ? `uniqExactIf(${property}, ${condition})`
        : `uniqUpToIf(${parts.exactUntil})(${property}, ${condition})`;
    case 'days':
      return `uniqExactIf(toDate32(time, ${zoneLiteral(parts.timeZone)}), ${condition})`;
    case 'first':
      return `argMinIf(${value}, ${parts.order}, ${condition})`;
    case 'last':
      return `argMaxIf(${value}, ${parts.order}, ${condition})`;
    case 'nth': {
      const sorted = `arraySort(x -> x.1, groupArrayIf((${parts.order}, ${value}), ${condition}))`;
      return `tupleElement(arrayElement(${sorted}, ${Math.trunc(parts.nth ?? 1)}), 2)`;
    }
  }
}
