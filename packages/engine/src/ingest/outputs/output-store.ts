import type { ErrorCode, OutputDestination, OutputSchedule, OutputSelection } from '@wutong/contract';
import type { Database, Transaction } from '../../platform/index.ts';
import type { SentPortion } from './destinations/output-destination.ts';
import type { Portion, Position } from './subjects/output-subject.ts';

export interface OutputRecord {
  output_id: string;
  name: string;
  /** User with whose rights it runs; null: nobody is known. */
  owner: string | null;
  selection: OutputSelection;
  destination: OutputDestination;
  schedule: OutputSchedule;
  open_personal_data: boolean;
  secrets_box: string;
  state: 'running' | 'paused' | 'finished' | 'failed';
  cursor: Position;
  plan: Portion | null;
  slice: number;
  /** Rows of the portion under way that are delivered, or set aside. */
  rows_done: number;
  attempts: number;
  dead_in_a_row: number;
  rows_sent: number;
  error: string | null;
  error_code: ErrorCode | null;
  next_at: number | null;
  created_at: number;
  updated_at: number;
}

export type OutputView = OutputRecord & { dead: number; last_at: number | null; last_rows: number | null };

export async function insertOutput(
  transaction: Transaction,
  row: Pick<
    OutputRecord,
    | 'output_id'
    | 'name'
    | 'owner'
    | 'selection'
    | 'destination'
    | 'schedule'
    | 'open_personal_data'
    | 'secrets_box'
  > & { cursor: Position; now: number; next_at: number },
): Promise<boolean> {
  const made = await transaction.execute(
    `insert into outputs.output (output_id, name, selection, destination, schedule, open_personal_data, secrets_box,
       state, cursor, next_at, created_at, updated_at, owner)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10, $10, $11) on conflict do nothing`,
    [
      row.output_id,
      row.name,
      JSON.stringify(row.selection),
      JSON.stringify(row.destination),
      JSON.stringify(row.schedule),
      row.open_personal_data,
      row.secrets_box,
      JSON.stringify(row.cursor),
      row.next_at,
      row.now,
      row.owner,
    ],
  );
  return made === 1;
}

export async function selectOutputs(database: Transaction, outputId?: string): Promise<OutputView[]> {
  return database.query<OutputView>(
    `select output.*, (select count(*) from outputs.dead where dead.output_id = output.output_id) as dead,
       last.finished_at as last_at, last.rows as last_rows
     from outputs.output left join lateral (
       select finished_at, rows from outputs.slice where slice.output_id = output.output_id
       order by slice desc limit 1) last on true
     where $1::text is null or output_id = $1 order by output_id limit 1000`,
    [outputId ?? null],
  );
}

export async function selectDue(database: Database, now: number, limit: number): Promise<string[]> {
  const rows = await database.query<{ output_id: string }>(
    `select output_id from outputs.output where state = 'running' and next_at <= $1 order by next_at limit $2`,
    [now, limit],
  );
  return rows.map((row) => row.output_id);
}

export async function changeOutput(
  transaction: Transaction,
  outputId: string,
  change: Pick<OutputRecord, 'name' | 'destination' | 'schedule' | 'secrets_box'> & {
    next_at: number;
    now: number;
  },
): Promise<void> {
  await transaction.execute(
    `update outputs.output set name = $2, destination = $3, schedule = $4, secrets_box = $5, next_at = $6, attempts = 0,
       updated_at = $7 where output_id = $1`,
    [
      outputId,
      change.name,
      JSON.stringify(change.destination),
      JSON.stringify(change.schedule),
      change.secrets_box,
      change.next_at,
      change.now,
    ],
  );
}

/** Goes on (with a fresh count of failures) or pauses; an output that sent all it was to send stays finished. */
export async function changeOutputState(
  transaction: Transaction,
  outputId: string,
  state: 'running' | 'paused',
  now: number,
): Promise<boolean> {
  const changed = await transaction.execute(
    `update outputs.output set state = case when state = 'finished' then state else $2 end, attempts = 0,
       dead_in_a_row = 0, error = null, next_at = $3, updated_at = $3 where output_id = $1`,
    [outputId, state, now],
  );
  return changed === 1;
}

/** Gives an output another owner; one that stopped because its owner had lost the right goes on. */
export async function setOutputOwner(
  transaction: Transaction,
  outputId: string,
  owner: string,
  now: number,
): Promise<void> {
  await transaction.execute(`update outputs.output set owner = $2, updated_at = $3 where output_id = $1`, [
    outputId,
    owner,
    now,
  ]);
  await transaction.execute(
    `update outputs.output set state = 'running', next_at = $2, attempts = 0, error = null
     where output_id = $1 and state = 'failed' and error_code = 'owner_lost_right'`,
    [outputId, now],
  );
}

export async function deleteOutput(transaction: Transaction, outputId: string): Promise<boolean> {
  return (await transaction.execute('delete from outputs.output where output_id = $1', [outputId])) === 1;
}

/** Makes an output due; one that was finished begins another run at the given cursor. */
export async function makeDue(
  transaction: Transaction,
  outputId: string,
  cursor: Position,
  now: number,
): Promise<void> {
  await transaction.execute(
    `update outputs.output set next_at = $3, attempts = 0,
       cursor = case when state = 'finished' then $2 else cursor end,
       state = case when state = 'finished' then 'running' else state end where output_id = $1`,
    [outputId, JSON.stringify(cursor), now],
  );
}

/** Fixes the portion under way before its first row is sent; false when another process fixed one meanwhile. */
export async function keepPlan(
  database: Transaction,
  outputId: string,
  cursor: Position,
  plan: Portion,
): Promise<boolean> {
  const kept = await database.execute(
    `update outputs.output set cursor = $2, plan = $3, rows_done = 0, attempts = 0
     where output_id = $1 and plan is null`,
    [outputId, JSON.stringify(cursor), JSON.stringify(plan)],
  );
  return kept === 1;
}

/** A delivery of the portion is done; false when another process is farther already. */
export async function keepDelivery(
  database: Transaction,
  delivered: { outputId: string; slice: number; rowsDone: number; isDead: boolean },
): Promise<boolean> {
  const kept = await database.execute(
    `update outputs.output set rows_done = $3, attempts = 0, error = case when $4 then error end,
       dead_in_a_row = case when $4 then dead_in_a_row + 1 else 0 end
     where output_id = $1 and slice = $2 and rows_done < $3`,
    [delivered.outputId, delivered.slice, delivered.rowsDone, delivered.isDead],
  );
  return kept === 1;
}

/** The portion is sent; false when another process noted so already. */
export async function closePortion(
  transaction: Transaction,
  row: OutputRecord,
  done: { cursor: Position; rows: number; sent: SentPortion; now: number },
): Promise<boolean> {
  const closed = await transaction.execute(
    `update outputs.output set cursor = $2, plan = null, rows_done = 0, attempts = 0, error = null, slice = slice + 1,
       rows_sent = rows_sent + $3 where output_id = $1 and slice = $4`,
    [row.output_id, JSON.stringify(done.cursor), done.rows, row.slice],
  );
  if (closed === 0) return false;
  if (done.rows === 0) return true;
  await transaction.execute(
    `insert into outputs.slice (output_id, slice, rows, bytes, file, sha256, finished_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      row.output_id,
      row.slice,
      done.rows,
      done.sent.bytes,
      done.sent.file ?? null,
      done.sent.sha256 ?? null,
      done.now,
    ],
  );
  await transaction.execute('delete from outputs.slice where output_id = $1 and slice <= $2', [
    row.output_id,
    row.slice - KEPT_SLICES,
  ]);
  return true;
}

const KEPT_SLICES = 10_000;

/** Nothing more at present: when it runs next, or that it is finished. */
export async function rest(
  database: Transaction,
  outputId: string,
  next: { at: number; cursor: Position } | 'finished',
): Promise<void> {
  if (next === 'finished') {
    await database.execute(
      `update outputs.output set state = 'finished', next_at = null, error = null where output_id = $1 and state = 'running'`,
      [outputId],
    );
  } else {
    await database.execute('update outputs.output set next_at = $2, cursor = $3 where output_id = $1', [
      outputId,
      next.at,
      JSON.stringify(next.cursor),
    ]);
  }
}

export async function noteOutputFailure(
  database: Transaction,
  outputId: string,
  failure: { error: string; code: ErrorCode | undefined; nextAt: number; stop: boolean },
): Promise<void> {
  await database.execute(
    `update outputs.output set attempts = attempts + 1, error = $2, error_code = $5, next_at = $3,
       state = case when $4 and state = 'running' then 'failed' else state end where output_id = $1`,
    [outputId, failure.error.slice(0, 500), failure.nextAt, failure.stop, failure.code ?? null],
  );
}

export interface WaitingBatch {
  batch_id: string;
  received_from: number;
  started_at: number;
}

/** The oldest batches that an output has not sent. */
export async function takeWaiting(
  database: Transaction,
  outputId: string,
  limit: number,
): Promise<WaitingBatch[]> {
  return database.query<WaitingBatch>(
    `select batch_id, received_from, started_at from outputs.waiting where output_id = $1
     order by batch_id limit $2`,
    [outputId, limit],
  );
}

export async function settleWaiting(
  transaction: Transaction,
  outputId: string,
  batchIds: readonly string[],
): Promise<void> {
  await transaction.execute(
    'delete from outputs.waiting where output_id = $1 and batch_id = any($2::uuid[])',
    [outputId, [...batchIds]],
  );
}

export interface SliceRow {
  slice: number;
  rows: number;
  bytes: number;
  file: string | null;
  sha256: string | null;
  finished_at: number;
}

export async function selectSlices(
  database: Transaction,
  outputId: string,
  before: number | undefined,
  limit: number,
): Promise<SliceRow[]> {
  return database.query<SliceRow>(
    `select slice, rows, bytes, file, sha256, finished_at from outputs.slice
     where output_id = $1 and ($2::bigint is null or slice < $2) order by slice desc limit $3`,
    [outputId, before ?? null, limit],
  );
}

/** The file of a portion, as it was written; undefined when there is no such file. */
export async function selectSliceFile(
  database: Database,
  outputId: string,
  slice: number,
): Promise<string | undefined> {
  const [row] = await database.query<{ file: string | null }>(
    'select file from outputs.slice where output_id = $1 and slice = $2',
    [outputId, slice],
  );
  return row?.file ?? undefined;
}

export interface DeadRow {
  dead_id: string;
  output_id: string;
  delivery_id: string;
  rows: number;
  body_box: string;
  reason: string;
  at: number;
}

export async function insertDead(transaction: Transaction, row: DeadRow): Promise<void> {
  await transaction.execute(
    `insert into outputs.dead (dead_id, output_id, delivery_id, rows, body_box, reason, at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [row.dead_id, row.output_id, row.delivery_id, row.rows, row.body_box, row.reason.slice(0, 500), row.at],
  );
}

export async function selectDead(
  database: Database,
  outputId: string,
  deadIds: readonly string[] | undefined,
  limit: number,
): Promise<DeadRow[]> {
  return database.query<DeadRow>(
    `select * from outputs.dead where output_id = $1 and ($2::uuid[] is null or dead_id = any($2))
     order by at, dead_id limit $3`,
    [outputId, deadIds ? [...deadIds] : null, limit],
  );
}

export async function deleteDead(transaction: Transaction, deadId: string): Promise<void> {
  await transaction.execute('delete from outputs.dead where dead_id = $1', [deadId]);
}
