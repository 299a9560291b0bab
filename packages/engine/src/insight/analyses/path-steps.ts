import type { PathRequest } from '@wutong/contract';
import { eventsOfBlocks, instantOf, markOf, personAt, placeOf } from './person-blocks.ts';

/**
 * A shown event is a mark of 16 bits: the number of its name (8), whether it begins a session, that it is there,
 * and its person's place in the block (6). A step is one of 32 bits: what is counted, and the place above it.
 */
const BEGINS = 256;
const THERE = 512;
const PLACE_BIT = 10;
const STEP = { nextBit: 8, nameBit: 9, levelBit: 17, firstBit: 22, placeBit: 23, there: 2 ** 29 } as const;
/** What steps are counted by: all of them below the place. */
const COUNTED = 2 ** STEP.placeBit - 1;

/** SQL of the parts of a step: `next` is −1 where the path ends, `first` is 1 once for each person. */
const PARTS = `bitAnd(bitShiftRight(step, ${STEP.levelBit}), 31) as level, bitAnd(bitShiftRight(step, ${STEP.nameBit}), 255) as name,
  if(bitTest(step, ${STEP.nextBit}), toInt32(bitAnd(step, 255)), -1) as next`;

/** Rows `level` (from 0), `name`, `next`, `paths`, and at level 0 `firsts`: people, each counted once. */
export function countSteps(steps: string): string {
  return `select ${PARTS}, sum(count) as paths, sumIf(count, bitTest(step, ${STEP.firstBit})) as firsts
    from (select bitAnd(each, ${COUNTED}) as step, count() as count from (${steps}) array join steps as each group by step)
    group by level, name, next`;
}

/** Rows `person`, `level`, `name`, `next`: one for each step of each path. */
export function stepsOfPeople(steps: string): string {
  const place = `bitAnd(bitShiftRight(step, ${STEP.placeBit}), 63)`;
  return `select ${personAt(place)} as person, ${PARTS} from (${steps}) array join steps as step`;
}

/**
 * One row a block: `block` and `steps`, those of all paths up to the depth. `number`: SQL of the number of a row's
 * name; `anchors`: numbers of the anchor's names.
 */
export function stepsOfBlocks(
  request: PathRequest,
  rows: string,
  number: string,
  anchors: readonly number[] | undefined,
): string {
  let marks = marksOfBlocks(request, eventsOfBlocks(number, rows));
  if (request.anchor?.kind === 'end') marks = reversed(marks);
  if (anchors !== undefined) marks = fromAnchor(marks, anchors);
  const { depth } = request;
  // Marks of a neighbouring place: the block's first event is its person's first.
  const before = `arrayPushFront(arrayPopBack(marks), toUInt16(bitXor(marks[1], ${2 ** PLACE_BIT})))`;
  const level = 'index - begun';
  const next = `if(bitTest(after, 8) or ${level} = ${depth - 1}, 0, ${2 ** STEP.nextBit} + bitAnd(after, 255))`;
  const isFirst = `bitShiftRight(mark, ${PLACE_BIT}) != bitShiftRight(before, ${PLACE_BIT})`;
  const step = `${STEP.there} + bitShiftLeft(toUInt32(bitShiftRight(mark, ${PLACE_BIT})), ${STEP.placeBit}) + bitShiftLeft(toUInt32(${isFirst}), ${STEP.firstBit})
      + bitShiftLeft(toUInt32(${level}), ${STEP.levelBit}) + bitShiftLeft(toUInt32(bitAnd(mark, 255)), ${STEP.nameBit}) + ${next}`;
  return `select block, arrayEnumerate(marks) as indexes,
      arrayFill(index -> index > 0, arrayMap((mark, index) -> if(bitTest(mark, 8), index, 0), marks, indexes)) as begins,
      arrayFilter(step -> step > 0, arrayMap(
        (mark, before, after, index, begun) -> if(${level} < ${depth}, toUInt32(${step}), 0),
        marks, ${before}, ${following('marks')}, indexes, begins)) as steps
    from (${marks}) where notEmpty(marks)`;
}

/** Behind the last event a session begins. */
const following = (marks: string): string => `arrayPushBack(arrayPopFront(${marks}), toUInt16(${BEGINS}))`;

function marksOfBlocks({ gapMs, mergeRepeats }: PathRequest, events: string): string {
  const mark = `toUInt16(bitShiftLeft(${placeOf('event')}, ${PLACE_BIT}) + ${markOf('event')} + ${THERE})`;
  // Another person's events lie further away than any gap, and so does the 0 before the first one.
  const begins = `${instantOf('event')} - ${instantOf('before')} > ${gapMs}`;
  const repeated = mergeRepeats ? `if(${markOf('event')} = ${markOf('before')}, 0, ${mark})` : mark;
  return `select block, arrayFilter(mark -> mark > 0, arrayMap(
      (event, before) -> toUInt16(if(${begins}, ${mark} + ${BEGINS}, ${repeated})),
      events, arrayPushFront(arrayPopBack(events), 0::UInt64))) as marks
    from (${events})`;
}

/** Read backwards a session begins where it ended. */
function reversed(marks: string): string {
  return `select block, arrayReverse(arrayMap((mark, after) -> toUInt16(bitOr(bitAnd(mark, ${65_535 - BEGINS}), bitAnd(after, ${BEGINS}))),
      forwards, ${following('forwards')})) as marks
    from (select block, marks as forwards from (${marks}))`;
}

/** Of each session the part from the first anchor; sessions without one are gone. */
function fromAnchor(marks: string, anchors: readonly number[]): string {
  const seen = `arrayFill(each -> each > 0, arrayMap(
      mark -> multiIf(has([${anchors.join(', ')}]::Array(UInt16), bitAnd(mark, 255)), 2, bitTest(mark, 8), 1, 0), whole))`;
  return `select block, ${seen} as seen, arrayFilter((mark, state) -> state = 2,
      arrayMap((mark, before) -> toUInt16(if(before = 1, bitOr(mark, ${BEGINS}), mark)), whole, arrayPushFront(arrayPopBack(seen), 1)),
      seen) as marks
    from (select block, marks as whole from (${marks}))`;
}
