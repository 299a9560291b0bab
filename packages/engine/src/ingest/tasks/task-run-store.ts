import type { ingestionTasksApi } from '@wutong/contract';
import type { Transaction } from '../../platform/index.ts';
import { insertRejections, type StoredRejection } from './run-log-store.ts';

export interface RunRow {
  readonly run_id: string;
  readonly task_id: string;
  readonly state: ingestionTasksApi.TaskRun['state'];
  readonly cause: 'schedule' | 'request';
  readonly attempt: number;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly next_try_at: number;
  readonly planned: boolean;
  readonly from_watermark: string | null;
  readonly until_watermark: string | null;
  readonly complete_until: number | null;
  readonly cursor: readonly string[] | null;
  readonly watermark: string | null;
  readonly rows_in: number;
  readonly rows_rejected: number;
  readonly records: Readonly<Record<string, number>>;
  readonly code: string | null;
  readonly problem: string | null;
  readonly stop_requested: boolean;
}

/** Opens a run of a task; false when one is under way. */
export async function insertRun(
  transaction: Transaction,
  run: { runId: string; taskId: string; cause: 'schedule' | 'request'; now: number },
): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into warehouse.run (run_id, task_id, state, cause, started_at, next_try_at)
     values ($1, $2, 'waiting', $3, $4, $4)
     on conflict (task_id) where state in ('waiting', 'running') do nothing`,
    [run.runId, run.taskId, run.cause, run.now],
  );
  return inserted === 1;
}

export async function selectRun(transaction: Transaction, runId: string): Promise<RunRow | undefined> {
  return (await transaction.query<RunRow>('select * from warehouse.run where run_id = $1', [runId]))[0];
}

/** Runs of a task, newest first, after a run. */
export function selectRuns(
  transaction: Transaction,
  taskId: string,
  page: { after: string | undefined; limit: number },
): Promise<RunRow[]> {
  return transaction.query<RunRow>(
    `select * from warehouse.run where task_id = $1
       and ($2::uuid is null or sequence < (select sequence from warehouse.run where run_id = $2))
     order by sequence desc limit $3`,
    [taskId, page.after ?? null, page.limit],
  );
}

/** The newest run of each task. */
export async function lastRuns(
  transaction: Transaction,
  taskIds: readonly string[],
): Promise<Map<string, RunRow>> {
  const rows = await transaction.query<RunRow>(
    `select distinct on (task_id) * from warehouse.run where task_id = any($1::text[])
     order by task_id, sequence desc`,
    [taskIds],
  );
  return new Map(rows.map((row) => [row.task_id, row]));
}

/** Runs that somebody has to work on, oldest first. One whose process died is among them. */
export function runsToWorkOn(
  transaction: Transaction,
  now: number,
  except: readonly string[],
  limit: number,
): Promise<{ run_id: string; task_id: string }[]> {
  return transaction.query(
    `select run_id, task_id from warehouse.run
     where state in ('waiting', 'running') and next_try_at <= $1 and not run_id = any($2::uuid[])
     order by sequence limit $3`,
    [now, except, limit],
  );
}

/** A try begins. */
export async function beginTry(transaction: Transaction, runId: string): Promise<void> {
  await transaction.execute(
    `update warehouse.run set state = 'running', attempt = attempt + 1, code = null, problem = null
     where run_id = $1`,
    [runId],
  );
}

/** Writes down what the run reads, once. */
export async function planRun(
  transaction: Transaction,
  runId: string,
  plan: { from: string | undefined; until: string | undefined; completeUntil: number },
): Promise<void> {
  await transaction.execute(
    `update warehouse.run set planned = true, from_watermark = $2, until_watermark = $3, complete_until = $4
     where run_id = $1 and not planned`,
    [runId, plan.from ?? null, plan.until ?? null, plan.completeUntil],
  );
}

/**
 * Moves a run's mark forward with all that a batch counted and refused; with progress, tries count anew.
 * @returns whether the run is asked to stop
 */
export async function settleBatch(
  transaction: Transaction,
  run: { runId: string; taskId: string },
  batch: {
    rows: number;
    rejectedRows: number;
    records: Readonly<Record<string, number>>;
    cursor: readonly string[];
    watermark: string | undefined;
    rejections: readonly StoredRejection[];
  },
): Promise<boolean> {
  const [settled] = await transaction.query<{ stop_requested: boolean }>(
    `update warehouse.run set rows_in = rows_in + $2, rows_rejected = rows_rejected + $3, cursor = $4::jsonb,
       watermark = coalesce($5, watermark), attempt = 1,
       records = (
         select coalesce(jsonb_object_agg(kind, total), '{}') from (
           select kind, sum(number) as total from (
             select key as kind, value::numeric as number from jsonb_each_text(records)
             union all select key, value::numeric from jsonb_each_text($6::jsonb)) as both_sides
           group by kind) as totals)
     where run_id = $1 returning stop_requested`,
    [
      run.runId,
      batch.rows,
      batch.rejectedRows,
      JSON.stringify(batch.cursor),
      batch.watermark ?? null,
      JSON.stringify(batch.records),
    ],
  );
  // Rows come in the order of the watermark: all before it are in, whatever becomes of the run.
  if (batch.watermark !== undefined) {
    await transaction.execute('update warehouse.task set watermark = $2 where task_id = $1', [
      run.taskId,
      batch.watermark,
    ]);
  }
  if (batch.rejections.length > 0) await insertRejections(transaction, run.runId, batch.rejections);
  return settled?.stop_requested ?? true;
}

/** Ends a run, or lets it wait for its next try. */
export async function endTry(
  transaction: Transaction,
  runId: string,
  end: {
    state: RunRow['state'];
    now: number;
    nextTryAt?: number;
    code?: string;
    problem?: string;
  },
): Promise<void> {
  const isOver = end.state !== 'waiting';
  await transaction.execute(
    `update warehouse.run set state = $2, finished_at = $3, next_try_at = coalesce($4, next_try_at), code = $5,
       problem = $6, stop_requested = false where run_id = $1`,
    [
      runId,
      end.state,
      isOver ? end.now : null,
      end.nextTryAt ?? null,
      end.code ?? null,
      end.problem?.slice(0, 2_000) ?? null,
    ],
  );
}

/** Asks the run under way to stop; one that nobody works on yet is stopped at once. */
export async function requestStop(transaction: Transaction, taskId: string, now: number): Promise<void> {
  await transaction.execute(
    `update warehouse.run set state = 'stopped', finished_at = $2
     where task_id = $1 and state = 'waiting'`,
    [taskId, now],
  );
  await transaction.execute(
    `update warehouse.run set stop_requested = true where task_id = $1 and state = 'running'`,
    [taskId],
  );
}

/** Which of the runs are asked to stop. */
export async function stopRequests(transaction: Transaction, runIds: readonly string[]): Promise<string[]> {
  const rows = await transaction.query<{ run_id: string }>(
    'select run_id from warehouse.run where run_id = any($1::uuid[]) and stop_requested',
    [runIds],
  );
  return rows.map((row) => row.run_id);
}

/** Lets a run that failed or was stopped go on; false when another is under way. */
export async function reopenRun(transaction: Transaction, run: RunRow, now: number): Promise<boolean> {
  const others = await transaction.query(
    `select 1 from warehouse.run where task_id = $1 and state in ('waiting', 'running')`,
    [run.task_id],
  );
  if (others.length > 0) return false;
  await transaction.execute(
    `update warehouse.run set state = 'waiting', attempt = 0, finished_at = null, next_try_at = $2,
       stop_requested = false where run_id = $1`,
    [run.run_id, now],
  );
  return true;
}

/** Runs of a task that its history keeps. */
const KEPT_RUNS = 1_000;

export async function forgetOldRuns(transaction: Transaction, taskId: string): Promise<void> {
  await transaction.execute(
    `delete from warehouse.run where task_id = $1 and sequence < (
       select sequence from warehouse.run where task_id = $1 order by sequence desc offset $2 limit 1)`,
    [taskId, KEPT_RUNS - 1],
  );
}
