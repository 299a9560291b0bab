import type { ClickHouse, Transaction } from '../../platform/index.ts';
import type { BoundEventSource } from '../bind/bound.ts';

/**
 * The kept counts: tables of a generation with one column per slot, and how far they have come. One table has
 * the counts of each person, the other the single events that are counted, in order of time, so that those
 * which leave a window as time goes on are found without reading the others.
 */
export interface CountState {
  readonly generation: number;
  /** Steps up to this one count; later ones were never finished. */
  readonly step: number;
  /** Slots in order of the columns, with their windows as of the last step. */
  readonly slots: readonly { signature: string; source: BoundEventSource }[];
  /** Events received up to this instant (epoch ms, included) are in the counts. */
  readonly receivedUntilMs: number;
}

export const countTable = (generation: number): string => `event_count_${generation}`;
export const matchTable = (generation: number): string => `event_match_${generation}`;
export const countColumn = (index: number): string => `c${index}`;

/** The present state; undefined when there is none. */
export async function selectCountState(transaction: Transaction): Promise<CountState | undefined> {
  const [row] = await transaction.query<{
    generation: number;
    step: number;
    slots: CountState['slots'];
    received_until: number;
  }>('select generation, step, slots, received_until from audience.count_state where step >= 0');
  return (
    row && {
      generation: row.generation,
      step: row.step,
      slots: row.slots,
      receivedUntilMs: row.received_until,
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

/** Makes a state the present one. */
export async function saveCountState(transaction: Transaction, state: CountState): Promise<void> {
  await transaction.execute(
    `insert into audience.count_state (only_row, generation, step, slots, received_until)
     values (true, $1, $2, $3::jsonb, $4)
     on conflict (only_row) do update set generation = excluded.generation, step = excluded.step,
       slots = excluded.slots, received_until = excluded.received_until`,
    [state.generation, state.step, JSON.stringify(state.slots), state.receivedUntilMs],
  );
}

export async function forgetCountState(transaction: Transaction): Promise<void> {
  await transaction.execute('delete from audience.count_state');
}

/** Makes the tables of a generation. */
export async function createCountTables(
  clickhouse: ClickHouse,
  generation: number,
  slots: number,
): Promise<void> {
  const columns = (type: string): string =>
    Array.from({ length: slots }, (_, index) => `${countColumn(index)} ${type}`).join(', ');
  await clickhouse.command(
    `CREATE TABLE ${countTable(generation)}
       (person_id UInt64, key_number UInt64, step UInt32, ${columns('Int32')})
     ENGINE = MergeTree ORDER BY (person_id, key_number, step)`,
  );
  await clickhouse.command(
    `CREATE TABLE ${matchTable(generation)}
       (time DateTime64(3, 'UTC'), person_id UInt64, key_number UInt64, step UInt32, ${columns('UInt8')},
        INDEX step_range step TYPE minmax GRANULARITY 1)
     ENGINE = MergeTree ORDER BY time`,
  );
}

/** Removes the tables of all generations but one. */
export async function dropOtherGenerations(clickhouse: ClickHouse, keep: number): Promise<void> {
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

/** Removes the rows of steps that were begun and never finished. */
export async function clearUnfinishedSteps(clickhouse: ClickHouse, state: CountState): Promise<void> {
  const parameters = { step: state.step };
  for (const table of [countTable(state.generation), matchTable(state.generation)]) {
    const [row] = await clickhouse.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${table} WHERE step > {step:UInt32}`,
      parameters,
    );
    if (!row || row.rows === 0) continue;
    await clickhouse.command(`DELETE FROM ${table} WHERE step > {step:UInt32}`, parameters, {
      lightweight_deletes_sync: '2',
    });
  }
}
