import { presentPerson } from '../identity/index.ts';
import type { PeopleFilter } from './compile/people-filter.ts';

/** Restricts a statement to the present persons that a query of one column gives. */
export function onlyTouched(touched: string): PeopleFilter {
  return {
    present: (person) => `${person} IN (${touched})`,
    arrived: (person, key) => `${presentPerson(person, key)} IN (${touched})`,
  };
}
