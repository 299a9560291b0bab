import { execFile, spawn } from 'node:child_process';
import { access, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '../../src/platform/engines/index.ts';

const run = promisify(execFile);

export interface TestMariaDb {
  readonly port: number;
  /** Runs statements as its administrator. */
  execute(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where Debian and others put the server; undefined when it is not installed. */
async function findServer(): Promise<string | undefined> {
  for (const path of ['/usr/sbin/mariadbd', '/usr/bin/mariadbd', '/usr/libexec/mariadbd']) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** A MariaDB of one's own on a free port, in a folder that goes with it; undefined when none is installed. */
export async function startMariaDb(): Promise<TestMariaDb | undefined> {
  const server = await findServer();
  if (!server) {
    process.stdout.write('MariaDB is not installed: its tests are skipped\n');
    return undefined;
  }
  const directory = await mkdtemp(join(tmpdir(), 'wutong-mariadb-'));
  const isRoot = userInfo().uid === 0;
  // It refuses to run as root; nobody is 65534 on every Linux.
  const identity = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  if (isRoot) await chown(directory, 65_534, 65_534);
  const data = join(directory, 'data');
  const socket = join(directory, 'server.sock');
  const port = await findFreePort();
  await run(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...identity, cwd: directory },
  );
  const child = spawn(
    server,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { ...identity, cwd: directory, stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const execute = async (sql: string): Promise<void> => {
    const client = spawn(
      'mariadb',
      ['--no-defaults', '-S', socket, '-uroot', '--default-character-set=utf8mb4'],
      { stdio: ['pipe', 'ignore', 'pipe'] },
    );
    let problem = '';
    client.stderr.on('data', (piece) => (problem += String(piece)));
    // A client that cannot connect is gone before it is told what to run: its code says so.
    client.stdin.on('error', () => undefined);
    client.stdin.end(sql);
    const code = await new Promise<number | null>((resolve) => client.once('close', resolve));
    if (code !== 0) throw new Error(`MariaDB refused: ${problem}`);
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + 30_000;
  while (
    !(await execute('select 1').then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('MariaDB did not start');
    }
    await delay(50);
  }
  return { port, execute, stop };
}
