/**
 * PostgreSQL array literals for values that need no escaping (numbers, UUIDs, base64url, our own type
 * names). The driver's own conversion escapes each element and costs more than the look-up it is for.
 */
export function plainArray(values: Iterable<string | number>): string {
  return `{${[...values].join(',')}}`;
}

/** A literal of an array of arrays' literals (`text[]`, each to be cast to `bigint[]`). */
export function arrayOfArrays(values: Iterable<readonly number[]>): string {
  return `{${[...values].map((each) => `"{${each.join(',')}}"`).join(',')}}`;
}
