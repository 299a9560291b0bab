/**
 * SQL condition that a person is one of those whom a query finds; the query has one column, `person_id`. By a
 * bitmap that is made first: of a query over several tables, shards of ClickHouse would each be sent the whole
 * of it with IN, and read from one another.
 */
export function isAmong(person: string, people: string): string {
  return `bitmapContains((select groupBitmapState(person_id) from (${people})), ${person})`;
}
