import type { Platform } from '../platform/index.ts';

/** Any number; held while memberships are written, so that runs of all processes follow one another. */
const COMPUTE_LOCK = 7_500_005;

/**
 * Runs work while no other process computes. With `wait` false, gives up at once when one does and
 * returns undefined. A process that dies gives the lock back with its connection.
 */
export async function whileComputing<Result>(
  platform: Platform,
  options: { wait: boolean },
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const connection = await platform.database.connect();
  try {
    if (options.wait) {
      await connection.execute('select pg_advisory_lock($1)', [COMPUTE_LOCK]);
    } else {
      const rows = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
        COMPUTE_LOCK,
      ]);
      if (!rows[0]?.taken) return undefined;
    }
    try {
      return await work();
    } finally {
      await connection.execute('select pg_advisory_unlock($1)', [COMPUTE_LOCK]);
    }
  } finally {
    connection.release();
  }
}
