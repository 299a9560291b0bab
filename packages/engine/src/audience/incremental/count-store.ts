import type { ClickHouse, Transaction } from '../../platform/index.ts';
import type { BoundEventSource } from '../bind/bound.ts';

/** The kept counts: one table per generation, one column per slot, and how far they have come. */
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

/** Makes the table of a generation. */
export async function createCountTable(
  clickhouse: ClickHouse,
  generation: number,
  slots: number,
): Promise<void> {
  const columns = Array.from({ length: slots }, (_, index) => `${countColumn(index)} Int32`);
  await clickhouse.command(
    `CREATE TABLE ${countTable(generation)}
       (person_id UInt64, key_number UInt64, step UInt32, ${columns.join(', ')})
     ENGINE = MergeTree ORDER BY (person_id, key_number, step)`,
  );
}

/** Removes the tables of all generations but one. */
export async function dropOtherGenerations(clickhouse: ClickHouse, keep: number): Promise<void> {
  const rows = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'event\\_count\\_%'`,
  );
  for (const { name } of rows) {
    if (name !== countTable(keep)) await clickhouse.command(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** Removes the rows of steps that were begun and never finished. */
export async function clearUnfinishedSteps(clickhouse: ClickHouse, state: CountState): Promise<void> {
  const parameters = { step: state.step };
  const table = countTable(state.generation);
  const [row] = await clickhouse.query<{ rows: number }>(
    `SELECT count() AS rows FROM ${table} WHERE step > {step:UInt32}`,
    parameters,
  );
  if (row && row.rows > 0) {
    await clickhouse.command(`DELETE FROM ${table} WHERE step > {step:UInt32}`, parameters, {
      lightweight_deletes_sync: '2',
    });
  }
}
