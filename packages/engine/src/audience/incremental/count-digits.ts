import type { ComparisonOperator } from '@wutong/contract';

/*
 * Counts as bit slices: an array of bitmaps of people, one for each binary digit from the lowest; a person is in the
 * bitmaps of the digits that are 1 in their count. All people are counted on by the same few bitmap operations.
 */

/**
 * SQL of a count with others added to it and then others taken away: all are SQL of arrays of bitmaps, `more` and `less`
 * of arrays of such, and all have as many digits, of which three are free. Where the result would be below zero, its
 * highest digit is set.
 */
export function reckonedSql(count: string, more: string, less: string): string {
  const carry = 'bitmapOr(bitmapAnd(a, b), bitmapAnd(state.2, bitmapXor(a, b)))';
  const borrow = 'bitmapOr(bitmapAndnot(b, a), bitmapAndnot(state.2, bitmapXor(a, b)))';
  const full = `arrayFold((total, each) -> ${rippledSql(carry)}, ${more}, ${count})`;
  return `arrayFold((total, each) -> ${rippledSql(borrow)}, ${less}, ${full})`;
}

/** `total` and `each`, digit by digit from the lowest; `over`: SQL of what goes over to the next digit. */
function rippledSql(over: string): string {
  const none = 'arrayResize(total, 0)';
  return `tupleElement(arrayFold((state, a, b) ->
    (arrayPushBack(state.1, bitmapXor(bitmapXor(a, b), state.2)), ${over}), total, each, (${none}, ${none}[1])), 1)`;
}

/** SQL of the people who are in any of an array of bitmaps. */
export const anyOfSql = (bitmaps: string): string => `arrayReduce('groupBitmapMergeState', ${bitmaps})`;

/** SQL of the bitmap of nobody. */
export const NOBODY = 'bitmapAndnot(bitmapBuild([toUInt64(1)]), bitmapBuild([toUInt64(1)]))';

/** Who is meant: nobody, everybody, or the people of a bitmap (SQL). */
type People = 'nobody' | 'everybody' | { readonly sql: string };

/**
 * SQL of the bitmap of the people whose count compares so with a number.
 *
 * @param digits SQL of the bitmap of each digit, from the lowest
 * @param everybody SQL of a bitmap; people who are in no digit count 0
 */
export function comparedSql(
  digits: readonly string[],
  operator: ComparisonOperator,
  value: number,
  everybody: string,
): string {
  // Counts are whole numbers: those that are greater than 2.5 are at least 3.
  const least = Math.ceil(value);
  const [fromHere, fromNext] = [atLeast(digits, least), atLeast(digits, Math.floor(value) + 1)];
  const isNot = (people: People): string => sqlOf(opposite(people, everybody), everybody);
  switch (operator) {
    case '>=':
      return sqlOf(fromHere, everybody);
    case '>':
      return sqlOf(fromNext, everybody);
    case '<':
      return isNot(fromHere);
    case '<=':
      return isNot(fromNext);
    case '=':
      return equalSql(fromHere, fromNext, everybody);
    case '!=':
      return `bitmapAndnot(${everybody}, ${equalSql(fromHere, fromNext, everybody)})`;
  }
}

/** From the lowest digit: at least so much is who has more in a higher digit, or as much there and enough below. */
function atLeast(digits: readonly string[], value: number): People {
  if (value <= 0) return 'everybody';
  if (value >= 2 ** digits.length) return 'nobody';
  let enough: string | undefined;
  for (const [place, digit] of digits.entries()) {
    const isSet = Math.floor(value / 2 ** place) % 2 === 1;
    if (enough !== undefined) enough = `${isSet ? 'bitmapAnd' : 'bitmapOr'}(${enough}, ${digit})`;
    else if (isSet) enough = digit;
  }
  return enough === undefined ? 'everybody' : { sql: enough };
}

function opposite(people: People, everybody: string): People {
  if (people === 'everybody') return 'nobody';
  return people === 'nobody' ? 'everybody' : { sql: `bitmapAndnot(${everybody}, ${people.sql})` };
}

function sqlOf(people: People, everybody: string): string {
  if (people === 'everybody') return everybody;
  return people === 'nobody' ? NOBODY : people.sql;
}

function equalSql(fromHere: People, fromNext: People, everybody: string): string {
  if (fromNext === 'nobody') return sqlOf(fromHere, everybody);
  return `bitmapAndnot(${sqlOf(fromHere, everybody)}, ${sqlOf(fromNext, everybody)})`;
}
