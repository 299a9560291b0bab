import type { ingestionTasksApi } from '@wutong/contract';
import type { RunRow } from './task-run-store.ts';
import type { TaskRow } from './task-store.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** Whether no run succeeded for longer than was expected, at an instant (epoch ms). */
export function isLate(task: TaskRow, now: number): boolean {
  const { expectedWithinMinutes } = task.definition;
  if (!task.enabled || expectedWithinMinutes === undefined) return false;
  const since = Math.max(task.succeeded_at ?? 0, task.started_at ?? 0) || task.created_at;
  return now - (task.succeeded_at ?? since) > expectedWithinMinutes * 60_000;
}

export function stateOf(task: TaskRow, last: RunRow | undefined): ingestionTasksApi.Task['state'] {
  if (last?.state === 'running' || last?.state === 'waiting') return last.state;
  if (last?.state === 'failed') return 'failed';
  return task.enabled ? 'idle' : 'stopped';
}

export function showTask(task: TaskRow, last: RunRow | undefined, now: number): ingestionTasksApi.Task {
  return {
    taskId: task.task_id,
    ...task.definition,
    state: stateOf(task, last),
    ...(task.next_due_at === null ? {} : { nextDueAt: iso(task.next_due_at) }),
    freshness: {
      ...(task.watermark === null ? {} : { watermark: task.watermark }),
      ...(task.succeeded_at === null ? {} : { succeededAt: iso(task.succeeded_at) }),
      ...(task.complete_until === null ? {} : { completeUntil: iso(task.complete_until) }),
      late: isLate(task, now),
    },
    ...(last ? { lastRun: showRun(last) } : {}),
    createdAt: iso(task.created_at),
    updatedAt: iso(task.updated_at),
  };
}

export function showRun(run: RunRow): ingestionTasksApi.TaskRun {
  return {
    runId: run.run_id,
    state: run.state,
    cause: run.cause,
    attempt: run.attempt,
    startedAt: iso(run.started_at),
    ...(run.finished_at === null ? {} : { finishedAt: iso(run.finished_at) }),
    ...(run.from_watermark === null ? {} : { from: run.from_watermark }),
    ...(run.until_watermark === null ? {} : { until: run.until_watermark }),
    ...(run.watermark === null ? {} : { watermark: run.watermark }),
    rowsIn: run.rows_in,
    rowsRejected: run.rows_rejected,
    records: { ...run.records },
    ...(run.code === null ? {} : { code: run.code }),
    ...(run.problem === null ? {} : { problem: run.problem }),
  };
}
