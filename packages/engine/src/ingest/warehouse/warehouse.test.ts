import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startClickHouseCluster,
  type TestClickHouseCluster,
} from '../../../test/harness/clickhouse-cluster.ts';
import { runClickHouseLocal } from '../../../test/harness/clickhouse-local.ts';
import { startMariaDb, type TestMariaDb } from '../../../test/harness/mariadb.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';
import { findFreePort, openClickHouse } from '../../platform/index.ts';
import { createWarehouse, type Warehouse } from './index.ts';

const HOSTILE = "odd'; drop table x; {--";
let world: WarehouseWorld;
let warehouse: Warehouse;
let mariadb: TestMariaDb | undefined;
let cluster: TestClickHouseCluster | undefined;

const connect = (connectionId: string, kind: string, settings: object, secrets: object = {}) =>
  warehouse.connections.create(
    { connectionId, name: connectionId, kind, settings: { ...settings }, secrets: { ...secrets } },
    'tester',
  );
const map = (tableName: string, connectionId: string, table: string, schema = '') =>
  warehouse.browser.map(
    tableName,
    { connectionId, schema, table, textColumns: [], description: '' },
    'tester',
  );
const rowsOf = async (sql: string) => (await warehouse.browser.previewSql(sql, true)).rows;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

beforeAll(async () => {
  world = await createWarehouseWorld();
  warehouse = createWarehouse(world.platform);
  const { settings, secrets } = world.bankConnection;
  await connect('core', 'postgresql', settings, secrets);
});

afterAll(async () => {
  await warehouse?.stop();
  await Promise.all([mariadb?.stop(), cluster?.stop()]);
  await world?.stop();
});

describe('PostgreSQL', () => {
  beforeAll(async () => {
    await world.bank.execute(`create schema core;
      alter database ${world.bankConnection.settings['database']} set timezone = 'Asia/Shanghai';
      create type core.mood as enum ('好', 'bad');
      create table core.odd (id bigint primary key, exact numeric(20,4), any_number numeric, day date, wall timestamp,
        instant timestamptz, words text, id_of uuid, document jsonb, yes boolean, list text[], mood core.mood, ratio real);
      create table core."${HOSTILE.replaceAll('"', '""')}" (a int, "${HOSTILE.replaceAll('"', '""')}" text);
      insert into core."${HOSTILE.replaceAll('"', '""')}" values (1, 'x');
      create view core.slow as select 1 as id, pg_sleep(30)::text as words`);
    await world.bank.execute(
      `insert into core.odd values
        (1, 12.3400, 'NaN', '1950-02-03', '1950-02-03 04:05:06.789', '2026-01-01 10:00:00+08', $1,
         '00000000-0000-0000-0000-000000000001', '{"a":1}', true, '{a,b}', '好', 1.5),
        (2, null, null, null, null, null, null, null, null, null, null, null, null)`,
      [`中文 'q" \\ `],
    );
  });

  test('is listed, described and read in place, each type as the source means it', async () => {
    expect(await warehouse.connections.test('core')).toMatchObject({ ok: true });
    const { items } = await warehouse.browser.tables('core', 'core.');
    expect(items.map((item) => item.table).sort()).toEqual([HOSTILE, 'odd', 'slow'].sort());
    await map('odd', 'core', 'odd', 'core');
    const texts = await rowsOf('select * from odd order by id');
    expect(texts[0]).toEqual([
      '1',
      '12.34',
      'NaN',
      '1950-02-03',
      '1950-02-03 04:05:06.789000',
      '2026-01-01T02:00:00.000000Z',
      `中文 'q" \\ `,
      '00000000-0000-0000-0000-000000000001',
      '{"a": 1}',
      'true',
      'a\u001fb',
      '好',
      '1.5',
    ]);
    expect(texts[1]!.filter((cell) => cell !== null)).toEqual(['2', '']);
  });

  test('names are names, whatever they hold', async () => {
    const columns = await warehouse.browser.columns('core', { schema: 'core', table: HOSTILE });
    expect(columns.map((column) => column.name)).toEqual(['a', HOSTILE]);
    await map('hostile', 'core', HOSTILE, 'core');
    expect(await rowsOf('select * from hostile')).toEqual([['1', 'x']]);
    for (const [schema, table] of [
      ['core', "x' or '1'='1"],
      ['core', 'a"; drop table core.odd; --'],
      [`core'; select 1; --`, 'odd'],
    ] as const) {
      expect(await codeOf(warehouse.browser.columns('core', { schema, table }))).toBe('source_table_missing');
    }
  });

  test('previews mask what may name somebody', async () => {
    const masked = await warehouse.browser.preview('core', { schema: 'core', table: 'odd' }, false);
    expect(masked.masked).toBe(true);
    expect(masked.rows[0]!.slice(0, 7)).toEqual([
      '1',
      '12.34',
      'N**',
      '1950-02-03',
      '1950-02-03 04:05:06.789000',
      '2026-01-01T02:00:00.000000Z',
      '中********',
    ]);
  });

  test('a source that hangs is given up in time', async () => {
    await map('slow', 'core', 'slow', 'core');
    const started = Date.now();
    const { prepareQuery, streamRows } = await import('./index.ts');
    const read = warehouse.reader.use(async (reader) => {
      const query = await prepareQuery(world.platform, reader, 'select * from slow');
      const limits = { timeoutSeconds: 1, maximumRows: 10, onHang: () => warehouse.reader.replace() };
      for await (const _ of streamRows(reader, { sql: query.sql, values: {} }, limits));
    });
    expect(await codeOf(read)).toBe('source_too_slow');
    expect(Date.now() - started).toBeLessThan(8_000);
    // The next use has a reader of its own.
    expect(await rowsOf('select id from odd where id = 1')).toEqual([['1']]);
  });
});

describe('SQL of people', () => {
  test.each([
    ["select * from file('/etc/passwd')", 'source_query_refused'],
    ["select file('/etc/passwd')", 'source_query_refused'],
    ["select file/* */('/etc/passwd')", 'source_query_refused'],
    ["select arrayMap(file, ['/etc/passwd'])", 'source_query_refused'],
    ["select * apply(file) from (select '/etc/passwd' as x)", 'source_query_refused'],
    ["select * replace (file('/etc/passwd') as id) from odd", 'source_query_refused'],
    ["select * from url('http://127.0.0.1:1/')", 'source_query_refused'],
    ["select * from postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')", 'source_query_refused'],
    ["select * from remote('127.0.0.1', system.one)", 'source_query_refused'],
    ['select * from system.tables', 'source_query_refused'],
    ['select 1 in system.one', 'source_query_refused'],
    ['select * from wutong.event', 'source_query_refused'],
    ['select * from default.`/etc/passwd`', 'source_query_refused'],
    ['select * from `/etc/passwd`', 'source_query_refused'],
    ["select * from merge('warehouse', '.*')", 'source_query_refused'],
    ['select * from (explain select 1)', 'source_query_refused'],
    ['select 1 settings max_memory_usage = 0', 'source_query_refused'],
    ["select getSetting('max_memory_usage')", 'source_query_refused'],
    ['insert into odd values (1)', 'source_query_invalid'],
    ['drop table odd', 'source_query_invalid'],
    ['select 1; drop table odd', 'source_query_invalid'],
    ['select 1) union all (select 1', 'source_query_invalid'],
    ["select 1 into outfile '/tmp/x'", 'source_query_invalid'],
    ['select {x:String}', 'source_query_invalid'],
    ['select nothing from odd', 'source_query_invalid'],
    ['select * from not_there', 'source_query_invalid'],
    ['selec 1', 'source_query_invalid'],
  ])('%s', async (sql, code) => {
    expect(await codeOf(warehouse.browser.previewSql(sql, true))).toBe(code);
  });

  test('what a SELECT is made of goes', async () => {
    expect(
      await rowsOf(`with big as (select id, exact from odd where id > 0)
        select id, sum(exact) over (order by id) from big left join odd using (id) where id in (select id from odd)
        order by id limit 1`),
    ).toEqual([['1', '12.34']]);
  });

  test('shows nobody the passwords of sources', async () => {
    const { password } = world.bankConnection.secrets;
    await warehouse.reader.use(async (reader) => {
      for (const user of [reader.analyst, reader.composer]) {
        const shown = JSON.stringify([
          await user.query(`select * from system.tables where database = 'warehouse'`),
          await user.query('show create table warehouse.odd'),
        ]);
        expect(shown).toContain('HIDDEN');
        expect(shown).not.toContain(password);
      }
    });
    const kept = await world.platform.database.query('select * from warehouse.connection');
    expect(JSON.stringify([kept, await warehouse.connections.list()])).not.toContain(password);
  });
});

describe('what may be reached', () => {
  test('a closed port, a wrong password and a host that is not listed are told apart, without secrets', async () => {
    const port = await findFreePort();
    const { settings } = world.bankConnection;
    for (const kind of ['postgresql', 'mysql', 'clickhouse']) {
      await connect(`closed_${kind}`, kind, { ...settings, port }, { password: 'Pa55-of-the-bank' });
      const tested = await warehouse.connections.test(`closed_${kind}`);
      expect(tested).toMatchObject({ ok: false, code: 'source_unreachable' });
      expect(JSON.stringify(tested)).not.toContain('Pa55');
    }
    await connect('wrong', 'postgresql', settings, { password: 'Pa55-of-the-bank' });
    expect(await warehouse.connections.test('wrong')).toMatchObject({
      ok: false,
      code: 'source_login_refused',
    });
    await connect(
      'nowhere',
      'postgresql',
      { ...settings, database: 'not_there' },
      world.bankConnection.secrets,
    );
    expect(await warehouse.connections.test('nowhere')).toMatchObject({ ok: false, code: 'source_failed' });
    for (const host of ['169.254.169.254', '10.0.0.1', '0', '[::1]']) {
      expect(await codeOf(connect('x', 'postgresql', { ...settings, host }))).toBe('connection_host_refused');
    }
    expect(await codeOf(connect('x', 's3', { endpoint: 'http://169.254.169.254', bucket: 'latest' }))).toBe(
      'connection_host_refused',
    );
  });

  test('a secret does not follow a connection to another place', async () => {
    const { settings, secrets } = world.bankConnection;
    await connect('moving', 'postgresql', settings, secrets);
    const moved = await warehouse.connections.update(
      'moving',
      { settings: { ...settings, port: 5433 } },
      'tester',
    );
    expect(moved.secretsSet).toEqual([]);
    const renamed = await warehouse.connections.update('core', { name: 'Core' }, 'tester');
    expect(renamed.secretsSet).toEqual(['password']);
  });
});

describe('files', () => {
  beforeAll(async () => {
    const { folder } = world;
    await runClickHouseLocal(
      folder,
      `insert into function file('${folder}/one.parquet') select number as id, toDateTime64('2026-01-01 00:00:00', 3, 'UTC')
         + number as time, toDecimal64(1.25, 2) as amount, if(number = 1, null, '中文') as words from numbers(3);
       set allow_experimental_insert_into_iceberg = 1;
       create table ice (id Int64, words String) engine = IcebergLocal('${folder}/lake/ice', 'Parquet');
       insert into ice select number, 'x' from numbers(5)`,
    );
    for (const day of ['2026-01-01', '2026-01-02']) {
      await mkdir(join(folder, 'trade', `dt=${day}`), { recursive: true });
      await copyFile(join(folder, 'one.parquet'), join(folder, 'trade', `dt=${day}`, 'part-0.parquet'));
    }
    await symlink('/etc', join(folder, 'outside'));
    await mkdir(join(folder, 'old'));
    // 张三 in GBK.
    await writeFile(
      join(folder, 'old', 'clients.csv'),
      Buffer.concat([Buffer.from('id,name\n1,'), Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]), Buffer.from('\n')]),
    );
    await connect('disk', 'files', {});
    await connect('lake', 'iceberg', { folder: 'lake' });
    await connect('old', 'files', { folder: 'old', encoding: 'gbk' });
  });

  test('Parquet, folders in Hive style, Iceberg and GBK are read in place', async () => {
    const { items } = await warehouse.browser.tables('disk', undefined);
    expect(items.map((item) => item.table)).toEqual(
      expect.arrayContaining(['one.parquet', 'trade', 'trade/dt=2026-01-01/part-0.parquet']),
    );
    await map('one', 'disk', 'one.parquet');
    expect((await rowsOf('select * from one order by id'))[1]).toEqual([
      '1',
      '2026-01-01T00:00:01.000Z',
      '1.25',
      null,
    ]);
    await map('trade', 'disk', 'trade');
    expect(await rowsOf('select dt, count() from trade group by dt order by dt')).toEqual([
      ['2026-01-01', '3'],
      ['2026-01-02', '3'],
    ]);
    expect((await warehouse.browser.tables('lake', undefined)).items.map((item) => item.table)).toEqual([
      'ice',
    ]);
    await map('ice', 'lake', 'ice');
    expect(await rowsOf('select count(), max(id), any(words) from ice')).toEqual([['5', '4', 'x']]);
    await map('old_clients', 'old', 'clients.csv');
    expect(await rowsOf("select name from old_clients where name = '张三'")).toEqual([['张三']]);
  });

  test.each(['../x', '/etc/passwd', 'outside/passwd', 'outside', 'tr*de', '{one}.parquet'])(
    'a path outside the folder is refused: %s',
    async (table) => {
      expect(await codeOf(warehouse.browser.columns('disk', { schema: '', table }))).toBe(
        'connection_path_refused',
      );
    },
  );
});

describe('MariaDB', () => {
  beforeAll(async () => {
    mariadb = await startMariaDb();
    await mariadb?.execute(`create database bank character set utf8mb4; use bank;
      create user reader@'127.0.0.1' identified by 'it''s \\\\ hidden'; grant select on bank.* to reader@'127.0.0.1';
      create user reader@'localhost' identified by 'it''s \\\\ hidden'; grant select on bank.* to reader@'localhost';
      create table odd (id bigint unsigned primary key, exact decimal(20,4), day date, wall datetime(3), words varchar(50)
        character set gbk, kind enum('a', 'b'), flag tinyint(1));
      insert into odd values (18446744073709551615, 12.34, '1950-02-03', '1950-02-03 04:05:06.789', '中文', 'a', 1),
        (2, null, null, null, null, null, null)`);
  });

  test('is read in place: GBK, unsigned 64, dates before 1970, NULL', async ({ skip }) => {
    if (!mariadb) return skip();
    const settings = { host: '127.0.0.1', port: mariadb.port, database: 'bank', user: 'reader' };
    await connect('cards', 'mysql', settings, { password: "it's \\ hidden" });
    expect(await warehouse.connections.test('cards')).toMatchObject({ ok: true });
    expect((await warehouse.browser.tables('cards', undefined)).items.map((item) => item.table)).toEqual([
      'odd',
    ]);
    await map('card_odd', 'cards', 'odd');
    expect(await rowsOf('select * from card_odd order by id desc')).toEqual([
      ['18446744073709551615', '12.34', '1950-02-03', '1950-02-03 04:05:06.789', '中文', 'a', '1'],
      ['2', null, null, null, null, null, null],
    ]);
    const joined = `select card_odd.day from card_odd join odd on odd.day = card_odd.day`;
    expect(await rowsOf(joined)).toEqual([['1950-02-03']]);
  });
});

describe('another ClickHouse', () => {
  test('is read in place over its native protocol', async () => {
    cluster = await startClickHouseCluster(1);
    const other = openClickHouse(cluster.urls[0]!);
    await other.command(
      "create table fact (id UInt64, at DateTime64(3, 'Asia/Shanghai')) engine = MergeTree order by id",
    );
    await other.command(
      `insert into fact select number, toDateTime64('2026-01-01 08:00:00', 3, 'Asia/Shanghai') from numbers(10000)`,
    );
    const [{ port }] = (await other.query<{ port: number }>(
      `select port from system.clusters where cluster = '${cluster.name}'`,
    )) as [{ port: number }];
    await other.close();
    const password = new URL(cluster.urls[0]!).password;
    await connect(
      'analytics',
      'clickhouse',
      { host: '127.0.0.1', port, database: 'wutong', user: 'wutong' },
      { password },
    );
    expect((await warehouse.browser.tables('analytics', undefined)).items.map((item) => item.table)).toEqual([
      'fact',
    ]);
    await map('fact', 'analytics', 'fact');
    expect(await rowsOf('select count(), min(at) from fact')).toEqual([
      ['10000', '2026-01-01T00:00:00.000Z'],
    ]);
  });
});
