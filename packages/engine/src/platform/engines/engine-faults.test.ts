import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngines, startEngines } from './index.ts';

let dataDirectory: string;
let engines: RunningEngines | undefined;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'wutong-faults-'));
});

afterEach(async () => {
  await engines?.stop();
  engines = undefined;
  await rm(dataDirectory, { recursive: true, force: true });
});

test('an engine that is killed comes back at the same address with every acknowledged row', async () => {
  const exits: string[] = [];
  engines = await startEngines({ dataDirectory, onEngineExit: (engine) => exits.push(engine) });
  const running = engines;
  await askPostgres(running, 'create table kept (a int); insert into kept values (1)');
  await askClickHouse(running, 'create table kept (a Int32) engine = MergeTree order by a');
  await askClickHouse(running, 'insert into kept values (1)');

  for (const engine of ['postgres', 'clickhouse'] as const) {
    const pidOf = () => (engine === 'postgres' ? running.postgresPid : running.clickhousePid);
    const killed = pidOf() ?? 0;
    process.kill(killed, 'SIGKILL');
    await until(() => exits.includes(engine));
    await until(() => (pidOf() ?? killed) !== killed);
  }
  expect(await askPostgres(running, 'select a from kept')).toEqual([{ a: 1 }]);
  expect(await askClickHouse(running, 'select a from kept')).toBe('1');
});

test('an engine that is killed again and again is brought back again and again', async () => {
  let exits = 0;
  engines = await startEngines({ dataDirectory, onEngineExit: () => (exits += 1) });
  const running = engines;
  for (let round = 1; round <= 3; round += 1) {
    await until(() => running.clickhousePid !== undefined);
    process.kill(running.clickhousePid ?? 0, 'SIGKILL');
    await until(() => exits === round);
  }
  await until(() => running.clickhousePid !== undefined);
  expect(await askClickHouse(running, 'select 1')).toBe('1');
});

test('engines end soon after their parent was killed, and the next start has the data', async () => {
  const first = await startInAnotherProcess();
  await askPostgres(first, 'create table kept (a int); insert into kept values (1)');
  await askClickHouse(first, 'create table kept (a Int32) engine = MergeTree order by a');
  await askClickHouse(first, 'insert into kept values (1)');
  first.parent.kill('SIGKILL');
  await until(() => !processExists(first.postgresPid) && !processExists(first.clickhousePid));

  engines = await startEngines({ dataDirectory });
  expect(await askPostgres(engines, 'select a from kept')).toEqual([{ a: 1 }]);
  expect(await askClickHouse(engines, 'select a from kept')).toBe('1');
});

test('a start at once after the parent was killed waits for its engines and takes over', async () => {
  const first = await startInAnotherProcess();
  await askPostgres(first, 'create table kept (a int); insert into kept values (1)');
  // A transaction in the middle and an idle connection must hold up neither the end nor the start.
  const idle = new Client({ connectionString: first.databaseUrl });
  idle.on('error', () => undefined);
  await idle.connect();
  await idle.query('begin; insert into kept values (2)');
  first.parent.kill('SIGKILL');

  engines = await startEngines({ dataDirectory });
  await until(() => !processExists(first.postgresPid) && !processExists(first.clickhousePid));
  expect(await askPostgres(engines, 'select a from kept')).toEqual([{ a: 1 }]);
  await idle.end().catch(() => undefined);
});

test('everything killed at once: the next start recovers', async () => {
  const first = await startInAnotherProcess();
  await askPostgres(first, 'create table kept (a int); insert into kept values (1)');
  first.parent.kill('SIGKILL');
  process.kill(first.postgresPid, 'SIGKILL');
  process.kill(first.clickhousePid, 'SIGKILL');

  engines = await startEngines({ dataDirectory });
  expect(await askPostgres(engines, 'select a from kept')).toEqual([{ a: 1 }]);
});

const onLinux = test.runIf(process.platform === 'linux'); // the watcher is found in /proc

onLinux('a postgres that outlived parent and watcher is ended, not joined by a second one', async () => {
  const first = await startInAnotherProcess();
  await askPostgres(first, 'create table kept (a int); insert into kept values (1)');
  process.kill(await findWatcher(first.postgresPid), 'SIGKILL');
  first.parent.kill('SIGKILL');
  await until(() => !processExists(first.parent.pid ?? 0));
  expect(processExists(first.postgresPid)).toBe(true);

  const said: string[] = [];
  engines = await startEngines({ dataDirectory, onProgress: (message) => said.push(message) });
  expect(said).toContain('Ending the PostgreSQL that the last run left behind');
  await until(() => !processExists(first.postgresPid));
  expect(await askPostgres(engines, 'select a from kept')).toEqual([{ a: 1 }]);
});

test('stop ends both engines, also when one was just killed', async () => {
  engines = await startEngines({ dataDirectory });
  const { postgresPid = 0, clickhousePid = 0 } = engines;
  process.kill(postgresPid, 'SIGKILL');
  await engines.stop();
  expect(processExists(postgresPid)).toBe(false);
  expect(processExists(clickhousePid)).toBe(false);
  expect(engines.postgresPid).toBeUndefined();
});

interface Urls {
  databaseUrl: string;
  clickhouseUrl: string;
}

interface ElsewhereStarted extends Urls {
  parent: ChildProcess;
  postgresPid: number;
  clickhousePid: number;
}

/** Starts the engines as a wutong process would, so that the process can be killed. */
async function startInAnotherProcess(): Promise<ElsewhereStarted> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const front = fileURLToPath(new URL('./index.ts', import.meta.url));
  const program = `
    const { startEngines } = await import(${JSON.stringify(front)});
    const engines = await startEngines({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    const { databaseUrl, clickhouseUrl, postgresPid, clickhousePid } = engines;
    console.log(JSON.stringify({ databaseUrl, clickhouseUrl, postgresPid, clickhousePid }));
  `;
  const parent = spawn(process.execPath, ['--import', loader, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of parent.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const started = JSON.parse(text) as Urls & { postgresPid: number; clickhousePid: number };
  return { ...started, parent };
}

async function findWatcher(postgresPid: number): Promise<number> {
  for (const entry of await readdir('/proc')) {
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (line.startsWith('/bin/sh') && line.includes(`\0${postgresPid}\0`)) return Number(entry);
  }
  throw new Error('There is no watcher');
}

async function askPostgres(urls: Urls, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: urls.databaseUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const results = await client.query(sql);
    return results.rows as unknown[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function askClickHouse(urls: Urls, sql: string): Promise<string> {
  const url = new URL(urls.clickhouseUrl);
  const response = await fetch(`${url.origin}/?database=wutong`, {
    method: 'POST',
    headers: {
      Connection: 'close',
      Authorization: `Basic ${Buffer.from(`${url.username}:${decodeURIComponent(url.password)}`).toString('base64')}`,
    },
    body: sql,
  });
  return (await response.text()).trim();
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${condition.toString()}`);
    await delay(20);
  }
}
