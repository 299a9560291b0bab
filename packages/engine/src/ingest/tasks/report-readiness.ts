import type { Platform } from '../../platform/index.ts';
import { selectSourceNames } from '../source-store.ts';
import { isLate, stateOf } from './show-task.ts';
import { lastRuns, type RunRow } from './task-run-store.ts';
import { selectTasks, type TaskRow } from './task-store.ts';

/** How far a task has brought a source. */
export interface TaskReadiness {
  readonly taskId: string;
  readonly name: string;
  readonly state: 'stopped' | 'idle' | 'waiting' | 'running' | 'failed';
  /** False: it does not run by itself, and holds nothing up. */
  readonly started: boolean;
  /** Epoch ms: everything that the source held then is in. */
  readonly completeUntil: number | undefined;
  readonly late: boolean;
  /** Why the last run failed, or waits for its next try. */
  readonly problem: string | undefined;
}

/** Whether whoever depends on a source can go on. */
export interface SourceReadiness {
  readonly sourceId: string;
  /** Undefined: there is no such source. */
  readonly name: string | undefined;
  /** Every started task of the source has brought all that it held at `since`; true for sources without tasks. */
  readonly ready: boolean;
  readonly late: boolean;
  readonly tasks: readonly TaskReadiness[];
}

/**
 * Readiness of sources at an instant. `since` (epoch ms): the data must be complete up to it; without it, a source is
 * ready when none of its tasks is late. Stopped tasks are shown and hold nothing up.
 */
export async function reportReadiness(
  platform: Platform,
  sourceIds: readonly string[],
  since?: number,
): Promise<SourceReadiness[]> {
  const { database, clock } = platform;
  const tasks = await selectTasks(database, { sourceIds });
  const last = await lastRuns(
    database,
    tasks.map((task) => task.task_id),
  );
  const names = await selectSourceNames(database, sourceIds);
  const now = clock.now();
  return sourceIds.map((sourceId) => {
    const own = tasks.filter((task) => task.source_id === sourceId);
    const shown = own.map((task) => show(task, last.get(task.task_id), now));
    const started = shown.filter((task) => task.started);
    const late = started.some((task) => task.late);
    const ready =
      since === undefined ? !late : started.every((task) => (task.completeUntil ?? -Infinity) >= since);
    return { sourceId, name: names.get(sourceId), ready, late, tasks: shown };
  });
}

function show(task: TaskRow, last: RunRow | undefined, now: number): TaskReadiness {
  return {
    taskId: task.task_id,
    name: task.definition.name,
    state: stateOf(task, last),
    started: task.enabled,
    completeUntil: task.complete_until ?? undefined,
    late: isLate(task, now),
    problem: last?.problem ?? undefined,
  };
}
