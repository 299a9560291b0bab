/** Expression for the present person of a row, from its person and key columns. */
export type PresentPerson = (personColumn: string, keyColumn: string) => string;

/** Restriction of a whole statement to some people, pushed into every scan that is keyed by person. */
export interface PeopleFilter {
  /** SQL predicate over the person column of tables that hold present people. */
  present(personColumn: string): string;
  /** SQL predicate over the columns of tables that hold the person at arrival and the key. */
  arrived(personColumn: string, keyColumn: string): string;
}
