import { nextDue } from './next-due.ts';
import { tryRun, type RunNeeds } from './run-task.ts';
import { insertRun, runsToWorkOn, stopRequests } from './task-run-store.ts';
import { claimDueTasks, setNextDue } from './task-store.ts';

/** Runs that one process works on at once; each holds a connection of PostgreSQL. */
const MAXIMUM_AT_ONCE = 2;
const DUE_AT_ONCE = 50;

/** Opens runs of tasks that are due and works on runs that nobody works on; safe with several processes. */
export interface RunWorker {
  /** Opens runs of due tasks; true when there may be more. */
  openDue(): Promise<boolean>;
  /** Takes up runs and passes on wishes to stop. */
  round(): Promise<void>;
  /** Waits until no run is under way here, for tests. */
  settled(): Promise<void>;
  /** Interrupts what is under way; it is gone on with by the next process. */
  stop(): Promise<void>;
}

export function createRunWorker(needs: RunNeeds): RunWorker {
  const { database, clock, ids, config, log } = needs.platform;
  const underWay = new Map<string, { ended: Promise<void>; interrupt: AbortController }>();
  let isStopping = false;

  /** Runs under a lock that goes with its connection, so that a kill frees it. */
  async function take(runId: string): Promise<boolean> {
    const connection = await database.connect();
    try {
      const [lock] = await connection.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('ingestion run ' || $1, 0)) as locked`,
        [runId],
      );
      if (!lock!.locked) {
        connection.release();
        return false;
      }
    } catch (error) {
      connection.release(true);
      throw error;
    }
    const interrupt = new AbortController();
    const ended = tryRun(needs, runId, interrupt.signal)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.name : 'unknown';
        log.warn({ run: runId, reason }, 'a run of an ingestion task is left for later');
      })
      .finally(() => {
        underWay.delete(runId);
        connection.release(true);
      });
    underWay.set(runId, { ended, interrupt });
    return true;
  }

  return {
    async openDue() {
      const now = clock.now();
      return database.transaction(async (transaction) => {
        const due = await claimDueTasks(transaction, now, DUE_AT_ONCE);
        for (const task of due) {
          // A run that is still under way is not overtaken; the next due time comes.
          await insertRun(transaction, {
            runId: ids.newId(),
            taskId: task.task_id,
            cause: 'schedule',
            now,
          });
          const next = nextDue(task.definition.schedule, now, config.timeZone);
          await setNextDue(transaction, task.task_id, next);
        }
        return due.length === DUE_AT_ONCE;
      });
    },
    async round() {
      if (underWay.size > 0) {
        for (const runId of await stopRequests(database, [...underWay.keys()]))
          underWay.get(runId)?.interrupt.abort();
      }
      if (isStopping || underWay.size >= MAXIMUM_AT_ONCE) return;
      // More than are free: others may hold some of them.
      const waiting = await runsToWorkOn(database, clock.now(), [...underWay.keys()], 20);
      for (const { run_id: runId } of waiting) {
        if (underWay.size >= MAXIMUM_AT_ONCE) return;
        await take(runId);
      }
    },
    async settled() {
      while (underWay.size > 0) await Promise.all([...underWay.values()].map((run) => run.ended));
    },
    async stop() {
      isStopping = true;
      for (const run of underWay.values()) run.interrupt.abort();
      await Promise.all([...underWay.values()].map((run) => run.ended));
    },
  };
}
