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
  createCountTable,
  dropOtherGenerations,
  nextGeneration,
  saveCountState,
  selectCountState,
  type CountState,
} from './count-store.ts';

/**
 * Events become visible up to this long after the instant they are stamped with; younger ones are counted
 * from the events themselves each time. What comes later still is found by the nightly proof.
 */
const SETTLED_AFTER_MS = 5 * 60_000;
/** After so many steps the counts are made anew, so that a person's rows stay few. */
const STEPS_A_GENERATION = 200;

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
  settings: Record<string, string | number>,
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
  settings: Record<string, string | number>,
): Promise<CountState> {
  const generation = await nextGeneration(platform.database);
  await createCountTable(platform.clickhouse, generation, slots.length);
  const state: CountState = { generation, step: 0, slots, receivedUntilMs: now - SETTLED_AFTER_MS };
  const parameters = new Parameters();
  const compiler = createRowCompiler(parameters, now);
  const sums = slots.map(
    (slot, index) => `countIf(${eventCondition(compiler, slot.source)}) AS ${countColumn(index)}`,
  );
  const until = parameters.instant(state.receivedUntilMs);
  await insertStep(platform, state, sums, `received_at <= ${until}`, parameters, settings);
  await platform.database.transaction((transaction) => saveCountState(transaction, state));
  await dropOtherGenerations(platform.clickhouse, generation);
  return state;
}

async function advance(
  platform: Platform,
  before: CountState,
  wanted: readonly CountSlot[],
  now: number,
  settings: Record<string, string | number>,
): Promise<CountState> {
  await clearUnfinishedSteps(platform.clickhouse, before);
  const bySignature = new Map(wanted.map((slot) => [slot.signature, slot]));
  // Slots nobody asks for any more keep their windows: they are right as of then, and go with the generation.
  const slots = before.slots.map((slot) => bySignature.get(slot.signature) ?? slot);
  const state: CountState = {
    ...before,
    step: before.step + 1,
    slots,
    receivedUntilMs: Math.max(before.receivedUntilMs, now - SETTLED_AFTER_MS),
  };
  const parameters = new Parameters();
  const compiler = createRowCompiler(parameters, now);
  const old = parameters.instant(before.receivedUntilMs);
  const sums = slots.map((slot, index) => {
    const present = eventCondition(compiler, slot.source);
    const past = eventCondition(compiler, before.slots[index]!.source);
    return `sum(toInt32(${present}) - if(received_at > ${old}, 0, toInt32(${past}))) AS ${countColumn(index)}`;
  });
  const stretches = joinedStretches(
    slots.flatMap((slot, index) => changedStretches(before.slots[index]!.source.window, slot.source.window)),
  );
  const moved = stretches.map(
    ({ fromMs, toMs }) => `(time >= ${parameters.instant(fromMs)} AND time < ${parameters.instant(toMs)})`,
  );
  const rows = [`received_at > ${old}`, ...moved].join(' OR ');
  const where = `received_at <= ${parameters.instant(state.receivedUntilMs)} AND (${rows})`;
  await insertStep(platform, state, sums, where, parameters, settings);
  await platform.database.transaction((transaction) => saveCountState(transaction, state));
  return state;
}

/** Adds a step's rows; people for whom nothing changed have none. */
async function insertStep(
  platform: Platform,
  state: CountState,
  sums: readonly string[],
  where: string,
  parameters: Parameters,
  settings: Record<string, string | number>,
): Promise<void> {
  const events = [...new Set(state.slots.map((slot) => slot.source.event))];
  const named = events.every((event) => event !== undefined)
    ? `event IN ${parameters.bind('Array(String)', events)} AND `
    : '';
  const changed = state.slots.map((_, index) => `${countColumn(index)} != 0`).join(' OR ');
  const columns = state.slots.map((_, index) => countColumn(index));
  await platform.clickhouse.command(
    `INSERT INTO ${countTable(state.generation)} (person_id, key_number, step, ${columns.join(', ')})
     SELECT person_id, key_number, ${state.step}, ${sums.join(', ')} FROM event
     WHERE ${named}${where} GROUP BY person_id, key_number HAVING ${changed}`,
    parameters.values,
    { ...settings, optimize_aggregation_in_order: 1 },
  );
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
