import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../../test/harness/ingest-server.ts';
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

/** Readers ask nothing of later rooms. */
const noLaterRooms = {
  segmentWatermark: () => Promise.resolve({ run: 0, personId: 0 }),
  segmentChanges: () => Promise.resolve([]),
  tagIds: () => Promise.resolve(new Set<string>()),
  tagValues: () => Promise.resolve(new Map()),
};

beforeAll(async () => {
  [clickhouse, databases] = await Promise.all([startOwnClickHouse(), createTestDatabases()]);
  platform = createTestPlatform({ databaseUrl: databases.databaseUrl, clickhouseUrl: clickhouse.url });
  await migrateClickHouse(platform.clickhouse);
  server = await startIngestServer(platform, {
    routes: (http, { identity, profile }) => {
      outputs = createOutputs({ platform, identity, profile, ports: noLaterRooms });
      outputs.routes(http);
    },
  });
  const userId = await platform.access.createUser({
    name: 'engineer',
    displayName: '',
    password: 'a long password',
    role: 'data_engineer',
  });
  token = 'token-engineer-1234567890';
  await platform.access.ensureToken(userId, 'test', token);
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

it('reads masked views, and nothing else, until it is revoked', async () => {
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
    'select * from system.settings',
    'select 1 settings readonly = 0',
    `select currentUser()`,
    'show grants',
  ]) {
    const [refused, text] = await ask(sql);
    expect([400, 403], `${sql}: ${text}`).toContain(refused);
  }
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
