import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCutProxy } from '../../../test/harness/cut-proxy.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';
import { findFreePort } from '../../platform/index.ts';
import { createWarehouse, type Warehouse } from './index.ts';

const HOSTILE = "odd'; drop table x; {--";
let world: WarehouseWorld;
let warehouse: Warehouse;

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
      const limits = { timeoutSeconds: 1, maximumRows: 10 };
      for await (const _ of streamRows(reader, { sql: query.sql, values: {} }, limits));
    });
    expect(await codeOf(read)).toBe('source_too_slow');
    expect(Date.now() - started).toBeLessThan(8_000);
    // The next use has a reader of its own.
    expect(await rowsOf('select id from odd where id = 1')).toEqual([['1']]);
  });

  // As when a pooler stands before a database that hangs: the engine itself would wait for ever.
  test('a source that takes the connection and leaves a question unanswered is given up in time', async () => {
    const proxy = await startCutProxy(world.databases.databaseUrl);
    const { settings, secrets } = world.bankConnection;
    await connect('mute', 'postgresql', { ...settings, port: Number(new URL(proxy.url).port) }, secrets);
    expect(await warehouse.connections.test('mute')).toMatchObject({ ok: true });
    proxy.stallOn('pg_class');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    try {
      const asked = warehouse.connections.test('mute');
      await vi.waitFor(() => expect(proxy.isStalled()).toBe(true), 10_000);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await asked).toMatchObject({ ok: false, code: 'source_too_slow' });
    } finally {
      vi.useRealTimers();
      await proxy.close();
    }
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
