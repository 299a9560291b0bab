import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readTextIfThere } from './data-directory.ts';
import { EngineError } from './engine-error.ts';
import { processIsAlive } from './engine-process.ts';
import { commandLineOf } from './process-table.ts';

/** Signals in the order of PostgreSQL's fast, immediate and last shutdown, and how long each may take. */
const STEPS: { signal: NodeJS.Signals; waitMs: number }[] = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Ends a server that a killed parent left running on this cluster, so that two never run on one.
 * To be called only while holding the lock on the data folder: then no living wutong owns that server.
 */
export async function endLeftoverPostgres(
  cluster: string,
  onProgress?: (message: string) => void,
): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = Number((await readTextIfThere(pidFile))?.split('\n')[0] ?? 0);
  if (!pid || !processIsAlive(pid)) return; // PostgreSQL itself clears a file whose process is gone
  const isOurs = async () => Boolean((await commandLineOf(pid))?.includes(`-D ${cluster}`));
  if (!(await isOurs())) {
    // The number now belongs to another program. PostgreSQL would take that one for a running server.
    await rm(pidFile, { force: true });
    return;
  }
  onProgress?.('Ending the PostgreSQL that the last run left behind');
  for (const { signal, waitMs } of STEPS) {
    process.kill(pid, signal);
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!processIsAlive(pid) || !(await isOurs())) return;
      await delay(50);
    }
  }
  throw new EngineError(
    'engine_start_failed',
    `The PostgreSQL process ${pid} of the last run on ${cluster} cannot be ended. End it yourself (kill -9 ${pid}) and start again.`,
  );
}
