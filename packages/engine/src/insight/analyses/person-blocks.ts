import { PERSON, TIME } from './scope-sql.ts';

/**
 * Events of 64 people with neighbouring numbers in one sorted array: a block. Grouping by person fills a table of as
 * many rows as there are people, which no cache holds, and arrays too short for functions of arrays to pay.
 * Over 20 million events of 1 million people a block has some 1,300 events.
 */
const PEOPLE_BITS = 6;
export const PEOPLE_OF_BLOCK = 2 ** PEOPLE_BITS;

/**
 * An event is one number: its mark (8 bits), above it its time (epoch ms; 44 bits reach the year 2527), above the
 * person's place, above all a bit that is set, so that nothing is near to 0.
 */
export const MARK_BITS = 8;
const PLACE_BIT = MARK_BITS + 44;
const TOP = `${2n ** BigInt(PLACE_BIT + PEOPLE_BITS)}::UInt64`;

/** Of a packed event, the number of its person within the block. */
export const placeOf = (event: string): string =>
  `bitAnd(bitShiftRight(${event}, ${PLACE_BIT}), ${PEOPLE_OF_BLOCK - 1})`;
/** Of a packed event, its mark. */
export const markOf = (event: string): string => `bitAnd(${event}, ${2 ** MARK_BITS - 1})`;
/** Of a packed event, person and time: those of different people lie over 200 years apart, and further from 0. */
export const instantOf = (event: string): string => `bitShiftRight(${event}, ${MARK_BITS})`;

/** One row a block: `block`, and `events` (packed, sorted by person, then time, then mark). `mark`: SQL, 0 … 255. */
export function eventsOfBlocks(mark: string, rows: string): string {
  const place = `bitAnd(person, ${PEOPLE_OF_BLOCK - 1})`;
  return `select bitShiftRight(${PERSON} as person, ${PEOPLE_BITS}) as block,
      arraySort(groupArray(${TOP} + bitShiftLeft(${place}, ${PLACE_BIT}) + bitShiftLeft(${TIME}, ${MARK_BITS}) + ${mark})) as events
    ${rows} group by block`;
}

/** The person at a place of a block. */
export const personAt = (place: string): string => `bitShiftLeft(block, ${PEOPLE_BITS}) + ${place}`;
