import { chmod, mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningEngines, startEngines } from './index.ts';

let parent: string;
let dataDirectory: string;
let engines: RunningEngines;

beforeAll(async () => {
  // mkdtemp makes a 0700 folder, which is what a home such as /root is: root's PostgreSQL cannot enter it.
  parent = await mkdtemp(join(tmpdir(), 'wutong-engines-'));
  dataDirectory = join(parent, '.wutong');
  engines = await startEngines({ dataDirectory });
});

afterAll(async () => {
  await engines?.stop();
  const note = await readFile(join(dataDirectory, 'postgres-is-elsewhere.txt'), 'utf8').catch(() => '');
  const elsewhere = /^directory: (\/var\/lib\/wutong\/.+)$/m.exec(note)?.[1];
  if (elsewhere) await rm(dirname(elsewhere), { recursive: true, force: true });
  await rm(parent, { recursive: true, force: true });
});

async function askPostgres<Row>(sql: string, change: (url: URL) => void = () => undefined): Promise<Row[]> {
  const url = new URL(engines.databaseUrl);
  change(url);
  const client = new Client({ connectionString: url.toString() });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The body of the answer, refusals included. */
async function askClickHouse(
  sql: string,
  user = 'wutong',
  password = decodeURIComponent(new URL(engines.clickhouseUrl).password),
): Promise<string> {
  const url = new URL(engines.clickhouseUrl);
  const response = await fetch(`${url.origin}/?database=wutong`, {
    method: 'POST',
    headers: {
      Connection: 'close',
      Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    },
    body: sql,
  });
  return (await response.text()).trim();
}

test('both engines answer as ourselves, in UTC', async () => {
  const [row] = await askPostgres<{ database: string; zone: string; collation: string; encoding: string }>(
    `select current_database() as database, current_setting('TimeZone') as zone,
       datlocale as collation, pg_encoding_to_char(encoding) as encoding
     from pg_database where datname = current_database()`,
  );
  expect(row).toEqual({ database: 'wutong', zone: 'UTC', collation: 'C.UTF-8', encoding: 'UTF8' });
  expect(await askClickHouse('select currentDatabase(), timezone(), currentUser()')).toBe(
    'wutong\tUTC\twutong',
  );
  expect(engines.embedded).toEqual({ postgres: true, clickhouse: true });
});

test('what PostgreSQL acknowledges is on disk', async () => {
  const rows = await askPostgres<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  expect(rows.map((row) => row.setting)).toEqual(['on', 'on', 'on']);
});

describe('without the password', () => {
  test('PostgreSQL lets nobody in', async () => {
    const refused = { code: '28P01' };
    await expect(askPostgres('select 1', (url) => (url.password = 'wrong'))).rejects.toMatchObject(refused);
    await expect(askPostgres('select 1', (url) => (url.username = 'postgres'))).rejects.toMatchObject(
      refused,
    );
    await expect(askPostgres('select 1', (url) => (url.password = ''))).rejects.toThrow(/password/i);
  });

  test('ClickHouse refuses our user, and its default user can do nothing', async () => {
    await askClickHouse('create table if not exists secret (a Int32) engine = MergeTree order by a');
    await askClickHouse('insert into secret values (42)');
    expect(await askClickHouse('select 1', 'wutong', '')).toMatch(/There is no handle/);
    expect(await askClickHouse('select 1', 'wutong', 'wrong')).toMatch(/There is no handle/);
    for (const sql of [
      'select * from secret',
      'insert into secret values (1)',
      'create table mine (a Int32) engine = MergeTree order by a',
      'create database mine',
      'create temporary table mine (a Int32)',
      'drop table secret',
      'select 1',
      `select file('/etc/passwd')`,
      `select * from file('/etc/passwd', 'LineAsString')`,
      `select * from url('http://127.0.0.1/', 'LineAsString')`,
      `select * from executable('id', 'TSV', 'a String')`,
      'select * from default.`/etc/passwd`',
      'select * from numbers(10)',
      'select name from system.tables',
      'system stop listen http',
      'system shutdown',
    ]) {
      expect(await askClickHouse(sql, 'default', ''), sql).toMatch(/There is no handle/);
    }
    expect(await askClickHouse('select count() from secret')).toBe('1');
    const origin = new URL(engines.clickhouseUrl).origin;
    expect(await (await fetch(`${origin}/ping`)).text()).toBe('Ok.\n');
  });
});

test('even our own queries reach no files, addresses or programs', async () => {
  for (const sql of [
    `select * from file('/etc/passwd', 'LineAsString')`,
    `create table f (l String) engine = File(LineAsString, '/etc/passwd')`,
    `create table u (l String) engine = URL('http://127.0.0.1/', LineAsString)`,
    `create database f engine = Filesystem('/etc')`,
    'select * from default.`/etc/passwd`',
    `select * from url('http://127.0.0.1/', 'LineAsString')`,
    `insert into function file('/tmp/wutong-written', 'CSV', 'a Int8') values (1)`,
    `create dictionary d (a UInt64, b String) primary key a source(executable(command 'id' format 'CSV')) layout(flat()) lifetime(0)`,
  ]) {
    expect(await askClickHouse(sql), sql).toMatch(/ACCESS_DENIED/);
  }
  expect(await askClickHouse(`select * from executable('id', 'TSV', 'a String')`)).toMatch(
    /UNSUPPORTED_METHOD|ACCESS_DENIED/,
  );
});

test('the engines listen on loopback only', async () => {
  for (const url of [engines.databaseUrl, engines.clickhouseUrl]) {
    const port = Number(new URL(url).port);
    expect(await canConnect('127.0.0.1', port)).toBe(true);
    for (const address of await listeningAddresses(port)) expect(address).toBe('127.0.0.1');
  }
});

test.runIf(process.platform === 'linux')('no process of an engine listens anywhere else', async () => {
  for (const pid of [engines.postgresPid, engines.clickhousePid]) {
    const ports = await listeningPortsOf(pid ?? 0);
    expect(ports).toHaveLength(1);
  }
});

test('the data folder is closed and secrets are for their owner only', async () => {
  expect((await stat(dataDirectory)).mode & 0o007).toBe(0);
  for (const secret of [
    'postgres-password',
    join('clickhouse', 'password'),
    join('clickhouse', 'config.xml'),
  ]) {
    expect((await stat(join(dataDirectory, secret))).mode & 0o777, secret).toBe(0o600);
  }
});

test('a second start on the same folder is refused while the first runs', async () => {
  await expect(startEngines({ dataDirectory })).rejects.toMatchObject({
    name: 'EngineError',
    code: 'data_directory_in_use',
  });
});

test('memory is bounded and a query that goes over it fails alone', async () => {
  const limit = Number(
    await askClickHouse(`select value from system.server_settings where name = 'max_server_memory_usage'`),
  );
  expect(limit).toBeGreaterThan(0);
  expect(limit).toBeLessThanOrEqual(6 * 1024 ** 3);
  expect(
    await askClickHouse(
      'select groupArray(number) from numbers(100000000) settings max_memory_usage = 10000000',
    ),
  ).toMatch(/MEMORY_LIMIT_EXCEEDED/);
  expect(
    await askClickHouse(`select count() from system.tables where database = 'system' and name like '%_log'`),
  ).toBe('0');
});

test('rows outlive a stop and a start', async () => {
  await askPostgres('create table kept (a int); insert into kept values (7)');
  await askClickHouse('create table kept (a Int32) engine = MergeTree order by a');
  await askClickHouse('insert into kept values (7)');
  await engines.stop();
  engines = await startEngines({ dataDirectory });
  expect(await askPostgres('select a from kept')).toEqual([{ a: 7 }]);
  expect(await askClickHouse('select a from kept')).toBe('7');
});

test('data of a newer engine is left alone', async () => {
  await engines.stop();
  const versionFile = join(dataDirectory, 'clickhouse', 'wutong-engine-version');
  const version = await readFile(versionFile, 'utf8');
  await writeFile(versionFile, '99.1.0\n');
  await expect(startEngines({ dataDirectory })).rejects.toMatchObject({ code: 'data_directory_newer' });
  await writeFile(versionFile, version);
  await chmod(versionFile, 0o600);
  engines = await startEngines({ dataDirectory });
  expect(await askClickHouse('select 1')).toBe('1');
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Listening sockets of the machine: [address, port, inode], from the kernel's table. */
async function listeners(): Promise<{ address: string; port: number; inode: string }[]> {
  const found = [];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).trim().split('\n').slice(1);
    for (const line of lines) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state === '0A') found.push({ address: readable(address), port: Number.parseInt(port, 16), inode });
    }
  }
  return found;
}

function readable(hexadecimal: string): string {
  if (hexadecimal.length !== 8) return hexadecimal;
  return Buffer.from(hexadecimal, 'hex').reverse().join('.');
}

async function listeningAddresses(port: number): Promise<string[]> {
  return (await listeners()).filter((listener) => listener.port === port).map((listener) => listener.address);
}

async function listeningPortsOf(pid: number): Promise<number[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  );
  return (await listeners())
    .filter((listener) => links.includes(`socket:[${listener.inode}]`))
    .map((listener) => listener.port);
}
