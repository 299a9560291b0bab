import { presentPerson } from '../identity/index.ts';
import type { PeopleFilter } from './compile/people-filter.ts';

/**
 * SQL of the bitmap of the persons that a query of one column, `present_id`, gives. It is computed once a
 * statement, and handed to the shards of a cluster as a value.
 */
export function touchedBitmap(touched: string): string {
  return `(SELECT groupBitmapState(present_id) FROM (${touched}))`;
}

/**
 * Restricts a statement to the present persons that a query of one column gives. By their bitmap and not with
 * IN: of a union of sharded tables, ClickHouse 25 sends an IN as it stands to the shards, and finds too few
 * with GLOBAL IN.
 */
export function onlyTouched(touched: string): PeopleFilter {
  const people = touchedBitmap(touched);
  return {
    present: (person) => `bitmapContains(${people}, ${person})`,
    arrived: (person, key) => `bitmapContains(${people}, ${presentPerson(person, key)})`,
  };
}
