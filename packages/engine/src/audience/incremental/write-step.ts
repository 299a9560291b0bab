import { presentPerson } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createRowCompiler } from '../compile/compile.ts';
import { eventCondition } from '../compile/event-rows.ts';
import { Parameters } from '../compile/parameters.ts';
import { changedStretches, joinedStretches } from './count-slot.ts';
import {
  countColumn,
  countTable,
  createCountTable,
  matchTable,
  nextGeneration,
  type CountState,
  type ProfileMark,
} from './count-store.ts';

export type Settings = Record<string, string | number>;

/** Rows of later steps, for each of the first, from which on they are added up. */
const FOLD_FROM_RATIO = 2;

/** Who is looked at again besides the people of new events and moved windows. */
export interface OtherChanges {
  /** People whom merges and splits touched. */
  readonly moved: readonly number[];
  /** People and consents with newer versions; undefined: not known. */
  readonly profile: ProfileMark | undefined;
}

/** Notes the events received since that are counted by any slot, whatever its window. */
export async function addMatches(
  platform: Platform,
  state: CountState,
  receivedAfterMs: number | undefined,
  settings: Settings,
): Promise<void> {
  const parameters = new Parameters();
  const compiler = createRowCompiler(parameters, state.at);
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
    `INSERT INTO ${matchTable(state)} (time, person_id, key_number, step, ${columns.join(', ')})
     SELECT time, person_id, key_number, ${state.step} AS step, ${tests.join(', ')} FROM event
     WHERE ${where.join(' AND ')} AND (${columns.join(' OR ')})`,
    parameters.values,
    // Both tables lie by person: each shard of a cluster keeps its own.
    { ...settings, parallel_distributed_insert_select: '2' },
  );
}

/**
 * Adds what a step changes: its own events inside the windows, older ones over whose heads a window moved, and
 * a row without counts for everybody else who may have changed.
 */
export async function addCounts(
  platform: Platform,
  state: CountState,
  before: CountState | undefined,
  others: OtherChanges,
  settings: Settings,
): Promise<void> {
  const parameters = new Parameters();
  const columns = state.slots.map((_, index) => countColumn(index));
  const inside = (slots: CountState['slots'], index: number): string =>
    windowCondition(parameters, slots[index]!.source.window);
  const own = columns.map((column, index) => {
    const isInside = inside(state.slots, index);
    return `${isInside === NEVER ? 'toInt64(0)' : `sum(toInt32(${column} = 1 AND ${isInside}))`} AS ${column}`;
  });
  const table = matchTable(state);
  const parts = [
    // Also those outside of every window: before they were settled, they may have been inside.
    `SELECT person_id, key_number, ${own.join(', ')} FROM ${table} WHERE step = ${state.step} GROUP BY person_id, key_number`,
  ];
  const moved = before && movedWindows(parameters, state, before, columns, inside);
  if (moved) parts.push(moved);
  parts.push(...touchedRows(parameters, state, others, columns));
  await platform.clickhouse.command(
    `INSERT INTO ${countTable(state)} (person_id, key_number, present_id, step, ${columns.join(', ')})
     SELECT person_id, key_number, ${presentPerson('person_id', 'key_number')}, ${state.step}, ${columns.join(', ')}
     FROM (${parts.join(' UNION ALL ')})`,
    parameters.values,
    settings,
  );
}

/** Changes of counts because windows moved; undefined when none did. */
function movedWindows(
  parameters: Parameters,
  state: CountState,
  before: CountState,
  columns: readonly string[],
  inside: (slots: CountState['slots'], index: number) => string,
): string | undefined {
  const stretches = joinedStretches(
    state.slots.flatMap((slot, index) =>
      changedStretches(before.slots[index]!.source.window, slot.source.window),
    ),
  ).map(
    ({ fromMs, toMs }) => `(time >= ${parameters.instant(fromMs)} AND time < ${parameters.instant(toMs)})`,
  );
  if (stretches.length === 0) return undefined;
  const differences = columns.map(
    (column, index) =>
      `sum(if(${column} = 1, toInt32(${inside(state.slots, index)}) - toInt32(${inside(before.slots, index)}), 0)) AS ${column}`,
  );
  return `SELECT person_id, key_number, ${differences.join(', ')} FROM ${matchTable(state)}
    WHERE step < ${state.step} AND (${stretches.join(' OR ')}) GROUP BY person_id, key_number
    HAVING ${columns.map((column) => `${column} != 0`).join(' OR ')}`;
}

function touchedRows(
  parameters: Parameters,
  state: CountState,
  others: OtherChanges,
  columns: readonly string[],
): string[] {
  const nothing = columns.map((column) => `toInt64(0) AS ${column}`).join(', ');
  const rows = [
    // Events that are not settled count each time, until they are.
    `SELECT DISTINCT person_id, key_number, ${nothing} FROM event WHERE received_at > ${parameters.instant(state.receivedUntilMs)}`,
  ];
  for (const table of ['person', 'consent'] as const) {
    if (!others.profile) continue;
    const version = parameters.bind('UInt64', others.profile[table]);
    // Without FINAL: also a row that a newer one has replaced names somebody who changed.
    rows.push(
      `SELECT DISTINCT person_id, person_id AS key_number, ${nothing} FROM ${table} WHERE version > ${version}`,
    );
  }
  if (others.moved.length > 0) {
    const people = parameters.bind('Array(UInt64)', others.moved);
    rows.push(`SELECT arrayJoin(${people}) AS person_id, person_id AS key_number, ${nothing}`);
  }
  return rows;
}

/** Condition of an empty window. Shards would fold one away that is written out, and call its column by another name. */
const NEVER = '0';

function windowCondition(parameters: Parameters, window: CountState['slots'][0]['source']['window']): string {
  const bounds: string[] = [];
  if (window && (window.fromMs ?? -Infinity) >= (window.toMs ?? Infinity)) return NEVER;
  if (window?.fromMs !== undefined) bounds.push(`time >= ${parameters.instant(window.fromMs)}`);
  if (window?.toMs !== undefined) bounds.push(`time < ${parameters.instant(window.toMs)}`);
  return bounds.length === 0 ? '1' : `(${bounds.join(' AND ')})`;
}

/**
 * Adds up each person's rows in a new table when those of the steps have become more than those of the
 * beginning. Who was touched before is no longer known then. The state is not saved yet: until it is, the old
 * table counts.
 */
export async function foldCounts(
  platform: Platform,
  state: CountState,
  settings: Settings,
): Promise<CountState> {
  const { clickhouse } = platform;
  const [rows] = await clickhouse.query<{ first: number; later: number }>(
    `SELECT countIf(step = (SELECT min(step) FROM ${countTable(state)})) AS first, count() - first AS later
     FROM ${countTable(state)}`,
  );
  if (!rows || rows.later < rows.first * FOLD_FROM_RATIO) return state;
  const countGeneration = await nextGeneration(platform.database);
  await createCountTable(clickhouse, countGeneration, state.slots.length);
  const columns = state.slots.map((_, index) => countColumn(index));
  await clickhouse.command(
    `INSERT INTO ${countTable({ countGeneration })} (person_id, key_number, present_id, step, ${columns.join(', ')})
     SELECT person_id, key_number, any(present_id), ${state.step}, ${columns.map((column) => `sum(${column}) AS ${column}`).join(', ')}
     FROM ${countTable(state)} GROUP BY person_id, key_number
     HAVING ${columns.map((column) => `${column} != 0`).join(' OR ')}`,
    {},
    settings,
  );
  return { ...state, countGeneration, loggedFromStep: state.step };
}
