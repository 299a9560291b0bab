import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '../../src/platform/engines/index.ts';

/**
 * An embedded ClickHouse of a test's own, as an installation starts it: with its users and the database `wutong`.
 * Its files are in a new folder of `parent`, and go with it.
 */
export async function startOwnClickHouse(parent = tmpdir()): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(parent, 'wutong-clickhouse-'));
  const running = await startClickHouse({ directory, memoryBytes: 800_000_000 });
  return {
    url: running.url,
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
