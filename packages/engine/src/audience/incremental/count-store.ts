import type { ClickHouse, Transaction } from '../../platform/index.ts';
import type { BoundEventSource } from '../bind/bound.ts';

/**
 * The kept counts: tables with one column per slot, and how far they have come. One table has the counts of
 * each person and says at which step a person was touched, the other the single events that are counted, in
 * order of time, so that those which leave a window as time goes on are found without reading the others.
 */
export interface CountState {
  /** Number of the table of single events; never used before. */
  readonly generation: number;
  /** Number of the table of counts, which is written anew when its steps have become many. */
  readonly countGeneration: number;
  /** Steps up to this one count; later ones were never finished. */
  readonly step: number;
  /** After this step, every person who may have changed has a row in the table of counts. */
  readonly loggedFromStep: number;
  /** When the step was made, epoch ms. */
  readonly at: number;
  /** Slots in order of the columns, with their windows as of the last step. */
  readonly slots: readonly { signature: string; source: BoundEventSource }[];
  /** Events received up to this instant (epoch ms, included) are in the counts. */
  readonly receivedUntilMs: number;
  /** Newest versions of the profile's rows as they were seen, oldest first. */
  readonly marks: readonly ProfileMark[];
}

/** Newest versions that were visible at an instant (epoch ms). */
export interface ProfileMark {
  readonly at: number;
  readonly person: number;
  readonly consent: number;
}

export const countTable = (state: Pick<CountState, 'countGeneration'>): string =>
  `event_count_${state.countGeneration}`;
export const matchTable = (state: Pick<CountState, 'generation'>): string =>
  `event_match_${state.generation}`;
export const countColumn = (index: number): string => `c${index}`;

/** The present state, and whether a step after it was begun; undefined when there is none. */
export async function selectCountState(
  transaction: Transaction,
): Promise<(CountState & { readonly isInterrupted: boolean }) | undefined> {
  const [row] = await transaction.query<{
    generation: number;
    count_generation: number;
    step: number;
    begun_step: number;
    logged_from_step: number;
    at: number;
    slots: CountState['slots'];
    received_until: number;
    marks: ProfileMark[];
  }>('select * from audience.count_state');
  return (
    row && {
      generation: row.generation,
      countGeneration: row.count_generation,
      step: row.step,
      loggedFromStep: row.logged_from_step,
      at: row.at,
      slots: row.slots,
      receivedUntilMs: row.received_until,
      marks: row.marks,
      isInterrupted: row.begun_step > row.step,
    }
  );
}

/** A new generation number, never used before. */
export async function nextGeneration(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ generation: number }>(
    `select nextval('audience.count_generation') as generation`,
  );
  return row?.generation ?? 0;
}

/** Notes that a step is being written, before its first row. */
export async function beginStep(transaction: Transaction, step: number): Promise<void> {
  await transaction.execute('update audience.count_state set begun_step = $1', [step]);
}

/** Makes a state the present one, and forgets the moved people that need not be looked at again. */
export async function saveCountState(
  transaction: Transaction,
  state: CountState,
  movedUntilMs: number,
): Promise<void> {
  await transaction.execute('delete from audience.moved_person where at <= $1', [movedUntilMs]);
  await transaction.execute(
    `insert into audience.count_state
       (only_row, generation, count_generation, step, begun_step, logged_from_step, at, slots, received_until, marks)
     values (true, $1, $2, $3, $3, $4, $5, $6::jsonb, $7, $8::jsonb)
     on conflict (only_row) do update set generation = excluded.generation,
       count_generation = excluded.count_generation, step = excluded.step, begun_step = excluded.begun_step,
       logged_from_step = excluded.logged_from_step, at = excluded.at, slots = excluded.slots,
       received_until = excluded.received_until, marks = excluded.marks`,
    [
      state.generation,
      state.countGeneration,
      state.step,
      state.loggedFromStep,
      state.at,
      JSON.stringify(state.slots),
      state.receivedUntilMs,
      JSON.stringify(state.marks),
    ],
  );
}

export async function forgetCountState(transaction: Transaction): Promise<void> {
  await transaction.execute('delete from audience.count_state');
}

/** Notes people whom a merge or a split touched, when there are counts that care. */
export async function noteMovedPeople(
  transaction: Transaction,
  personIds: readonly number[],
  at: number,
): Promise<void> {
  await transaction.execute(
    `insert into audience.moved_person (person_id, at)
     select person, $2 from unnest($1::bigint[]) as person where exists (select from audience.count_state)`,
    [[...new Set(personIds)], at],
  );
}

/** People noted and not yet forgotten; undefined when there are more than `limit`. */
export async function selectMovedPeople(
  transaction: Transaction,
  limit: number,
): Promise<number[] | undefined> {
  const rows = await transaction.query<{ person_id: number }>(
    'select distinct person_id from audience.moved_person limit $1',
    [limit + 1],
  );
  return rows.length > limit ? undefined : rows.map((row) => row.person_id);
}

/** Makes a table of counts. */
export async function createCountTable(
  clickhouse: ClickHouse,
  countGeneration: number,
  slots: number,
): Promise<void> {
  await clickhouse.command(
    // By step first: who was touched since a step is one stretch of the table.
    `CREATE TABLE ${countTable({ countGeneration })}
       (person_id UInt64, key_number UInt64, present_id UInt64, step UInt32, ${columns(slots, 'Int32')})
     ENGINE = MergeTree ORDER BY (step, person_id, key_number)`,
  );
}

/** Makes a table of single events. */
export async function createMatchTable(
  clickhouse: ClickHouse,
  generation: number,
  slots: number,
): Promise<void> {
  await clickhouse.command(
    `CREATE TABLE ${matchTable({ generation })}
       (time DateTime64(3, 'UTC'), person_id UInt64, key_number UInt64, step UInt32, ${columns(slots, 'UInt8')},
        INDEX step_range step TYPE minmax GRANULARITY 1)
     ENGINE = MergeTree ORDER BY time`,
  );
}

function columns(slots: number, type: string): string {
  return Array.from({ length: slots }, (_, index) => `${countColumn(index)} ${type}`).join(', ');
}

/** Removes all tables that do not belong to a state. */
export async function dropOtherGenerations(clickhouse: ClickHouse, keep: CountState): Promise<void> {
  const rows = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase()
       AND (name LIKE 'event\\_count\\_%' OR name LIKE 'event\\_match\\_%')`,
  );
  for (const { name } of rows) {
    if (name !== countTable(keep) && name !== matchTable(keep)) {
      await clickhouse.command(`DROP TABLE IF EXISTS ${name}`);
    }
  }
}

/** Removes the rows of a step that was begun and never finished. */
export async function clearUnfinishedStep(clickhouse: ClickHouse, state: CountState): Promise<void> {
  for (const table of [countTable(state), matchTable(state)]) {
    await clickhouse.command(
      `DELETE FROM ${table} WHERE step > {step:UInt32}`,
      { step: state.step },
      { lightweight_deletes_sync: '2' },
    );
  }
}
