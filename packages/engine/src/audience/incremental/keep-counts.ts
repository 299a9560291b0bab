import type { Platform } from '../../platform/index.ts';
import { createRowCompiler } from '../compile/compile.ts';
import type { KeptCounts } from '../compile/compiler.ts';
import { eventCondition } from '../compile/event-rows.ts';
import { signatureOf, type CountSlot } from './count-slot.ts';
import {
  beginStep,
  clearUnfinishedStep,
  countColumn,
  countTable,
  createCountTable,
  createMatchTable,
  dropOtherGenerations,
  nextGeneration,
  saveCountState,
  selectCountState,
  selectMovedPeople,
  type CountState,
} from './count-store.ts';
import { lookAtProfile, lookBefore, withLook } from './profile-marks.ts';
import { addCounts, addMatches, foldCounts, type Settings } from './write-step.ts';

/**
 * Events, attributes and moves become visible up to this long after the instant they are stamped with; younger
 * events are counted from the events themselves each time. What comes later still is found by the nightly proof.
 */
const SETTLED_AFTER_MS = 60_000;
/** After so many steps, the counts of a person are looked at whether they should be added up. */
const STEPS_A_FOLD = 8;
/** Moved people that a step can look at; more, and the counts are made anew. */
const MOVED_LIMIT = 20_000;

/** Counts brought up to an instant. */
export interface CurrentCounts {
  readonly counts: KeptCounts;
  /** The counts were made anew for it. */
  readonly rebuilt: boolean;
  readonly state: CountState;
  /**
   * Query of the persons (`present_id`) who may have changed after a step; only for steps from
   * `loggedFromStep` on. A person that a key came from or went to later has a row of its own then.
   */
  touchedSince(step: number): string;
}

/**
 * Brings the kept counts to `now` for the given slots: events that came since are added, and those that left
 * or entered a window because time went on are subtracted or added. When the slots have changed, all are
 * counted anew in one pass. The caller holds the compute lock.
 */
export async function keepCounts(
  platform: Platform,
  slots: readonly CountSlot[],
  now: number,
  settings: Settings,
): Promise<CurrentCounts> {
  const before = await selectCountState(platform.database);
  const known = new Set(before?.slots.map((slot) => slot.signature));
  const moved = await selectMovedPeople(platform.database, MOVED_LIMIT);
  const isUsable = before && moved && slots.every((slot) => known.has(slot.signature));
  const state = isUsable
    ? await advance(platform, before, { slots, moved, now, settings })
    : await build(platform, slots, now, settings);
  return {
    counts: keptCounts(state, now),
    rebuilt: !isUsable,
    state,
    touchedSince: (step) =>
      `SELECT present_id FROM ${countTable(state)} WHERE step > ${step} AND step <= ${state.step}`,
  };
}

/** How long things take to become visible, in the time of the clock. */
function settledAfterMs(platform: Platform): number {
  return SETTLED_AFTER_MS * Math.max(1, platform.clock.rate);
}

async function build(
  platform: Platform,
  slots: readonly CountSlot[],
  now: number,
  settings: Settings,
): Promise<CountState> {
  const generation = await nextGeneration(platform.database);
  await createCountTable(platform.clickhouse, generation, slots.length);
  await createMatchTable(platform.clickhouse, generation, slots.length);
  const settled = now - settledAfterMs(platform);
  const state: CountState = {
    generation,
    countGeneration: generation,
    step: 0,
    loggedFromStep: 0,
    at: now,
    slots,
    receivedUntilMs: settled,
    marks: [await lookAtProfile(platform.clickhouse, now)],
  };
  await addMatches(platform, state, undefined, settings);
  await addCounts(platform, state, undefined, { moved: [], profile: undefined }, settings);
  await platform.database.transaction((transaction) => saveCountState(transaction, state, settled));
  await dropOtherGenerations(platform.clickhouse, state);
  return state;
}

interface StepNeeds {
  readonly slots: readonly CountSlot[];
  readonly moved: readonly number[];
  readonly now: number;
  readonly settings: Settings;
}

async function advance(
  platform: Platform,
  before: CountState & { isInterrupted: boolean },
  needs: StepNeeds,
): Promise<CountState> {
  const { now, settings, moved } = needs;
  if (before.isInterrupted) await clearUnfinishedStep(platform.clickhouse, before);
  const look = await lookAtProfile(platform.clickhouse, now);
  const profile = lookBefore(before.marks, before.at, settledAfterMs(platform));
  const step = before.step + 1;
  const bySignature = new Map(needs.slots.map((slot) => [slot.signature, slot]));
  let state: CountState = {
    ...before,
    step,
    // Without a look that is old enough, nobody can say whose attributes changed: the log begins anew.
    loggedFromStep: profile ? before.loggedFromStep : step,
    at: now,
    // Slots nobody asks for any more keep their windows: they are right as of then, until they are asked for.
    slots: before.slots.map((slot) => bySignature.get(slot.signature) ?? slot),
    receivedUntilMs: Math.max(before.receivedUntilMs, now - settledAfterMs(platform)),
    marks: withLook(before.marks, profile, look),
  };
  await beginStep(platform.database, step);
  await addMatches(platform, state, before.receivedUntilMs, settings);
  await addCounts(platform, state, before, { moved, profile }, settings);
  if (step % STEPS_A_FOLD === 0) state = await foldCounts(platform, state, settings);
  const movedUntilMs = before.at - settledAfterMs(platform);
  await platform.database.transaction((transaction) => saveCountState(transaction, state, movedUntilMs));
  if (state.countGeneration !== before.countGeneration) {
    await dropOtherGenerations(platform.clickhouse, state);
  }
  return state;
}

/** The counts of a state with the events that are not settled yet. */
function keptCounts(state: CountState, now: number): KeptCounts {
  const columns = new Map(state.slots.map((slot, index) => [slot.signature, countColumn(index)]));
  return {
    columnOf: (source) => columns.get(signatureOf(source)),
    rows(parameters, person, where) {
      const compiler = createRowCompiler(parameters, now);
      const kept = state.slots.map((_, index) => `sum(${countColumn(index)}) AS ${countColumn(index)}`);
      const recent = state.slots.map(
        (slot, index) =>
          `toInt64(countIf(${eventCondition(compiler, slot.source)})) AS ${countColumn(index)}`,
      );
      // Each part adds up its own rows, so that shards of a cluster do, and answer with a row a person.
      return `SELECT ${person} AS scan_key, ${kept.join(', ')} FROM ${countTable(state)}
        WHERE step <= ${state.step} AND ${where} GROUP BY scan_key
        UNION ALL SELECT ${person} AS scan_key, ${recent.join(', ')} FROM event
        WHERE received_at > ${parameters.instant(state.receivedUntilMs)} AND ${where} GROUP BY scan_key`;
    },
  };
}
