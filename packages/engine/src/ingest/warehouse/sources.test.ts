import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startClickHouseCluster,
  type TestClickHouseCluster,
} from '../../../test/harness/clickhouse-cluster.ts';
import { runClickHouseLocal } from '../../../test/harness/clickhouse-local.ts';
import { makeIcebergWithDeletes } from '../../../test/harness/iceberg-deletes.ts';
import { startMariaDb, type TestMariaDb } from '../../../test/harness/mariadb.ts';
import { startFaultyBucket } from '../../../test/harness/faulty-bucket.ts';
import { startS3, type TestS3 } from '../../../test/harness/s3-server.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';
import { openClickHouse } from '../../platform/index.ts';
import { createWarehouse, type Warehouse } from './index.ts';

let world: WarehouseWorld;
let warehouse: Warehouse;
let mariadb: TestMariaDb | undefined;
let cluster: TestClickHouseCluster | undefined;
let s3: TestS3 | undefined;

const connect = (connectionId: string, kind: string, settings: object, secrets: object = {}) =>
  warehouse.connections.create(
    { connectionId, name: connectionId, kind, settings: { ...settings }, secrets: { ...secrets } },
    'tester',
  );
const map = (tableName: string, connectionId: string, table: string) =>
  warehouse.browser.map(
    tableName,
    { connectionId, schema: '', table, textColumns: [], description: '' },
    'tester',
  );
const tablesOf = async (connectionId: string) =>
  (await warehouse.browser.tables(connectionId, undefined)).items.map((item) => item.table);
const rowsOf = async (sql: string) => (await warehouse.browser.previewSql(sql, true)).rows;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );

beforeAll(async () => {
  world = await createWarehouseWorld();
  warehouse = createWarehouse(world.platform);
});

afterAll(async () => {
  await warehouse?.stop();
  await Promise.all([mariadb?.stop(), cluster?.stop(), s3?.stop()]);
  await world?.stop();
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
    await makeIcebergWithDeletes(join(folder, 'lake'), 'changed');
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
    const lake = await warehouse.browser.tables('lake', undefined);
    expect(lake.items.map((item) => item.table).toSorted()).toEqual(['changed', 'ice']);
    await map('ice', 'lake', 'ice');
    expect(await rowsOf('select count(), max(id), any(words) from ice')).toEqual([['5', '4', 'x']]);
    await map('changed', 'lake', 'changed');
    expect(await rowsOf('select id from changed order by id')).toEqual([['0'], ['2'], ['4']]);
    expect(await rowsOf('select count() from changed')).toEqual([['3']]);
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
        character set gbk, kind enum('a', 'b'), flag tinyint(1),
        filled int(10) unsigned zerofill);
      insert into odd values (18446744073709551615, 12.34, '1950-02-03', '1950-02-03 04:05:06.789', '中文', 'a', 1, 4000000000),
        (2, null, null, null, null, null, null, null)`);
  });

  test('is read in place: GBK, unsigned 64, unsigned filled with noughts, dates before 1970, NULL', async ({
    skip,
  }) => {
    if (!mariadb) return skip();
    const settings = { host: '127.0.0.1', port: mariadb.port, database: 'bank', user: 'reader' };
    await connect('cards', 'mysql', settings, { password: "it's \\ hidden" });
    expect(await warehouse.connections.test('cards')).toMatchObject({ ok: true });
    expect((await warehouse.browser.tables('cards', undefined)).items.map((item) => item.table)).toEqual([
      'odd',
    ]);
    await map('card_odd', 'cards', 'odd');
    expect(await rowsOf('select * from card_odd order by id desc')).toEqual([
      [
        '18446744073709551615',
        '12.34',
        '1950-02-03',
        '1950-02-03 04:05:06.789',
        '中文',
        'a',
        '1',
        '4000000000',
      ],
      ['2', null, null, null, null, null, null, null],
    ]);
    // Two sources in one query.
    expect(await rowsOf('select one.words from one join card_odd using (words) limit 1')).toEqual([['中文']]);
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

describe('S3', () => {
  test('files and Iceberg tables of a bucket are read in place', async ({ skip }) => {
    s3 = await startS3();
    if (!s3) return skip();
    await s3.put('bank-lake');
    const one = await readFile(join(world.folder, 'one.parquet'));
    for (const key of ['one.parquet', 'trade/dt=2026-01-01/part.parquet', 'trade/dt=2026-01-02/part.parquet'])
      await s3.put(`bank-lake/dw/${key}`, one);
    for (const part of ['data', 'metadata']) {
      const folder = join(world.folder, 'lake', 'ice', part);
      for (const name of await readdir(folder))
        await s3.put(`bank-lake/lake/ice/${part}/${name}`, await readFile(join(folder, name)));
    }
    const settings = { endpoint: s3.endpoint, bucket: 'bank-lake', accessKey: 'test' };
    await connect('bucket', 's3', { ...settings, prefix: 'dw' }, { secretKey: 'test' });
    expect(await tablesOf('bucket')).toEqual(expect.arrayContaining(['one.parquet', 'trade/']));
    await map('s3_trade', 'bucket', 'trade/');
    expect(await rowsOf('select dt, count() from s3_trade group by dt order by dt')).toEqual([
      ['2026-01-01', '3'],
      ['2026-01-02', '3'],
    ]);
    await connect(
      'bucket_lake',
      's3',
      { ...settings, prefix: 'lake', layout: 'iceberg' },
      { secretKey: 'test' },
    );
    expect(await tablesOf('bucket_lake')).toEqual(['ice']);
    await map('s3_ice', 'bucket_lake', 'ice');
    expect(await rowsOf('select count(), max(id) from s3_ice')).toEqual([['5', '4']]);
    const faulty = await startFaultyBucket(s3.endpoint);
    try {
      await connect(
        'faulty',
        's3',
        { ...settings, endpoint: faulty.endpoint, prefix: 'dw' },
        { secretKey: 'test' },
      );
      await map('s3_faulty', 'faulty', 'one.parquet');
      const read = () => codeOf(rowsOf('select count(), min(toString(tuple(*))) from s3_faulty'));
      // Not asked for as long as a query may take: it is away, and what waits for it is told so.
      faulty.answer(503);
      expect(await read()).toBe('source_unreachable');
      faulty.answer(403);
      expect(await read()).toBe('source_login_refused');
      faulty.answer('half');
      expect(await read()).toBe('source_unreachable');
      faulty.answer('whole');
      expect(await read()).toBe('none');
    } finally {
      await faulty.close();
    }
    await connect('no_bucket', 's3', { ...settings, bucket: 'not-there' }, { secretKey: 'test' });
    expect(await warehouse.connections.test('no_bucket')).toMatchObject({ ok: false, code: 'source_failed' });
  });
});
