import { presentPerson } from '../../identity/index.ts';

/*
 * Counts of events as bit slices: queries of rows `part`, `kind`, `digit`, `people`.
 *
 * Several counts travel in one number, so that the events of a person are added up by few sums. Half of the time of a
 * step is planning, by the number of functions in its statement: they are written with as few as may be.
 */

/** How many bits a count has on its way: 16 fail for people with more than 65,535 events of one step. */
export type CountBits = 16 | 32;

/** An event counts for a part where both hold, SQL over the row. */
export interface CountedEvent {
  readonly part: number;
  /** What several ask alike: equal ones of neighbours are asked once; absent: it holds of all rows. */
  readonly of: string | undefined;
  readonly condition: string;
}

/** A count of one person that does not fit the bits that were given to it. */
export const TOO_MANY = 'more events of one person than fit';

/** Rows of counted events: all that follows SELECT. */
export interface CountedRows {
  readonly from: string;
  readonly bits: CountBits;
}

/** Events that came: of kind `plus` where they are settled, and `recent` where they are not. */
export function cameEventsSql(counted: readonly CountedEvent[], { from, bits }: CountedRows): string {
  const groups = inGroups(counted, 64 / bits);
  const numbers = groups.map((group) => packedSql(group, bits));
  // Twice the same number, and not once in a query within: of that one, shards would send every row.
  const sums = [
    ...numbers.map((number) => `sumIf(${number}, settled)`),
    ...numbers.map((number) => `sumIf(${number}, NOT settled)`),
  ].map((sum, index) => `${sum} AS n${index}`);
  const rows = `SELECT ${presentPerson('person_id', 'key_number')} AS person, ${sums.join(', ')} FROM ${from}
    GROUP BY person${fitting(bits)}`;
  const ofKind = (kind: 'plus' | 'recent'): Packed[] =>
    groups.map((group) => group.map(({ part }) => ({ part, kind })));
  return slicesSql(rows, [...ofKind('plus'), ...ofKind('recent')], bits);
}

/** Events that entered windows, and events that left them. */
export function movedEventsSql(
  moved: readonly (CountedEvent & { readonly kind: 'entered' | 'minus' })[],
  { from, bits }: CountedRows,
): string {
  const groups = inGroups(moved, 64 / bits);
  const sums = groups.map((group, index) => `sum(${packedSql(group, bits)}) AS n${index}`);
  const rows = `SELECT ${presentPerson('person_id', 'key_number')} AS person, ${sums.join(', ')} FROM ${from}
    GROUP BY person${fitting(bits)}`;
  return slicesSql(rows, groups, bits);
}

const fitting = (bits: CountBits): string =>
  bits === 32 ? '' : ` HAVING throwIf(count() > 65535, '${TOO_MANY}') = 0`;

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  const groups: Item[][] = [];
  for (let start = 0; start < items.length; start += size) groups.push(items.slice(start, start + size));
  return groups;
}

/** SQL of the number that an event adds to the sum of some counts. */
function packedSql(counts: readonly CountedEvent[], bits: CountBits): string {
  const byName = new Map<string | undefined, string[]>();
  for (const [place, { of, condition }] of counts.entries()) {
    const number = `${condition} * ${String(2n ** BigInt(place * bits))}`;
    byName.set(of, [...(byName.get(of) ?? []), number]);
  }
  const numbers = [...byName].map(([of, each]) =>
    of === undefined ? each.join(' + ') : `(${of}) * (${each.join(' + ')})`,
  );
  return numbers.join(' + ');
}

/** What a sum adds up: the part and the kind of row of each count in it, from the lowest bits. */
type Packed = readonly { readonly part: number; readonly kind: string }[];

/** Query of the bit slices of sums `n0`, `n1` … of persons. */
function slicesSql(rows: string, sums: readonly Packed[], bits: CountBits): string {
  const inOne = 64 / bits;
  const places = sums.flatMap((sum) =>
    Array.from({ length: inOne }, (_, place) => sum[place] ?? { part: 0, kind: '' }),
  );
  const set = sums.map((_, index) => {
    const positions = `bitPositionsToArray(n${index})`;
    return index === 0 ? positions : `arrayMap(bit -> bit + ${index * 64}, ${positions})`;
  });
  const all = set.length === 1 ? set[0] : `arrayConcat(${set.join(', ')})`;
  return `SELECT toUInt32([${places.map(({ part }) => part).join(', ')}][intDiv(bit, ${bits}) + 1]) AS part,
      [${places.map(({ kind }) => `'${kind}'`).join(', ')}][intDiv(bit, ${bits}) + 1] AS kind,
      toUInt32(bit % ${bits}) AS digit, groupBitmapState(person) AS people
    FROM (SELECT person, arrayJoin(${all}) AS bit FROM (${rows})) GROUP BY bit`;
}
