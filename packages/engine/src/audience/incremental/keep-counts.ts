import type { Platform } from '../../platform/index.ts';
import { createRowCompiler } from '../compile/compile.ts';
import type { KeptCounts } from '../compile/compiler.ts';
import { eventCondition } from '../compile/event-rows.ts';
import { Parameters } from '../compile/parameters.ts';
import { changedStretches, joinedStretches, signatureOf, type CountSlot } from './count-slot.ts';
import {
  clearUnfinishedSteps,
  countColumn,
  countTable,
  createCountTables,
  dropOtherGenerations,
  matchTable,
  nextGeneration,
  saveCountState,
  selectCountState,
  type CountState,
} from './count-store.ts';

/**
 * Events become visible up to this long after the instant they are stamped with; younger ones are counted
 * from the events themselves each time. What comes later still is found by the nightly proof.
 */
const SETTLED_AFTER_MS = 60_000;
/** After so many steps the counts are made anew, so that a person's rows stay few. */
const STEPS_A_GENERATION = 200;

type Settings = Record<string, string | number>;

/** Counts brought up to an instant, and whether they were made anew for it. */
export interface CurrentCounts {
  readonly counts: KeptCounts;
  readonly rebuilt: boolean;
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
  const isUsable =
    before && slots.every((slot) => known.has(slot.signature)) && before.step < STEPS_A_GENERATION;
  const state = isUsable
    ? await advance(platform, before, slots, now, settings)
    : await build(platform, slots, now, settings);
  return { counts: keptCounts(state, now), rebuilt: !isUsable };
}

async function build(
  platform: Platform,
  slots: readonly CountSlot[],
  now: number,
  settings: Settings,
): Promise<CountState> {
  const generation = await nextGeneration(platform.database);
  await createCountTables(platform.clickhouse, generation, slots.length);
  const state: CountState = { generation, step: 0, slots, receivedUntilMs: now - SETTLED_AFTER_MS };
  await addMatches(platform, state, undefined, now, settings);
  await addCounts(platform, state, undefined, settings);
  await platform.database.transaction((transaction) => saveCountState(transaction, state));
  await dropOtherGenerations(platform.clickhouse, generation);
  return state;
}

async function advance(
  platform: Platform,
  before: CountState,
  wanted: readonly CountSlot[],
  now: number,
  settings: Settings,
): Promise<CountState> {
  await clearUnfinishedSteps(platform.clickhouse, before);
  const bySignature = new Map(wanted.map((slot) => [slot.signature, slot]));
  const state: CountState = {
    ...before,
    step: before.step + 1,
    // Slots nobody asks for any more keep their windows: they are right as of then, and go with the generation.
    slots: before.slots.map((slot) => bySignature.get(slot.signature) ?? slot),
    receivedUntilMs: Math.max(before.receivedUntilMs, now - SETTLED_AFTER_MS),
  };
  await addMatches(platform, state, before.receivedUntilMs, now, settings);
  await addCounts(platform, state, before, settings);
  await platform.database.transaction((transaction) => saveCountState(transaction, state));
  return state;
}

/** Notes the events received since that are counted by any slot, whatever its window. */
async function addMatches(
  platform: Platform,
  state: CountState,
  receivedAfterMs: number | undefined,
  now: number,
  settings: Settings,
): Promise<void> {
  const parameters = new Parameters();
  const compiler = createRowCompiler(parameters, now);
  const columns = state.slots.map((_, index) => countColumn(index));
  const tests = state.slots.map(
    ({ source }, index) =>
      `toUInt8(${eventCondition(compiler, { ...source, window: undefined })}) AS ${countColumn(index)}`,
  );
  const where = [`received_at <= ${parameters.instant(state.receivedUntilMs)}`];
  if (receivedAfterMs !== undefined) where.push(`received_at > ${parameters.instant(receivedAfterMs)}`);
  const events = [...new Set(state.slots.map((slot) => slot.source.event))];
  if (events.every((event) => event !== undefined)) {
    where.push(`event IN ${parameters.bind('Array(String)', events)}`);
  }
  await platform.clickhouse.command(
    `INSERT INTO ${matchTable(state.generation)} (time, person_id, key_number, step, ${columns.join(', ')})
     SELECT time, person_id, key_number, ${state.step}, ${columns.join(', ')}
     FROM (SELECT time, person_id, key_number, ${tests.join(', ')} FROM event WHERE ${where.join(' AND ')})
     WHERE ${columns.join(' OR ')}`,
    parameters.values,
    settings,
  );
}

/** Adds what a step changes: its own events inside the windows, and older ones over whose heads a window moved. */
async function addCounts(
  platform: Platform,
  state: CountState,
  before: CountState | undefined,
  settings: Settings,
): Promise<void> {
  const parameters = new Parameters();
  const columns = state.slots.map((_, index) => countColumn(index));
  const inside = (slots: CountState['slots'], index: number): string =>
    windowCondition(parameters, slots[index]!.source.window);
  const own = columns.map(
    (column, index) => `sum(toInt32(${column} AND ${inside(state.slots, index)})) AS ${column}`,
  );
  const table = matchTable(state.generation);
  const parts = [
    `SELECT person_id, key_number, ${own.join(', ')} FROM ${table} WHERE step = ${state.step} GROUP BY person_id, key_number`,
  ];
  if (before) {
    const stretches = joinedStretches(
      state.slots.flatMap((slot, index) =>
        changedStretches(before.slots[index]!.source.window, slot.source.window),
      ),
    ).map(
      ({ fromMs, toMs }) => `(time >= ${parameters.instant(fromMs)} AND time < ${parameters.instant(toMs)})`,
    );
    const moved = columns.map(
      (column, index) =>
        `sum(if(${column} = 1, toInt32(${inside(state.slots, index)}) - toInt32(${inside(before.slots, index)}), 0)) AS ${column}`,
    );
    if (stretches.length > 0) {
      parts.push(
        `SELECT person_id, key_number, ${moved.join(', ')} FROM ${table}
         WHERE step < ${state.step} AND (${stretches.join(' OR ')}) GROUP BY person_id, key_number`,
      );
    }
  }
  await platform.clickhouse.command(
    `INSERT INTO ${countTable(state.generation)} (person_id, key_number, step, ${columns.join(', ')})
     SELECT person_id, key_number, ${state.step}, ${columns.join(', ')} FROM (${parts.join(' UNION ALL ')})
     WHERE ${columns.map((column) => `${column} != 0`).join(' OR ')}`,
    parameters.values,
    settings,
  );
}

function windowCondition(parameters: Parameters, window: CountSlot['source']['window']): string {
  const bounds: string[] = [];
  if (window?.fromMs !== undefined) bounds.push(`time >= ${parameters.instant(window.fromMs)}`);
  if (window?.toMs !== undefined) bounds.push(`time < ${parameters.instant(window.toMs)}`);
  return bounds.length === 0 ? '1' : `(${bounds.join(' AND ')})`;
}

/** The counts of a state with the events that are not settled yet. */
function keptCounts(state: CountState, now: number): KeptCounts {
  const columns = new Map(state.slots.map((slot, index) => [slot.signature, countColumn(index)]));
  return {
    columnOf: (source) => columns.get(signatureOf(source)),
    rows(parameters) {
      const compiler = createRowCompiler(parameters, now);
      const names = state.slots.map((_, index) => countColumn(index));
      const recent = state.slots.map(
        (slot, index) => `toInt32(${eventCondition(compiler, slot.source)}) AS ${countColumn(index)}`,
      );
      return `SELECT person_id, key_number, ${names.join(', ')} FROM ${countTable(state.generation)} WHERE step <= ${state.step}
        UNION ALL SELECT person_id, key_number, ${recent.join(', ')} FROM event
        WHERE received_at > ${parameters.instant(state.receivedUntilMs)}`;
    },
  };
}
