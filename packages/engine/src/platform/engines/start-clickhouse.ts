import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolveLibchdb } from 'chdb/libchdb';
import { askClickHouse } from './ask-clickhouse.ts';
import {
  CLICKHOUSE_DATABASE,
  CLICKHOUSE_USER,
  type ClickHouseCluster,
  serverConfig,
  type SourceReaderOptions,
  usersConfig,
} from './clickhouse-config.ts';
import { sourceReaderSurroundings, sourceReaderUsers } from './source-reader-config.ts';
import { readOrCreateSecret, readTextIfThere, writePrivateFile } from './data-directory.ts';
import { refuseNewerData, writeDataVersion } from './data-version.ts';
import { engineErrorFrom } from './engine-error.ts';
import {
  ChildOutput,
  type EngineProcess,
  endProcess,
  processIsAlive,
  settledWithin,
  whenExited,
} from './engine-process.ts';
import { findFreePort, findSteadyPort } from './free-port.ts';
import { commandLineOf } from './process-table.ts';
import { type SupervisedEngine, superviseEngine } from './supervise-engine.ts';

export interface ClickHouseOptions {
  /** Everything of this server lives here; created when it is not there. */
  directory: string;
  /** Bound of the whole server, in bytes; by default 40 % of the memory, at most 6 GiB. */
  memoryBytes?: number;
  /** Opens the native port too, and declares a cluster, so that several servers can be shards of one. */
  cluster?: { httpPort: number; tcpPort: number; password: string; definition: ClickHouseCluster };
  /** Makes it a reader of sources, which keeps nothing: see source-reader-config.ts. */
  sourceReader?: SourceReaderOptions;
  onExit?: (detail: string) => void;
  onProgress?: (message: string) => void;
}

export interface RunningClickHouse extends SupervisedEngine {
  /** http://wutong:…@127.0.0.1:PORT/wutong */
  readonly url: string;
}

const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 25_000;
/** An old server that lost its parent ends by itself within its own limit of 20 s. */
const OLD_SERVER_LIMIT_MS = 25_000;
const CHILD_FILE = fileURLToPath(new URL('./clickhouse-child.mjs', import.meta.url));

/** Starts a ClickHouse server on 127.0.0.1 and keeps it running until stop() or the end of this process. */
export async function startClickHouse(options: ClickHouseOptions): Promise<RunningClickHouse> {
  const { directory } = options;
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes();
  const version = await libraryVersion();
  try {
    for (const part of [directory, join(directory, 'logs'), join(directory, 'data')]) {
      await mkdir(part, { recursive: true, mode: 0o700 });
    }
    await refuseNewerData('ClickHouse', directory, version);
    const password = options.cluster?.password ?? (await readOrCreateSecret(directory, 'password'));
    let httpPort = options.cluster?.httpPort ?? (await findSteadyPort(directory));

    const launch = async (stopping?: AbortSignal): Promise<EngineProcess> => {
      await endOldServer(directory, options.onProgress);
      const config = {
        directory,
        httpPort,
        tcpPort: options.cluster?.tcpPort,
        password,
        memoryBytes,
        cluster: options.cluster?.definition,
        ...(options.sourceReader ? { sourceReader: options.sourceReader } : {}),
      };
      await writePrivateFile(join(directory, 'config.xml'), serverConfig(config));
      await writePrivateFile(
        join(directory, 'users.xml'),
        options.sourceReader ? sourceReaderUsers(config) : usersConfig(config),
      );
      await writePrivateFile(
        join(directory, 'start.sql'),
        `SYSTEM START LISTEN HTTP;${options.cluster ? ' SYSTEM START LISTEN TCP;' : ''}\n`,
      );
      const surroundings = options.sourceReader
        ? sourceReaderSurroundings(options.sourceReader)
        : { workingDirectory: directory, variables: {} };
      return launchServer(directory, httpPort, password, surroundings, stopping);
    };
    // Between asking for a free port and listening on it another program may have taken it.
    const first = await launch().catch(async (error: unknown) => {
      if (options.cluster || !/address already in use/i.test(String(error))) throw error;
      httpPort = await findFreePort();
      return launch();
    });
    await writeDataVersion(directory, version);
    const supervised = superviseEngine({
      first,
      relaunch: launch,
      onExit: (detail) => options.onExit?.(detail),
    });
    return {
      url: `http://${CLICKHOUSE_USER}:${password}@127.0.0.1:${httpPort}/${CLICKHOUSE_DATABASE}`,
      get pid() {
        return supervised.pid;
      },
      stop: () => supervised.stop(),
    };
  } catch (error) {
    throw engineErrorFrom('ClickHouse', directory, error);
  }
}

async function launchServer(
  directory: string,
  httpPort: number,
  password: string,
  surroundings: { workingDirectory: string; variables: Record<string, string> },
  stopping?: AbortSignal,
): Promise<EngineProcess> {
  const { workingDirectory, variables } = surroundings;
  const child = spawn(
    process.execPath,
    [CHILD_FILE, resolveLibchdb().path, join(directory, 'config.xml'), join(directory, 'start.sql')],
    {
      cwd: workingDirectory,
      // A group of its own: Ctrl-C in the terminal reaches the parent only, which stops engines in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: directory,
        TZ: 'UTC',
        LANG: 'C.UTF-8',
        ...variables,
      },
    },
  );
  const output = new ChildOutput(child, join(directory, 'logs', 'output.log'));
  const exited = whenExited(child, output);
  child.stdin.on('error', () => undefined);
  const stop = async () => {
    child.stdin.end();
    if (await settledWithin(exited, STOP_LIMIT_MS)) return;
    await endProcess(child, exited, [{ signal: 'SIGKILL', waitMs: 5_000 }]);
  };
  try {
    await waitUntilReady(exited, httpPort, password, stopping);
  } catch (error) {
    await stop();
    const log = await readTextIfThere(join(directory, 'logs', 'clickhouse.log')).catch(() => '');
    throw engineErrorFrom('ClickHouse', directory, error, output.text.trim() || log?.slice(-2000));
  }
  return { pid: child.pid ?? 0, exited, stop };
}

async function waitUntilReady(
  exited: Promise<string>,
  httpPort: number,
  password: string,
  stopping?: AbortSignal,
): Promise<void> {
  let ended: string | undefined;
  void exited.then((detail) => (ended = detail));
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    // Looked at before each question, so that another program on our port is never taken for our server.
    if (ended !== undefined) throw new Error(`The process ${ended}`);
    if (stopping?.aborted) throw new Error('Stopped while it was starting');
    if (performance.now() > deadline) throw new Error(`It did not answer within ${START_LIMIT_MS / 1000} s`);
    try {
      const answer = await askClickHouse({
        port: httpPort,
        user: CLICKHOUSE_USER,
        password,
        statement: `CREATE DATABASE IF NOT EXISTS ${CLICKHOUSE_DATABASE}`,
        timeoutMs: 10_000,
      });
      if (answer.status === 200) return;
      throw new Refusal(`It started but refused us: ${answer.body}`);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // Not listening yet.
    }
    await delay(50);
  }
}

class Refusal extends Error {}

/**
 * Waits for a server that a killed parent left behind. It ends by itself when its stdin does; its data
 * folder is locked until then. The `status` file in it names the process.
 */
async function endOldServer(directory: string, onProgress?: (message: string) => void): Promise<void> {
  const status = await readTextIfThere(join(directory, 'data', 'status'));
  const pid = Number(/^PID: (\d+)/m.exec(status ?? '')?.[1] ?? 0);
  // The number may meanwhile belong to somebody else; only our child file in this directory is ours to end.
  const isOurs = async () => {
    const command = pid ? await commandLineOf(pid) : undefined;
    return Boolean(command?.includes('clickhouse-child') && command.includes(join(directory, 'config.xml')));
  };
  if (!pid || !(await isOurs())) return;
  onProgress?.('Waiting for the ClickHouse of the last run to end');
  const deadline = performance.now() + OLD_SERVER_LIMIT_MS;
  while (processIsAlive(pid) && (await isOurs())) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await delay(100);
  }
}

function defaultMemoryBytes(): number {
  // constrainedMemory knows the limit of a container, totalmem only the machine's.
  const constrained = process.constrainedMemory();
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.floor(Math.min(total * 0.4, 6 * 1024 ** 3));
}

/** Such as 26.7.3: the version of the npm package that carries the library. */
async function libraryVersion(): Promise<string> {
  const library = resolveLibchdb().path;
  const description = await readFile(join(dirname(library), 'package.json'), 'utf8').catch(() =>
    readFile(createRequire(import.meta.url).resolve('chdb/package.json'), 'utf8'),
  );
  const { version } = JSON.parse(description) as { version: string };
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version;
}
