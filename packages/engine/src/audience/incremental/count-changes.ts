import type { Parameters } from '../compile/parameters.ts';
import { presentPerson } from '../../identity/index.ts';
import { eventTable, isCountedSql } from './counted-events.ts';
import { anyOfSql, reckonedSql } from './count-digits.ts';
import type { KeptState } from './kept-state.ts';
import { cameEventsSql, movedEventsSql, type CountBits, type CountedEvent } from './slice-events.ts';
import { isEmpty, movedStretches, type Window } from './window-moves.ts';

/** A count as it is to be after a step. */
export interface WantedCount {
  readonly part: number;
  /** Its index among the counts of the generation. */
  readonly index: number;
  readonly window: Window;
  /** Its window as of the step before. */
  readonly windowBefore: Window;
}

/** A step among the counted events. */
export interface EventStep {
  readonly number: number;
  readonly generation: number;
  /** The step before, of the same generation; undefined: none. */
  readonly before: Pick<KeptState, 'step' | 'abandoned'> | undefined;
  readonly bits: CountBits;
}

/** Somebody's count went below zero: what is kept is wrong. */
export const BELOW_ZERO = 'a kept count is below zero';

/**
 * Queries of the counts after a step, as rows of what is kept: `part`, `kind`, `digit`, `people`. Kinds: `count`; `recent`,
 * which is the part of the count that is not settled; and `changed`, whose counts may be others than before. The events
 * that came and the rows of those over whose heads a window moved (`movedRowsSql`) are written.
 *
 * @param moved SQL of the bitmap of the people who are counted anew because merges and splits moved events
 */
export function countRowsSql(
  parameters: Parameters,
  counts: readonly WantedCount[],
  step: EventStep,
  moved: string | undefined,
): string[] {
  const ofEvents = rowsOf(parameters, counts, step, moved);
  if (ofEvents.length === 0) return [];
  const digits = KINDS.map((kind) => `groupArrayInsertAtIf(people, digit, kind = '${kind}')`);
  const slices = `SELECT part, [${digits.join(', ')}] AS given FROM (
    SELECT part, kind, digit, groupBitmapMergeState(people) AS people FROM (${ofEvents.join(' UNION ALL ')})
    GROUP BY part, kind, digit) GROUP BY part`;
  const even = `SELECT part, given, arrayMax(arrayMap(each -> length(each), given)) + 3 AS length,
    arrayMap(each -> arrayResize(each, length), given) AS even FROM (${slices})`;
  // Only the people whose counts change are counted on: the bitmaps of a million are copied twice and not ten times.
  const touched = 'arrayMap(each -> bitmapAnd(each, changed), even[1])';
  const after = `SELECT part, given[3] AS recent, ${anyOfSql('arrayFlatten(arraySlice(given, 2))')} AS changed,
    arrayMap((kept, counted) -> bitmapOr(bitmapAndnot(kept, changed), counted), even[1],
      ${reckonedSql(touched, 'arraySlice(even, 2, 3)', 'arraySlice(even, 5, 2)')}) AS count FROM (${even})`;
  return [
    `SELECT part, row.1 AS kind, row.2 AS digit, row.3 AS people FROM (
    SELECT part, arrayJoin(arrayFilter(row -> bitmapCardinality(row.3) > 0, arrayConcat(
      arrayMap((people, digit) -> ('count', toUInt8(digit - 1), people), count, arrayEnumerate(count)),
      arrayMap((people, digit) -> ('recent', toUInt8(digit - 1), people), recent, arrayEnumerate(recent)),
      [('changed', toUInt8(0), changed)]))) AS row
    FROM (${after}) WHERE throwIf(bitmapCardinality(count[-1]) > 0, '${BELOW_ZERO}') = 0)`,
  ];
}

/** A count as it was, what is added to it, and what is taken away. */
const KINDS = ['count', 'plus', 'recent', 'entered', 'minus', 'past'] as const;

/** The counts as they were, and what changed them. */
function rowsOf(
  parameters: Parameters,
  counts: readonly WantedCount[],
  step: EventStep,
  moved: string | undefined,
): string[] {
  const { before, bits, number } = step;
  const table = eventTable(step.generation);
  const inside = counts.filter(({ window }) => !isEmpty(window));
  const endMs = commonEndMs(inside);
  const came = cameCounts(parameters, inside, endMs);
  const until = endMs === undefined ? '' : ` AND time < ${parameters.instant(endMs)}`;
  const cameFrom = (where: string): string[] =>
    came.length === 0 ? [] : [cameEventsSql(came, { from: `${table} WHERE ${where}${until}`, bits })];
  if (!before) return cameFrom(`step = ${number}`);
  const parts = counts.map(({ part }) => part).join(', ');
  const rows = [
    // A name in WHERE is that of the answer, where there is one: the table's own say that they are.
    `SELECT part, if(kept.kind = 'recent', 'past', toString(kept.kind)) AS kind, toUInt32(kept.digit) AS digit, people
     FROM kept_people AS kept WHERE part IN (${parts}) AND (
       (step = ${before.step} AND kept.kind IN ('count', 'recent'))
       OR (step = ${number} AND kept.kind IN ('entered', 'minus')))`,
    ...cameFrom(`step = ${number}`),
  ];
  if (moved === undefined) return rows;
  const isMoved = `bitmapContains(${moved}, ${presentPerson('person_id', 'key_number')})`;
  return [
    `SELECT part, kind, digit, bitmapAndnot(people, ${moved}) AS people FROM (${rows.join(' UNION ALL ')})`,
    ...cameFrom(`(step = ${number} OR ${settledBefore(step)}) AND ${isMoved}`),
  ];
}

/** SQL of whether an event was settled by a step before. */
function settledBefore({ number, before }: EventStep): string {
  const abandoned = before?.abandoned ?? [];
  const others = abandoned.length === 0 ? '' : ` AND step NOT IN (${abandoned.join(', ')})`;
  return `(settled AND step < ${number}${others})`;
}

/** The end that all windows have alike, as those of the last so many days. */
function commonEndMs(counts: readonly WantedCount[]): number | undefined {
  const [end, ...others] = new Set(counts.map(({ window }) => window?.toMs));
  return others.length === 0 ? end : undefined;
}

/** What counts an event that came: it lies in the window, of which the end may have been asked already. */
function cameCounts(
  parameters: Parameters,
  counts: readonly WantedCount[],
  endMs: number | undefined,
): CountedEvent[] {
  const counted = counts.map(({ part, index, window: { toMs, ...from } = {} }) => ({
    part,
    of: insideSql(parameters, toMs === undefined || toMs === endMs ? from : { ...from, toMs }),
    condition: isCountedSql(index),
  }));
  // Those of the same window stand together.
  return counted.sort((left, right) => (left.of ?? '').localeCompare(right.of ?? ''));
}

/**
 * Queries of the events from before over whose heads a window moved, as rows of what is kept, of the kinds `entered` and
 * `minus`. They do not wait for the events that came.
 *
 * @param haveEntered whether there are such that entered (`enteredSql`)
 */
export function movedRowsSql(
  parameters: Parameters,
  counts: readonly WantedCount[],
  step: EventStep,
  haveEntered: boolean,
): string[] {
  if (!step.before) return [];
  return (['entered', 'minus'] as const).flatMap((kind) => {
    if (kind === 'entered' && !haveEntered) return [];
    const moved = counts.flatMap(({ part, index, window, windowBefore }) =>
      movedStretches(windowBefore, window)
        .filter(({ entered }) => entered === (kind === 'entered'))
        .map((stretch) => ({ part, of: insideSql(parameters, stretch)!, condition: isCountedSql(index) })),
    );
    if (moved.length === 0) return [];
    moved.sort((left, right) => left.of.localeCompare(right.of));
    const from = movedEvents(step, new Set(moved.map(({ of }) => of)));
    return [movedEventsSql(moved, kind, { from, bits: step.bits })];
  });
}

/** SQL of the events that were counted before and lie in one of some stretches. */
const movedEvents = (step: EventStep, stretches: ReadonlySet<string>): string =>
  `${eventTable(step.generation)} WHERE (${[...stretches].map((each) => `(${each})`).join(' OR ')}) AND ${settledBefore(step)}`;

/**
 * Query of one row if there are events from before that enter a window, undefined when none can. They are those
 * that were ahead of their time, and hardly ever there: it is asked first, as planning to count them costs more.
 */
export function enteredSql(
  parameters: Parameters,
  counts: readonly Pick<WantedCount, 'window' | 'windowBefore'>[],
  step: EventStep,
): string | undefined {
  const stretches = counts.flatMap(({ window, windowBefore }) =>
    movedStretches(windowBefore, window).flatMap((stretch) =>
      stretch.entered ? [insideSql(parameters, stretch)!] : [],
    ),
  );
  return stretches.length === 0
    ? undefined
    : `SELECT 1 FROM ${movedEvents(step, new Set(stretches))} LIMIT 1`;
}

/** SQL of whether the time of an event lies in a window; undefined: always. */
function insideSql(parameters: Parameters, window: Window): string | undefined {
  const bounds: string[] = [];
  if (window?.fromMs !== undefined) bounds.push(`time >= ${parameters.instant(window.fromMs)}`);
  if (window?.toMs !== undefined) bounds.push(`time < ${parameters.instant(window.toMs)}`);
  return bounds.length === 0 ? undefined : bounds.join(' AND ');
}
