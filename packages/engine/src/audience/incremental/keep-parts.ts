import type { ClickHouse, Platform } from '../../platform/index.ts';
import type { BoundEventSource } from '../bind/bound.ts';
import { Parameters } from '../compile/parameters.ts';
import {
  BELOW_ZERO,
  countRowsSql,
  enteredSql,
  movedRowsSql,
  type EventStep,
  type WantedCount,
} from './count-changes.ts';
import { addEvents, createEventTable, dropOtherGenerations, dropUnsettled } from './counted-events.ts';
import {
  decidedRows,
  EVERYBODY,
  joinedRows,
  partSql,
  type DecidedPart,
  type Deciding,
} from './decide-parts.ts';
import type { KeptPart } from './kept-part.ts';
import {
  dropSteps,
  nextStep,
  saveKeptState,
  selectKeptState,
  selectMovedPeople,
  stepsOfKept,
  type KeptState,
  type StoredPart,
} from './kept-state.ts';
import { lookAtProfile, lookBefore, withLook, type ProfileMark } from './profile-marks.ts';
import { TOO_MANY, type CountBits } from './slice-events.ts';

export type Settings = Record<string, string | number>;

/**
 * Events, attributes and moves become visible up to this long after the instant they are stamped with; younger
 * events are counted anew each time. What comes later still is found by the nightly proof.
 */
const SETTLED_AFTER_MS = 60_000;
/** Moved people that a step can look at; more, and everything is made anew. */
const MOVED_LIMIT = 20_000;

/** Steps of a generation that nobody finished, from which on another one is made. */
const MOST_ABANDONED = 100;

/** What is kept about people, as of a step. */
export interface CurrentParts {
  readonly step: number;
  /** Nothing was there to go on from. */
  readonly rebuilt: boolean;
  /** How many bitmaps there are of counts and members, in the order of `part`, `kind`, `digit`. */
  readonly bitmaps: number;
  /** Places of the bitmaps of a part among them, from 1, by the digit; that of nobody has none. */
  placesOf(part: number | string): readonly (number | undefined)[];
}

/** What a step is made of. */
interface Step {
  readonly number: number;
  readonly now: number;
  readonly bits: CountBits;
  readonly before: KeptState | undefined;
  readonly receivedUntilMs: number;
  /** Versions beyond which all rows of people and consents are that are new; undefined: not known. */
  readonly profile: ProfileMark | undefined;
  readonly look: ProfileMark;
  readonly moved: readonly number[];
  readonly parts: readonly NumberedPart[];
}

type NumberedPart = KeptPart & { readonly part: number; readonly before?: StoredPart | undefined };

/**
 * Brings what is kept about people to `now` for the given parts: by what came since, and anew where there is nothing
 * to go on from. The caller holds the compute lock.
 */
export async function keepParts(
  platform: Platform,
  wanted: readonly KeptPart[],
  now: number,
  settings: Settings,
): Promise<CurrentParts> {
  const { database, clickhouse } = platform;
  const [stored, moved, number] = await Promise.all([
    selectKeptState(database),
    selectMovedPeople(database, MOVED_LIMIT),
    nextStep(database),
  ]);
  const usable = moved && isContinued(stored, wanted) ? stored : undefined;
  const [look, steps] = await Promise.all([lookAtProfile(clickhouse, now), stepsOfKept(clickhouse)]);
  // The rows are not there when one of the databases is back at an older state.
  const before = usable && steps.includes(usable.step) ? usable : undefined;
  const settledMs = SETTLED_AFTER_MS * Math.max(1, platform.clock.rate);
  const first = stepOf(number, { before, moved: moved ?? [], look, wanted, now, settledMs });
  const others = steps.filter((each) => each !== stored?.step);
  const [step] = await Promise.all([writtenStep(platform, first, settings), dropSteps(clickhouse, others)]);
  const state = stateAfter(step);
  const movedUntilMs = (step.before?.at ?? now) - settledMs;
  const [bitmaps] = await Promise.all([
    bitmapsOf(clickhouse, step.number),
    dropUnsettled(platform, state.generation),
  ]);
  await database.transaction((transaction) => saveKeptState(transaction, state, stored, movedUntilMs));
  if (!step.before) await dropOtherGenerations(platform, state.generation);
  return currentParts(state, bitmaps, step.before === undefined);
}

/** Whether a state can be gone on from: it has every count, and few steps that nobody finished. */
function isContinued(stored: KeptState | undefined, wanted: readonly KeptPart[]): stored is KeptState {
  if (!stored || stored.abandoned.length > MOST_ABANDONED) return false;
  const known = new Set(stored.parts.map(({ name }) => name));
  return wanted.every((part) => part.kind !== 'count' || known.has(part.name));
}

function stepOf(
  number: number,
  needs: Pick<Step, 'before' | 'moved' | 'look' | 'now'> & {
    readonly wanted: readonly KeptPart[];
    readonly settledMs: number;
  },
): Step {
  const { before, now, settledMs, wanted } = needs;
  const known = new Map(before?.parts.map((part) => [part.name, part]));
  let next = Math.max(EVERYBODY, ...(before?.parts ?? []).map(({ part }) => part)) + 1;
  const settled = now - settledMs;
  return {
    ...needs,
    number,
    bits: 16,
    receivedUntilMs: before ? Math.max(before.receivedUntilMs, settled) : settled,
    profile: before && lookBefore(before.marks, before.at, settledMs),
    parts: wanted.map((part) => {
      const stored = known.get(part.name);
      return { ...part, part: stored?.part ?? next++, before: stored };
    }),
  };
}

function stateAfter(step: Step): KeptState {
  const { before, number } = step;
  // Numbers between belong to steps that died.
  const between = before ? number - before.step - 1 : 0;
  const abandoned = Array.from({ length: between }, (_, index) => number - between + index);
  const places = new Map(countsOf(step).map(({ part, index }) => [part, index]));
  return {
    step: number,
    generation: before?.generation ?? number,
    counts: before?.counts ?? places.size,
    abandoned: [...(before?.abandoned ?? []), ...abandoned],
    at: step.now,
    receivedUntilMs: step.receivedUntilMs,
    parts: step.parts.map((each) => ({
      name: each.name,
      part: each.part,
      ...(each.kind === 'count' ? { index: places.get(each.part)!, window: each.source.window } : {}),
    })),
    marks: withLook(before?.marks ?? [], step.profile, step.look),
  };
}

/** The counts of a step; those of a new generation are numbered anew. */
function countsOf(step: Step): (WantedCount & { readonly source: BoundEventSource })[] {
  const counts = step.parts.flatMap((part) => (part.kind === 'count' ? [part] : []));
  return counts.map(({ part, source, before }, place) => ({
    part,
    source,
    index: before?.index ?? place,
    window: source.window,
    windowBefore: before?.window,
  }));
}

/** Writes a step; when it cannot be written as it is meant, in another way. Its number is new then. */
async function writtenStep(platform: Platform, step: Step, settings: Settings): Promise<Step> {
  const again = async (change: Partial<Step>): Promise<Step> =>
    writtenStep(platform, { ...step, ...change, number: await nextStep(platform.database) }, settings);
  try {
    await writeStep(platform, step, settings);
    return step;
  } catch (error) {
    const { message } = error as Error;
    if (step.bits === 16 && message.includes(TOO_MANY)) return again({ bits: 32 });
    if (!step.before || !message.includes(BELOW_ZERO)) throw error;
    platform.log.error({ error: message }, 'what is kept about people is made anew');
    return again({
      before: undefined,
      profile: undefined,
      parts: step.parts.map((part) => ({ ...part, before: undefined })),
    });
  }
}

async function writeStep(platform: Platform, step: Step, settings: Settings): Promise<void> {
  const { number } = step;
  const parameters = new Parameters();
  const numbers = new Map(step.parts.map(({ name, part }) => [name, part]));
  const deciding: Deciding = {
    parameters,
    now: step.now,
    step: number,
    numberOf: (name) => numbers.get(name)!,
  };
  const write = (queries: readonly string[]): Promise<void> =>
    platform.clickhouse.command(
      `INSERT INTO kept_people (step, part, kind, digit, people)
       SELECT ${number}, part, kind, digit, people FROM (${queries.join(' UNION ALL ')})`,
      parameters.values,
      settings,
    );
  const counts = countsOf(step);
  const changed = changedPeople(parameters, step);
  const ofEvents = eventStep(step);
  const haveEntered = await haveEventsEntered(platform, ofEvents, counts);
  await Promise.all([
    addEventsOf(platform, step, counts, settings),
    write([
      memberRowsSql(deciding, step, changed),
      ...movedRowsSql(parameters, counts, ofEvents, haveEntered),
    ]),
  ]);
  const moved = step.moved.length > 0 ? movedSql(parameters, step.moved) : undefined;
  const ofCounts = countRowsSql(parameters, counts, ofEvents, moved);
  if (ofCounts.length > 0) await write(ofCounts);
  const joined = joinedRowsSql(deciding, step, changed);
  if (joined !== undefined) await write([joined]);
}

const generationOf = ({ before, number }: Step): number => before?.generation ?? number;

const eventStep = (step: Step): EventStep => ({
  number: step.number,
  generation: generationOf(step),
  before: step.before,
  bits: step.bits,
});

/** Whether events that were there before have come into a window, as those do that were ahead of their time. */
async function haveEventsEntered(
  { clickhouse }: Platform,
  step: EventStep,
  counts: readonly WantedCount[],
): Promise<boolean> {
  const parameters = new Parameters();
  const query = step.before && enteredSql(parameters, counts, step);
  return query !== undefined && (await clickhouse.query(query, parameters.values)).length > 0;
}

/** Writes the events that came, in the order of the generation's counts; some of them nobody asks for any more. */
async function addEventsOf(
  platform: Platform,
  step: Step,
  counts: ReturnType<typeof countsOf>,
  settings: Settings,
): Promise<void> {
  const { before, number, now, receivedUntilMs } = step;
  const generation = generationOf(step);
  const size = before?.counts ?? counts.length;
  if (!before) await createEventTable(platform, generation, size);
  const sources = Array.from(
    { length: size },
    (_, place) => counts.find(({ index }) => index === place)?.source,
  );
  const receivedAfterMs = before?.receivedUntilMs;
  const of = { generation, step: number, now, receivedAfterMs, receivedUntilMs };
  await addEvents(platform, sources, of, settings);
}

const movedSql = (parameters: Parameters, moved: readonly number[]): string =>
  `bitmapBuild(${parameters.bind('Array(UInt64)', moved)})`;

/** SQL of the people whose own rows or consents may be others than before; undefined: nobody's. */
function changedPeople(parameters: Parameters, { profile, look, moved }: Step): string | undefined {
  const rows: string[] = [];
  for (const table of ['person', 'consent'] as const) {
    if (!profile || profile[table] === look[table]) continue;
    const version = parameters.bind('UInt64', profile[table]);
    // Without FINAL: also a row that a newer one has replaced names somebody who changed.
    rows.push(`SELECT person_id FROM ${table} WHERE version > ${version}`);
  }
  if (moved.length > 0) {
    rows.push(`SELECT arrayJoin(${parameters.bind('Array(UInt64)', moved)}) AS person_id`);
  }
  return rows.length === 0
    ? undefined
    : `(SELECT groupBitmapState(person_id) FROM (${rows.join(' UNION ALL ')}))`;
}

const isDecided = (part: NumberedPart): part is DecidedPart & NumberedPart => part.kind !== 'count';

/** Whether a part can be brought up to date, as far as rows of people and consents go. */
const isUpdated = (step: Step, part: NumberedPart): boolean =>
  step.profile !== undefined && part.before !== undefined;

/** Rows of everybody and of the parts that people's own rows and consents decide. */
function memberRowsSql(deciding: Deciding, step: Step, changed: string | undefined): string {
  const parts = step.parts.filter(isDecided).filter(({ kind }) => kind !== 'joined');
  const kept = parts.filter((part) => isUpdated(step, part));
  const fresh = parts.filter((part) => !kept.includes(part));
  const hasEverybody = step.profile !== undefined;
  const rows = decidedRows(deciding, fresh, undefined, !hasEverybody);
  if (hasEverybody) {
    rows.push(...keptRows(step, [EVERYBODY, ...kept.map(({ part }) => part)], changed));
    if (changed !== undefined) rows.push(...decidedRows(deciding, kept, changed, true));
  }
  return membersSql(rows);
}

/** Rows of the parts that ask for counts; undefined when there are none. The counts of the step are written. */
function joinedRowsSql(deciding: Deciding, step: Step, changed: string | undefined): string | undefined {
  const rows = step.parts.flatMap((part) => {
    if (part.kind !== 'joined') return [];
    if (!isUpdated(step, part)) {
      return [joinedRows(deciding, part, partSql(step.number, [EVERYBODY], 'member'))];
    }
    const counted = partSql(step.number, part.counts.map(deciding.numberOf), 'changed');
    const among = changed === undefined ? counted : `bitmapOr(${counted}, ${changed})`;
    return [...keptRows(step, [part.part], among), joinedRows(deciding, part, among)];
  });
  return rows.length === 0 ? undefined : membersSql(rows);
}

/** The members of parts as they were, without the people of a bitmap (SQL). */
function keptRows({ before }: Step, parts: readonly number[], without: string | undefined): string[] {
  const people = without === undefined ? 'people' : `bitmapAndnot(people, ${without})`;
  return [
    `SELECT part, ${people} AS people FROM kept_people
     WHERE step = ${before!.step} AND kind = 'member' AND part IN (${parts.join(', ')})`,
  ];
}

const membersSql = (rows: readonly string[]): string =>
  `SELECT part, 'member' AS kind, toUInt8(0) AS digit, groupBitmapMergeState(people) AS people
   FROM (${rows.join(' UNION ALL ')}) GROUP BY part`;

/** The bitmaps of counts and members that a step has, in their order. */
type Bitmaps = readonly { readonly part: number; readonly digit: number }[];

const bitmapsOf = (clickhouse: ClickHouse, step: number): Promise<Bitmaps> =>
  clickhouse.query(
    `SELECT part, digit FROM kept_people WHERE step = ${step} AND kind IN ('count', 'member')
     ORDER BY part, kind, digit`,
  );

function currentParts(state: KeptState, bitmaps: Bitmaps, rebuilt: boolean): CurrentParts {
  const numbers = new Map(state.parts.map(({ name, part }) => [name, part]));
  const places = new Map<number, (number | undefined)[]>();
  for (const [index, { part, digit }] of bitmaps.entries()) {
    const ofPart = places.get(part) ?? [];
    places.set(part, ofPart);
    ofPart[digit] = index + 1;
  }
  return {
    step: state.step,
    rebuilt,
    bitmaps: bitmaps.length,
    placesOf: (part) => places.get(typeof part === 'number' ? part : numbers.get(part)!) ?? [],
  };
}
