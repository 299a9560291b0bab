import type { ingestionTasksApi } from '@wutong/contract';
import type { Transaction } from '../../platform/index.ts';

export interface TaskRow {
  readonly task_id: string;
  readonly definition: ingestionTasksApi.TaskDefinition;
  readonly source_id: string;
  readonly tables: readonly string[];
  readonly enabled: boolean;
  readonly next_due_at: number | null;
  readonly watermark: string | null;
  readonly succeeded_at: number | null;
  readonly complete_until: number | null;
  /** When it was last started by a person: lateness is counted from there while no run has succeeded. */
  readonly started_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export function selectTasks(
  transaction: Transaction,
  which: { taskId?: string; sourceIds?: readonly string[] } = {},
): Promise<TaskRow[]> {
  return transaction.query<TaskRow>(
    `select * from warehouse.task
     where ($1::text is null or task_id = $1) and ($2::text[] is null or source_id = any($2)) order by task_id`,
    [which.taskId ?? null, which.sourceIds ?? null],
  );
}

/** Makes a stopped task; false when the id is taken. */
export async function insertTask(
  transaction: Transaction,
  task: {
    taskId: string;
    definition: ingestionTasksApi.TaskDefinition;
    tables: readonly string[];
    now: number;
  },
): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into warehouse.task (task_id, definition, source_id, tables, created_at, updated_at)
     values ($1, $2::jsonb, $3, $4::text[], $5, $5) on conflict do nothing`,
    [task.taskId, JSON.stringify(task.definition), task.definition.sourceId, task.tables, task.now],
  );
  return inserted === 1;
}

/** Changes a task; `fromStart` forgets what was settled. */
export async function changeTask(
  transaction: Transaction,
  task: {
    taskId: string;
    definition: ingestionTasksApi.TaskDefinition;
    tables: readonly string[];
    nextDueAt: number | undefined;
    fromStart: boolean;
    now: number;
  },
): Promise<void> {
  await transaction.execute(
    `update warehouse.task set definition = $2::jsonb, source_id = $3, tables = $4::text[],
       next_due_at = case when enabled then $5::bigint end,
       watermark = case when $6 then null else watermark end,
       complete_until = case when $6 then null else complete_until end,
       succeeded_at = case when $6 then null else succeeded_at end, updated_at = $7
     where task_id = $1`,
    [
      task.taskId,
      JSON.stringify(task.definition),
      task.definition.sourceId,
      task.tables,
      task.nextDueAt ?? null,
      task.fromStart,
      task.now,
    ],
  );
}

/** Switches the schedule on or off. */
export async function switchTask(
  transaction: Transaction,
  taskId: string,
  change: { enabled: boolean; nextDueAt: number | undefined; now: number },
): Promise<void> {
  await transaction.execute(
    `update warehouse.task set enabled = $2, next_due_at = $3,
       started_at = case when $2 then $4 else started_at end where task_id = $1`,
    [taskId, change.enabled, change.nextDueAt ?? null, change.now],
  );
}

export async function removeTask(transaction: Transaction, taskId: string): Promise<boolean> {
  return (await transaction.execute('delete from warehouse.task where task_id = $1', [taskId])) === 1;
}

/** Tasks that are due, held until the transaction ends; another process passes them over. */
export function claimDueTasks(transaction: Transaction, now: number, limit: number): Promise<TaskRow[]> {
  return transaction.query<TaskRow>(
    `select * from warehouse.task where enabled and next_due_at <= $1
     order by next_due_at limit $2 for update skip locked`,
    [now, limit],
  );
}

export async function setNextDue(
  transaction: Transaction,
  taskId: string,
  nextDueAt: number | undefined,
): Promise<void> {
  await transaction.execute('update warehouse.task set next_due_at = $2 where task_id = $1', [
    taskId,
    nextDueAt ?? null,
  ]);
}

/** Notes that a run of the task succeeded. */
export async function noteSuccess(
  transaction: Transaction,
  taskId: string,
  success: { at: number; completeUntil: number | null },
): Promise<void> {
  await transaction.execute(
    `update warehouse.task set succeeded_at = $2, complete_until = greatest(complete_until, $3) where task_id = $1`,
    [taskId, success.at, success.completeUntil],
  );
}
