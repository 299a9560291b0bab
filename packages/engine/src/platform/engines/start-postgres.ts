import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { lockDirectory, readOrCreateSecret, readTextIfThere, writePrivateFile } from './data-directory.ts';
import { refuseNewerData } from './data-version.ts';
import { EngineError, engineErrorFrom } from './engine-error.ts';
import { ChildOutput, type EngineProcess, endProcess, whenExited } from './engine-process.ts';
import { findFreePort, findSteadyPort } from './free-port.ts';
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import { endLeftoverPostgres } from './postgres-leftover.ts';
import { type SupervisedEngine, superviseEngine } from './supervise-engine.ts';
import { watchParent } from './watch-parent.ts';

export interface PostgresOptions {
  /** The data folder of this wutong; locked by the caller. */
  dataDirectory: string;
  maxConnections?: number;
  onExit?: (detail: string) => void;
  onProgress?: (message: string) => void;
}

export interface RunningPostgres extends SupervisedEngine {
  /** postgres://wutong:…@127.0.0.1:PORT/wutong */
  readonly url: string;
}

const USER = 'wutong';
const DATABASE = 'wutong';
/** Replaying the log after a crash can take minutes on a slow disk. */
const START_LIMIT_MS = 600_000;
/** Connection refused by a server that is replaying or shutting down: cannot_connect_now. */
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** Starts PostgreSQL on 127.0.0.1 and keeps it running until stop() or the end of this process. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDirectory } = options;
  try {
    const password = await readOrCreateSecret(dataDirectory, 'postgres-password');
    const home = await preparePostgresHome(dataDirectory, options.onProgress);
    // Two data folders with a copied note would meet here.
    const lock = await lockDirectory(home.directory);
    try {
      const cluster = join(home.directory, 'cluster');
      await refuseOtherMajor(cluster, home.version);
      await endLeftoverPostgres(cluster, options.onProgress);
      if ((await readTextIfThere(join(cluster, 'PG_VERSION'))) === undefined) {
        options.onProgress?.('Creating the PostgreSQL cluster');
        await createCluster(home, cluster, password);
      }
      await giveToAccount(home, cluster);
      let port = await findSteadyPort(home.directory);
      const launch = async (stopping?: AbortSignal): Promise<EngineProcess> => {
        await endLeftoverPostgres(cluster, options.onProgress);
        return launchServer({
          home,
          cluster,
          port,
          password,
          maxConnections: options.maxConnections ?? 100,
          logFile: join(dataDirectory, 'postgres.log'),
          stopping,
        });
      };
      // Between asking for a free port and listening on it another program may have taken it.
      const first = await launch().catch(async (error: unknown) => {
        if (!/address already in use|could not bind/i.test(String(error))) throw error;
        port = await findFreePort();
        return launch();
      });
      const supervised = superviseEngine({
        first,
        relaunch: launch,
        onExit: (detail) => options.onExit?.(detail),
      });
      return {
        url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
        get pid() {
          return supervised.pid;
        },
        async stop() {
          await supervised.stop();
          lock.release();
        },
      };
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw engineErrorFrom('PostgreSQL', dataDirectory, error);
  }
}

/** Another major version cannot read the files: a newer one is the user's mistake, an older one our upgrade. */
async function refuseOtherMajor(cluster: string, version: string): Promise<void> {
  const written = (await readTextIfThere(join(cluster, 'PG_VERSION')))?.trim();
  if (!written) return;
  await refuseNewerData('PostgreSQL', cluster, version, written);
  if (Number(written.split('.')[0]) < Number(version.split('.')[0])) {
    throw new EngineError(
      'engine_start_failed',
      `The data in ${cluster} was written by PostgreSQL ${written}, and this wutong brings ${version}. Move it with pg_dump from the old version (see docs), or choose another folder with --data.`,
    );
  }
}

async function createCluster(home: PostgresHome, cluster: string, password: string): Promise<void> {
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = join(home.directory, 'password-for-initdb');
  await rm(unfinished, { recursive: true, force: true }); // of an initdb that was killed
  await mkdir(unfinished, { mode: 0o700 });
  if (home.account) await chown(unfinished, home.account.uid, home.account.gid);
  await writePrivateFile(passwordFile, `${password}\n`);
  if (home.account) await chown(passwordFile, home.account.uid, home.account.gid);
  try {
    const child = spawn(
      home.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The built-in provider sorts by code point, the same on every machine, whatever locales it has.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { ...home.account, cwd: home.directory, env: environment(home), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const output = new ChildOutput(child);
    const ending = await whenExited(child, output);
    if (child.exitCode !== 0) {
      throw engineErrorFrom('PostgreSQL', home.directory, `initdb ${ending}`, output.text);
    }
    // Only a finished cluster gets the name, so that a killed initdb is never taken for one.
    await rename(unfinished, cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A new container or machine may have given the account another number than the one that owns the files. */
async function giveToAccount({ account }: PostgresHome, cluster: string): Promise<void> {
  if (!account || (await stat(cluster)).uid === account.uid) return;
  await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, cluster]);
}

interface LaunchOptions {
  home: PostgresHome;
  cluster: string;
  port: number;
  password: string;
  maxConnections: number;
  logFile: string;
  stopping: AbortSignal | undefined;
}

/** On the command line, not in a file: what is written here is what runs, whatever an older start left. */
function settings(options: LaunchOptions): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '', // no second door
    password_encryption: 'scram-sha-256',
    max_connections: String(options.maxConnections),
    shared_buffers: '256MB',
    effective_cache_size: '1GB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    wal_compression: 'on',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1', // SSD
    // Two cores, shared with ClickHouse; and workers need /dev/shm, of which a container has 64 MB.
    max_parallel_workers_per_gather: '0',
    jit: 'off', // compiling costs more than our short statements take
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // The words before a fatal end must be readable whatever the data folder says about logging.
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
  };
}

async function launchServer(options: LaunchOptions): Promise<EngineProcess> {
  const { home, cluster } = options;
  const parameters = Object.entries(settings(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(home.postgres, ['-D', cluster, ...parameters], {
    ...home.account,
    cwd: home.directory,
    // A group of its own: Ctrl-C in the terminal reaches the parent only, which stops engines in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(home),
  });
  const output = new ChildOutput(child, options.logFile);
  const exited = whenExited(child, output);
  const watcher = watchParent({
    pid: child.pid ?? 0,
    pidFile: join(cluster, 'postmaster.pid'),
    account: home.account,
  });
  void exited.then(() => watcher.dismiss());
  const stop = () =>
    endProcess(child, exited, [
      { signal: 'SIGINT', waitMs: 30_000 },
      { signal: 'SIGQUIT', waitMs: 5_000 },
      { signal: 'SIGKILL', waitMs: 5_000 },
    ]);
  try {
    await waitUntilReady(options, exited);
  } catch (error) {
    await stop();
    throw engineErrorFrom('PostgreSQL', dirname(cluster), error, output.text);
  }
  return { pid: child.pid ?? 0, exited, stop };
}

async function waitUntilReady(options: LaunchOptions, exited: Promise<string>): Promise<void> {
  let ended: string | undefined;
  void exited.then((detail) => (ended = detail));
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    if (ended !== undefined) throw new Error(`The process ${ended}`);
    if (options.stopping?.aborted) throw new Error('Stopped while it was starting');
    if (performance.now() > deadline) throw new Error(`It did not answer within ${START_LIMIT_MS / 1000} s`);
    const client = new Client({
      host: '127.0.0.1',
      port: options.port,
      user: USER,
      password: options.password,
      database: 'postgres',
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await createDatabase(client);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === '28P01') throw passwordLost(options);
      // Anything else while it is starting (a half-open connection, a timeout) is a reason to ask again.
      if (code && !NOT_YET.has(code) && /^[0-9A-Z]{5}$/.test(code)) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await delay(50);
  }
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
}

function passwordLost(options: LaunchOptions): EngineError {
  return new EngineError(
    'engine_start_failed',
    `PostgreSQL in ${options.cluster} refuses the password in ${dirname(options.logFile)}/postgres-password. Put back the file that belongs to this data, from a backup of the data folder.`,
  );
}

/** Nothing of the caller's environment reaches PostgreSQL: PGDATA, PGPORT or LC_ALL would change what runs. */
function environment(home: PostgresHome): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home.directory, LC_ALL: 'C', TZ: 'UTC' };
}
