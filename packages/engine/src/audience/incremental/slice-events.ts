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
export function cameEventsSql(counted: readonly CountedEvent[], rows: CountedRows): string {
  // Whether it is settled is a key of the sums: sums of both would be twice as many functions.
  return slicesSql(counted, rows, { kind: `if(settled, 'plus', 'recent')`, keys: ['settled'] });
}

/** Events that entered windows, or that left them. */
export function movedEventsSql(
  moved: readonly CountedEvent[],
  kind: 'entered' | 'minus',
  rows: CountedRows,
): string {
  return slicesSql(moved, rows, { kind: `'${kind}'`, keys: [] });
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

/** What the rows of a query are: SQL of their kind, over columns of the events by which sums are apart. */
interface SliceKind {
  readonly kind: string;
  readonly keys: readonly string[];
}

/** Query of the bit slices of the counts of persons. */
function slicesSql(
  counted: readonly CountedEvent[],
  { from, bits }: CountedRows,
  { kind, keys }: SliceKind,
): string {
  const inOne = 64 / bits;
  const groups = inGroups(counted, inOne);
  const sums = groups.map((group, index) => `sum(${packedSql(group, bits)}) AS n${index}`);
  const rows = `SELECT ${[presentPerson('person_id', 'key_number') + ' AS person', ...keys, ...sums].join(', ')}
    FROM ${from} GROUP BY ${['person', ...keys].join(', ')}${fitting(bits)}`;
  const set = groups.map((_, index) => {
    const positions = `bitPositionsToArray(n${index})`;
    return index === 0 ? positions : `arrayMap(bit -> bit + ${index * 64}, ${positions})`;
  });
  const all = set.length === 1 ? set[0] : `arrayConcat(${set.join(', ')})`;
  const parts = counted.map(({ part }) => part).join(', ');
  return `SELECT toUInt32([${parts}][intDiv(bit, ${bits}) + 1]) AS part, ${kind} AS kind,
      toUInt32(bit % ${bits}) AS digit, groupBitmapState(person) AS people
    FROM (SELECT ${['person', ...keys, `arrayJoin(${all}) AS bit`].join(', ')} FROM (${rows}))
    GROUP BY ${['bit', ...keys].join(', ')}`;
}
