/**
 * The launcher of the two databases. A URL that is given is checked and handed through; for one that is not,
 * the engine is started from its npm package as a child process on loopback, and its URL is handed out.
 * Whoever uses the URLs cannot tell the difference.
 */
import { join } from 'node:path';
import { checkClickHouseUrl, checkPostgresUrl } from './check-given-url.ts';
import { lockDirectory, prepareDataDirectory } from './data-directory.ts';
import { startClickHouse } from './start-clickhouse.ts';
import { startPostgres } from './start-postgres.ts';

export { EngineError, type EngineErrorCode } from './engine-error.ts';
export { type ClickHouseCluster, READER_USER } from './clickhouse-config.ts';
export { type ClickHouseOptions, type RunningClickHouse, startClickHouse } from './start-clickhouse.ts';
export { SOURCE_DATABASE } from './source-reader-config.ts';
export { type RunningSourceReader, startSourceReader } from './start-source-reader.ts';
export { findFreePort } from './free-port.ts';

export type EngineName = 'postgres' | 'clickhouse';

export interface StartEnginesOptions {
  /** Created when it is not there, and closed to other users of the machine. */
  dataDirectory: string;
  /** postgres://user:password@host:port/database of a server of one's own; none is started then. */
  databaseUrl?: string;
  /** http(s)://user:password@host:port/database of a server of one's own; none is started then. */
  clickhouseUrl?: string;
  /** Bound of the whole embedded ClickHouse, in bytes; by default 40 % of the memory, at most 6 GiB. */
  clickhouseMemoryBytes?: number;
  /** Bound of connections to the embedded PostgreSQL; 100 by default. */
  postgresMaxConnections?: number;
  onProgress?: (message: string) => void;
  /** Called each time an embedded engine ends unasked or fails to come back. It is restarted by itself. */
  onEngineExit?: (engine: EngineName, detail: string) => void;
}

export interface RunningEngines {
  /** Stays valid over restarts of the engine. */
  readonly databaseUrl: string;
  readonly clickhouseUrl: string;
  readonly embedded: { postgres: boolean; clickhouse: boolean };
  /** The current process; undefined for a server of one's own, and between an end and a restart. */
  readonly postgresPid?: number | undefined;
  readonly clickhousePid?: number | undefined;
  /** Stops what was started, the last one first; takes at most about a minute and a half. */
  stop(): Promise<void>;
}

/**
 * Starts whichever of the two engines is not given by URL.
 * @throws EngineError with a code and a sentence that says what to do.
 */
export async function startEngines(options: StartEnginesOptions): Promise<RunningEngines> {
  const dataDirectory = await prepareDataDirectory(options.dataDirectory);
  // With servers of one's own, many processes may share a data folder: none of them runs an engine in it.
  const runsAnEngine = !options.databaseUrl || !options.clickhouseUrl;
  const lock = runsAnEngine ? await lockDirectory(dataDirectory) : undefined;
  const starting = [
    startOrCheckPostgres(options, dataDirectory),
    startOrCheckClickHouse(options, dataDirectory),
  ] as const;
  const [postgres, clickhouse] = await Promise.allSettled(starting);
  if (postgres.status === 'rejected' || clickhouse.status === 'rejected') {
    for (const started of [clickhouse, postgres]) {
      if (started.status === 'fulfilled') await started.value.stop();
    }
    lock?.release();
    throw postgres.status === 'rejected' ? postgres.reason : (clickhouse as PromiseRejectedResult).reason;
  }
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await clickhouse.value.stop();
    await postgres.value.stop();
    lock?.release();
  };
  return {
    databaseUrl: postgres.value.url,
    clickhouseUrl: clickhouse.value.url,
    embedded: { postgres: postgres.value.embedded, clickhouse: clickhouse.value.embedded },
    get postgresPid() {
      return postgres.value.pid();
    },
    get clickhousePid() {
      return clickhouse.value.pid();
    },
    stop: () => (stopped ??= stop()),
  };
}

interface Engine {
  url: string;
  embedded: boolean;
  pid(): number | undefined;
  stop(): Promise<void>;
}

async function startOrCheckPostgres(options: StartEnginesOptions, dataDirectory: string): Promise<Engine> {
  if (options.databaseUrl) {
    await checkPostgresUrl(options.databaseUrl);
    return givenEngine(options.databaseUrl);
  }
  options.onProgress?.('Starting PostgreSQL');
  const server = await startPostgres({
    dataDirectory,
    maxConnections: options.postgresMaxConnections,
    onProgress: options.onProgress,
    onExit: (detail) => options.onEngineExit?.('postgres', detail),
  });
  options.onProgress?.('PostgreSQL is ready');
  return { url: server.url, embedded: true, pid: () => server.pid, stop: () => server.stop() };
}

async function startOrCheckClickHouse(options: StartEnginesOptions, dataDirectory: string): Promise<Engine> {
  if (options.clickhouseUrl) {
    for (const node of options.clickhouseUrl.split(',')) await checkClickHouseUrl(node);
    return givenEngine(options.clickhouseUrl);
  }
  options.onProgress?.('Starting ClickHouse');
  const server = await startClickHouse({
    directory: join(dataDirectory, 'clickhouse'),
    memoryBytes: options.clickhouseMemoryBytes,
    onProgress: options.onProgress,
    onExit: (detail) => options.onEngineExit?.('clickhouse', detail),
  });
  options.onProgress?.('ClickHouse is ready');
  return { url: server.url, embedded: true, pid: () => server.pid, stop: () => server.stop() };
}

function givenEngine(url: string): Engine {
  return { url, embedded: false, pid: () => undefined, stop: () => Promise.resolve() };
}
