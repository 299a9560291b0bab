import type { ClickHouse, Transaction } from '../../platform/index.ts';
import type { ProfileMark } from './profile-marks.ts';
import type { Window } from './window-moves.ts';

/** A part as a step left it: the number of its rows; of counts the index in the generation, and the window as of then. */
export interface StoredPart {
  readonly name: string;
  readonly part: number;
  readonly index?: number | undefined;
  readonly window?: Window | undefined;
}

/** How far what is kept about people has come. */
export interface KeptState {
  /** Its rows in `kept_people` have this number, which no other step ever has. */
  readonly step: number;
  /** Number of the table of counted events: of the step that made it. */
  readonly generation: number;
  /** How many counts the generation began with. */
  readonly counts: number;
  /** Steps of the generation that were begun and never finished; their rows do not count. */
  readonly abandoned: readonly number[];
  /** When the step was made, epoch ms. */
  readonly at: number;
  /** Events received up to this instant (epoch ms, included) were all visible. */
  readonly receivedUntilMs: number;
  readonly parts: readonly StoredPart[];
  /** Newest versions of the profile's rows as they were seen, oldest first. */
  readonly marks: readonly ProfileMark[];
}

/** The present state; undefined when there is none. */
export async function selectKeptState(transaction: Transaction): Promise<KeptState | undefined> {
  const [row] = await transaction.query<{
    step: number;
    generation: number;
    counts: number;
    abandoned: number[];
    at: number;
    received_until: number;
    parts: StoredPart[];
    marks: ProfileMark[];
  }>('select step, generation, counts, abandoned, at, received_until, parts, marks from audience.kept_state');
  return (
    row && {
      step: row.step,
      generation: row.generation,
      counts: row.counts,
      abandoned: row.abandoned,
      at: row.at,
      receivedUntilMs: row.received_until,
      parts: row.parts,
      marks: row.marks,
    }
  );
}

/** A number for a step, never used before. */
export async function nextStep(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ step: number }>(`select nextval('audience.kept_step') as step`);
  return row?.step ?? 0;
}

/**
 * Makes a state the present one, and forgets the moved people that need not be looked at again. Throws when another
 * one than `before` has become it in the meantime.
 */
export async function saveKeptState(
  transaction: Transaction,
  state: KeptState,
  before: KeptState | undefined,
  movedUntilMs: number,
): Promise<void> {
  await transaction.execute('delete from audience.moved_person where at <= $1', [movedUntilMs]);
  const saved = await transaction.execute(
    `insert into audience.kept_state (only_row, step, at, received_until, parts, marks, generation, counts, abandoned)
     values (true, $1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8::jsonb)
     on conflict (only_row) do update set step = excluded.step, at = excluded.at,
       received_until = excluded.received_until, parts = excluded.parts, marks = excluded.marks,
       generation = excluded.generation, counts = excluded.counts, abandoned = excluded.abandoned
     where kept_state.step = $9`,
    [
      state.step,
      state.at,
      state.receivedUntilMs,
      JSON.stringify(state.parts),
      JSON.stringify(state.marks),
      state.generation,
      state.counts,
      JSON.stringify(state.abandoned),
      before?.step ?? 0,
    ],
  );
  if (saved === 0) throw new Error('what is kept about people was brought up to date by another process');
}

export async function forgetKeptState(transaction: Transaction): Promise<void> {
  await transaction.execute('delete from audience.kept_state');
}

/** Notes people whom a merge or a split touched, when something is kept about people. */
export async function noteMovedPeople(
  transaction: Transaction,
  personIds: readonly number[],
  at: number,
): Promise<void> {
  await transaction.execute(
    `insert into audience.moved_person (person_id, at)
     select person, $2 from unnest($1::bigint[]) as person where exists (select from audience.kept_state)`,
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

/** The steps that have rows: the present one, those before, and those that were never finished. */
export async function stepsOfKept(clickhouse: ClickHouse): Promise<number[]> {
  const rows = await clickhouse.query<{ step: string }>(
    `SELECT DISTINCT partition AS step FROM system.parts
     WHERE database = currentDatabase() AND table = 'kept_people' AND active`,
  );
  return rows.map((row) => Number(row.step));
}

export async function dropSteps(clickhouse: ClickHouse, steps: readonly number[]): Promise<void> {
  for (const step of steps) await clickhouse.command(`ALTER TABLE kept_people DROP PARTITION ${step}`);
}
