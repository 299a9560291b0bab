import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANALYST_USER } from './clickhouse-config.ts';
import { processIsAlive } from './engine-process.ts';
import { SOURCE_DATABASE } from './source-reader-config.ts';
import { startClickHouse } from './start-clickhouse.ts';

export interface RunningSourceReader {
  /** For statements that Wutong composes: declares tables of sources. */
  readonly composerUrl: string;
  /** For SQL that people wrote: reads the declared tables. */
  readonly analystUrl: string;
  stop(): Promise<void>;
}

const DIRECTORY_PREFIX = 'source-reader-';

/**
 * Starts a ClickHouse that reads the sources of others (see source-reader-config.ts). It keeps nothing: its folder
 * holds what large sorts spill, and goes with it.
 * @throws EngineError
 */
export async function startSourceReader(options: {
  /** Where its folder is made; empty: where the operating system keeps temporary files. */
  dataDirectory: string;
  filesDirectory: string;
  memoryBytes: number;
  /** Called each time it ended unasked; it comes back by itself, without its tables. */
  onExit: () => void;
}): Promise<RunningSourceReader> {
  const parent = options.dataDirectory || tmpdir();
  await mkdir(options.filesDirectory, { recursive: true, mode: 0o700 });
  await removeLeftovers(parent);
  const directory = await mkdtemp(join(parent, `${DIRECTORY_PREFIX}${process.pid}-`));
  const analystPassword = randomBytes(24).toString('hex');
  try {
    const server = await startClickHouse({
      directory,
      memoryBytes: options.memoryBytes,
      sourceReader: { analystPassword, filesDirectory: options.filesDirectory },
      onExit: options.onExit,
    });
    const analyst = new URL(server.url);
    analyst.username = ANALYST_USER;
    analyst.password = analystPassword;
    analyst.pathname = `/${SOURCE_DATABASE}`;
    return {
      composerUrl: server.url,
      analystUrl: analyst.toString(),
      async stop() {
        await server.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Folders of processes that were killed. */
async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = Number(/^source-reader-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isInteger(pid) || processIsAlive(pid)) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
