import { afterAll, beforeAll, expect, it } from 'vitest';
import { askByJdbc, whyNoJdbc } from '../../../../test/harness/jdbc-client.ts';
import { createTestDatabases, type TestDatabases } from '../../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../../test/harness/ingest-server.ts';
import { makeUser } from '../../../../test/harness/make-user.ts';
import { noLaterRooms } from '../../../../test/harness/no-later-rooms.ts';
import { startOwnClickHouse } from '../../../../test/harness/own-clickhouse.ts';
import { createTestPlatform, TEST_START_MS } from '../../../../test/harness/platform.ts';
import { migrateClickHouse, type Platform } from '../../../platform/index.ts';
import { createOutputs, type Outputs } from '../create-outputs.ts';

// A ClickHouse of its own: the reader's user is made when an embedded server starts, for the database `wutong`.
let clickhouse: Awaited<ReturnType<typeof startOwnClickHouse>>;
let databases: TestDatabases;
let platform: Platform;
let server: IngestServer;
let outputs: Outputs;
let password: string;
let token: string;

/** One segment and one tag are open to all. */
const ports = {
  ...noLaterRooms,
  openToAll: () => Promise.resolve({ segmentIds: ['open_savers'], tagIds: ['open_level'] }),
};

beforeAll(async () => {
  [clickhouse, databases] = await Promise.all([startOwnClickHouse(), createTestDatabases()]);
  platform = createTestPlatform({ databaseUrl: databases.databaseUrl, clickhouseUrl: clickhouse.url });
  await migrateClickHouse(platform.clickhouse);
  server = await startIngestServer(platform, {
    routes: (http, { identity, profile }) => {
      outputs = createOutputs({ platform, identity, profile, ports });
      outputs.routes(http);
    },
  });
  token = 'token-engineer-1234567890';
  await makeUser(platform, { name: 'engineer', role: 'data_engineer' }, token);
  const { plan, sources } = server.ingest;
  await sources.create({ sourceId: 'bank', name: 'Bank' }, 'test');
  await plan.saveEvent('paid', { title: 'Paid' }, 'test');
  await plan.saveProperty('paid', 'mobile', { type: 'string', piiClass: 'identifying' }, 'test');
  await server.profile.declare({
    attributes: [
      { name: 'city', title: { en: 'City', zh: '城市' }, valueType: 'string' },
      { name: 'balance', title: { en: 'Balance', zh: '余额' }, valueType: 'number', pii: 'sensitive' },
    ],
  });
  const keys = [{ type: 'customer_number', value: 'K1' }];
  const common = { time: TEST_START_MS, keys, link: 'none' as const };
  await server.ingest.append('bank', [
    {
      ...common,
      kind: 'event',
      messageId: 'e1',
      event: 'paid',
      properties: { amount: 5, mobile: '13800001111' },
    },
    { ...common, kind: 'event', messageId: 'e2', event: 'seen', properties: { page: 'home' } },
    {
      ...common,
      kind: 'attributes',
      messageId: 'a1',
      action: 'set',
      attributes: { city: '上海', balance: 77_123 },
    },
  ]);
  await server.profile.mirror();
  const names = ['open', 'secret'];
  await platform.clickhouse.insert(
    'segment_change',
    names.map((name) => ({
      segment_id: `${name}_savers`,
      run: 1,
      person_id: 1,
      at: 0,
      direction: 'entered',
    })),
  );
  await platform.clickhouse.insert(
    'tag_value',
    names.map((name) => ({ tag_id: `${name}_level`, person_id: 1, texts: [name], numbers: [], version: 1 })),
  );
});

afterAll(async () => {
  await outputs?.stop();
  await server?.stop();
  await platform?.close();
  await clickhouse?.stop();
  await databases?.drop();
});

const api = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

async function ask(
  sql: string,
  options: { user?: string; password?: string } = {},
): Promise<[number, string]> {
  const login = `${options.user ?? 'wutong_reader_bi'}:${options.password ?? password}`;
  const answer = await fetch(`${server.url}/clickhouse/`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    body: sql,
  });
  return [answer.status, await answer.text()];
}

/** Somebody else is found to be the same person: what they did is theirs, also by a join. */
async function findsThePersonOfNow(): Promise<void> {
  const one = { type: 'customer_number', value: 'K1' };
  const other = { type: 'device', value: 'D1' };
  const common = { time: TEST_START_MS, event: 'opened', properties: {}, kind: 'event' as const };
  await server.ingest.append('bank', [{ ...common, keys: [other], link: 'none', messageId: 'e3' }]);
  await server.ingest.append('bank', [{ ...common, keys: [one, other], link: 'bind', messageId: 'e4' }]);
  await server.profile.mirror();
  const joined = 'select count() from event join person using (person_id) where city is not null';
  await expect.poll(() => ask(`${joined} and event = 'opened'`), { timeout: 20_000 }).toEqual([200, '2\n']);
  expect(await ask('select uniqExact(person_id) from event')).toEqual([200, '1\n']);
}

it('reads masked views, and nothing else, until it is revoked', { timeout: 180_000 }, async () => {
  const made = await api('POST', '/api/v1/readers', { name: 'bi' });
  const created = (await made.json()) as { password: string; database: string; reader: { tables: string[] } };
  expect(made.status).toBe(200);
  expect(created).toMatchObject({ database: 'wutong_reader', reader: { user: 'wutong_reader_bi' } });
  ({ password } = created);
  expect(JSON.stringify(await (await api('GET', '/api/v1/readers')).json())).not.toContain(password);

  const [status, rows] = await ask(
    `select event, properties.amount::Float64 as amount, toJSONString(properties) as all from event order by event format JSONEachRow`,
  );
  expect(status, rows).toBe(200);
  const events = rows
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events).toMatchObject([{ event: 'paid', amount: 5 }, { event: 'seen' }]);
  expect(rows).not.toContain('138');
  expect(await ask('select city, balance from person')).toEqual([200, '上海\t***\n']);
  expect(await ask('select count() from wutong_reader.event')).toEqual([200, '2\n']);
  // Members and values of what is not open to all are not there.
  expect(await ask('select segment_id from segment_change')).toEqual([200, 'open_savers\n']);
  expect(await ask('select tag_id from tag_value')).toEqual([200, 'open_level\n']);

  for (const sql of [
    'select * from wutong.event',
    'select * from wutong.identity_override',
    `insert into event values (1)`,
    'create table x (a Int8) engine = Memory',
    'drop view event',
    `select file('/etc/passwd')`,
    `select * from file('/etc/passwd')`,
    `select * from url('http://127.0.0.1:1')`,
    'select * from system.users',
    'select * from system.processes',
    'select 1 settings readonly = 0',
    'select hostName(), fqdn()',
    `select getSetting('max_threads')`,
    'show grants',
  ]) {
    const [refused, text] = await ask(sql);
    expect([400, 403], `${sql}: ${text}`).toContain(refused);
  }
  await introductions();
  await byJdbc();
  // The walls behind the door hold on their own: the user of the server has no right to anything but the views.
  const { client, password: secret } = platform.clickhouse.forUser('wutong_reader', '_reader');
  for (const sql of [
    'select * from wutong.event',
    'insert into wutong.event (person_id) values (1)',
    'select * from system.users',
    'alter table wutong.event delete where 1',
  ]) {
    await expect(client.query(sql), sql).rejects.toMatchObject({
      type: expect.stringMatching(/ACCESS_DENIED|READONLY/) as unknown,
    });
  }
  await client.close();
  expect(secret).not.toBe(password);

  expect((await ask('select 1', { password: 'wrong' }))[0]).toBe(403);
  const listed = (await (await api('GET', '/api/v1/reader-tables')).json()) as {
    items: { name: string; columns: { name: string; masked: boolean }[] }[];
  };
  const maskedOf = (name: string): string[] =>
    listed.items
      .find((table) => table.name === name)!
      .columns.filter(({ masked }) => masked)
      .map((column) => column.name);
  expect(maskedOf('person')).toEqual(['balance']);
  expect(maskedOf('event')).toEqual(['properties']);
  expect(maskedOf('consent')).toEqual([]);

  // Declared personal, nothing is read any more, also by who is connected: no loop has had its turn.
  await server.ingest.plan.saveProperty('seen', 'page', { type: 'string', piiClass: 'sensitive' }, 'test');
  await server.profile.declare({
    attributes: [{ name: 'city', title: { en: 'City', zh: '城市' }, valueType: 'string', pii: 'sensitive' }],
  });
  expect(await ask(`select toJSONString(properties) from event where event = 'seen'`)).toEqual([200, '{}\n']);
  expect(await ask('select city from person')).toEqual([200, '***\n']);

  await findsThePersonOfNow();

  const former = password;
  const rotated = await api('POST', '/api/v1/readers/bi/password');
  ({ password } = (await rotated.json()) as { password: string });
  expect((await ask('select 1'))[0]).toBe(200);
  expect((await ask('select 1', { password: former }))[0]).toBe(403);
  expect((await api('POST', '/api/v1/readers/nobody/password')).status).toBe(404);
  expect((await ask('select 1', { user: 'wutong_reader', password: secret }))[0]).toBe(403);
  expect((await ask('select 1', { user: 'default', password: '' }))[0]).toBe(403);
  expect((await api('DELETE', '/api/v1/readers/bi')).status).toBe(200);
  expect((await ask('select 1'))[0]).toBe(403);
});

/** What drivers and tools ask beside data, and what cannot be had by asking so. */
async function introductions(): Promise<void> {
  const answers: [sql: string, answer: RegExp][] = [
    ['SELECT version(), timezone()', /^[\d.]+\t\S+\n$/],
    ['select currentUser(), currentDatabase()', /^wutong_reader\twutong_reader\n$/],
    ["select toUInt8(ifnull((select value from system.settings where name = 'readonly'), '0'))", /^2\n$/],
    ["select count() from system.settings where name like '%path%' or name like '%secret%'", /^0\n$/],
    ['select count() < 20 from system.settings', /^1\n$/],
    ['select name from system.databases', /^wutong_reader\n$/],
    ['select distinct database from system.tables', /^wutong_reader\n$/],
    ['select distinct system.columns.database from system.columns', /^wutong_reader\n$/],
    ["select count() from system.functions where origin != 'System'", /^0\n$/],
    ["select * from values('a UInt8', 1, 2)", /^1\n2\n$/],
    ['SHOW DATABASES', /^wutong_reader\n$/],
    ["/* DBeaver */ show tables like 'per%'", /^person\n$/],
    ['SHOW TABLES FROM wutong_reader', /event\n/],
    ['DESCRIBE TABLE `wutong_reader`.`person`', /^person_id\tUInt64/],
    ['EXISTS TABLE person', /^1\n$/],
    ['EXISTS TABLE wutong.person', /^0\n$/],
    ["SET max_threads = 4, session_timezone = 'UTC'", /^$/],
    ['-- Metabase\nUSE default', /^$/],
  ];
  for (const [sql, answer] of answers) {
    const [status, text] = await ask(sql);
    expect([sql, status, text]).toEqual([sql, 200, expect.stringMatching(answer)]);
  }
  for (const sql of [
    'SHOW TABLES FROM wutong',
    'SHOW CREATE TABLE event',
    'SHOW GRANTS',
    'SHOW PROCESSLIST',
    'USE wutong',
    'DESCRIBE TABLE wutong.event',
    "DESCRIBE TABLE file('/etc/passwd')",
    'DESCRIBE (select * from wutong.event)',
    'SET readonly = 0; select * from wutong.event',
    'SET a = (select 1)',
    'select 1 where 1 in system.users',
    'select 1 where (1, 1) in wutong.identity_override',
    "select * from values('a String', (select any(event) from wutong.event))",
    "select * from merge('system', 'settings')",
    "select * from merge('wutong', 'event')",
    'select * from view(select * from wutong.event)',
    'select * from system.tables settings additional_table_filters = {}',
    'select * from system.grants',
    'select * from system.query_log',
    'select * from system.build_options',
    'select * from system.`users`',
    'select * from information_schema.tables',
    'with x as (select * from wutong.person) select * from x',
    "select * from cluster('default', wutong.event)",
  ]) {
    const [status, text] = await ask(sql);
    expect([400, 403, 404], `${sql}: ${status} ${text}`).toContain(status);
  }
  const login = `Basic ${Buffer.from(`wutong_reader_bi:${password}`).toString('base64')}`;
  const at = (path: string, headers: Record<string, string> = { authorization: login }): Promise<Response> =>
    fetch(`${server.url}${path}`, { method: 'POST', headers, body: 'select count() from system.settings' });
  // Settings and other users in the address are no way in either.
  const limited = await (await at('/')).text();
  expect(await (await at('/?readonly=0&additional_table_filters={}&user=default')).text()).toBe(limited);
  expect((await at('/?database=wutong')).status).toBe(404);
  expect((await at('/', {})).status).toBe(403);
  expect((await at('/?user=wutong_reader_bi&password=' + password, {})).status).toBe(403);
  const frames = Buffer.from(await (await at('/?compress=1')).arrayBuffer());
  // A checksum of 16 bytes, then the mark of LZ4.
  expect(frames[16]).toBe(0x82);
}

/** The driver that DBeaver, Metabase and others bring. */
async function byJdbc(): Promise<void> {
  const reason = whyNoJdbc();
  if (reason !== undefined) {
    console.log(`readers by JDBC skipped: ${reason}`);
    return;
  }
  const address = {
    url: `jdbc:ch:${server.url}/wutong_reader`,
    user: 'wutong_reader_bi',
    password,
  };
  const questions: [question: string, answer: RegExp][] = [
    ['#valid', /^true$/],
    ['#schemas', /^wutong_reader$/],
    ['#tables', /event.*person/],
    ['#columns person', /balance.*city|city.*balance/],
    ['#types', /^some$/],
    ['select balance from person', /^\*\*\*$/],
    ['select count() from event', /^2$/],
    ['#prepared select count() from event where event <> ?', /^2$/],
    ['SET max_threads = 1', /^done$/],
    ['select * from wutong.event', /^! .*ACCESS_DENIED/],
    ['insert into person values (1)', /^! /],
    ['select * from system.users', /^! .*ACCESS_DENIED/],
  ];
  const answers = await askByJdbc(
    address,
    questions.map(([question]) => question),
  );
  for (const [index, [question, answer]] of questions.entries())
    expect([question, answers[index]]).toEqual([question, expect.stringMatching(answer)]);
}
