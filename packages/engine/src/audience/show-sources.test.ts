import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ingestionTasksApi, type audienceApi } from '@wutong/contract';
import { createIngestionRooms, type IngestionRooms } from '../../test/harness/ingestion-rooms.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../test/harness/warehouse-world.ts';
import { createHttpServer, findFreePort, type HttpServer, type Role } from '../platform/index.ts';
import { createAudience, type Audience } from './index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const SCHEDULE = { every: 'source_ready', at: '00:30', sources: ['core_bank'] } as const;

let world: WarehouseWorld;
let rooms: IngestionRooms;
let audience: Audience;
let server: HttpServer;

beforeAll(async () => {
  // Ten in the morning in Shanghai, on the second of March.
  world = await createWarehouseWorld({ startMs: Date.parse('2026-03-02T10:00+08:00') });
  const { platform } = world;
  rooms = createIngestionRooms(platform);
  await rooms.start();
  audience = createAudience(platform, {
    identity: rooms.identity,
    profile: rooms.profile,
    ingest: {
      plan: rooms.ingest.plan,
      sourceReadiness: (sourceIds, since) => rooms.ingestion.sourceReadiness(sourceIds, since),
    },
  });
  server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  audience.routes(server);
  const users: [string, Role][] = [
    ['admin', 'administrator'],
    ['marketer', 'marketer'],
  ];
  for (const [name, role] of users) {
    await makeUser(platform, { name, role }, `token-of-${name}-1234`);
  }
  const { settings, secrets } = world.bankConnection;
  const { connections, browser } = rooms.ingestion.warehouse;
  await connections.create(
    { connectionId: 'core', name: 'core', kind: 'postgresql', settings, secrets },
    'tester',
  );
  await world.bank.execute(
    `create table client (id text primary key, changed_at timestamptz);
     insert into client values ('C1', '2026-03-01 00:00:00+08')`,
  );
  const table = { connectionId: 'core', schema: '', table: 'client', textColumns: [], description: '' };
  await browser.map('client', table, 'tester');
  await audience.start();
}, 180_000);

afterAll(async () => {
  await audience?.stop();
  await server?.fastify.close();
  await rooms?.stop();
  await world?.stop();
});

async function createTask(): Promise<void> {
  const definition = ingestionTasksApi.taskDefinitionSchema.parse({
    name: '客户日终',
    sourceId: 'core_bank',
    query: { table: 'client' },
    load: { mode: 'incremental', key: ['id'], watermark: 'changed_at' },
    schedule: { every: 'day', at: '00:10' },
    attempts: 1,
    mapping: { records: [{ record: 'person', keys: [{ type: 'customer_number', value: 'id' }] }] },
  });
  await rooms.ingestion.tasks.create('clients', definition, 'tester');
}

/** Works on everything that waits, as the loops of collection would. */
async function work(): Promise<void> {
  await rooms.ingestion.worker.openDue();
  await rooms.ingestion.worker.round();
  await rooms.ingestion.worker.settled();
}

async function call<Result>(name: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: object) {
  const answer = await server.fastify.inject({
    method,
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer token-of-${name}-1234` },
    ...(body ? { payload: body } : {}),
  });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json<Result>();
}

type Both = [audienceApi.SegmentView, audienceApi.TagView];
const both = (): Promise<Both> =>
  Promise.all([
    call<audienceApi.SegmentView>('marketer', 'GET', '/segments/nightly'),
    call<audienceApi.TagView>('marketer', 'GET', '/tags/nightly'),
  ]);
/** The loop of the audience has had its turn, and the segment and the tag wait, or wait no more. */
const whenWaiting = (isWaiting: boolean): Promise<Both> =>
  vi.waitFor(async () => {
    const { clock, database } = world.platform;
    const due = await database.query(
      `select 1 from audience.segment where due_at <= $1 union all select 1 from audience.tag where due_at <= $1`,
      [clock.now()],
    );
    expect(due).toEqual([]);
    const shown = await both();
    for (const each of shown) expect(each.waitingSince !== undefined).toBe(isWaiting);
    return shown;
  }, 10_000);
const dayLater = () => world.platform.clock.advance(DAY_MS);

it('says which source it waits for, since when, and why that is late', async () => {
  await createTask();
  await rooms.ingestion.tasks.start('clients', 'tester');
  await work();
  await call('admin', 'POST', '/segments', {
    segmentId: 'nightly',
    name: '夜间人群',
    text: 'person',
    schedule: SCHEDULE,
  });
  await call('admin', 'POST', '/tags', {
    tagId: 'nightly',
    name: '夜间标签',
    text: "tier { 'in' when in segment nightly else 'out' }",
    schedule: SCHEDULE,
  });
  const [fresh] = await whenWaiting(false);
  expect(fresh.sources).toMatchObject([
    {
      sourceId: 'core_bank',
      state: 'ready',
      tasks: [{ taskId: 'clients', name: '客户日终', started: true }],
    },
  ]);

  // The bank's database is away that night.
  const { settings, secrets } = world.bankConnection;
  const { connections } = rooms.ingestion.warehouse;
  await connections.update(
    'core',
    { settings: { ...settings, port: await findFreePort() }, secrets },
    'tester',
  );
  dayLater();
  await work();
  const waiting = await whenWaiting(true);
  for (const each of waiting) {
    expect(each).toMatchObject({
      waitingSince: '2026-03-02T16:30:00.000Z',
      wantedUntil: '2026-03-02T16:30:00.000Z',
      sources: [
        { state: 'waiting', tasks: [{ state: 'failed', completeUntil: '2026-03-02T02:00:00.000Z' }] },
      ],
    });
    expect(each.sources![0]!.tasks[0]!.problem).toContain('无法连接数据源');
  }
  const listed = await call<{ items: audienceApi.SegmentView[] }>(
    'marketer',
    'GET',
    '/segments?status=waiting',
  );
  expect(listed.items).toMatchObject([{ segmentId: 'nightly', waitingSince: '2026-03-02T16:30:00.000Z' }]);
  const graph = await call<{ nodes: object[] }>('marketer', 'GET', '/audience/lineage?kind=tag&id=nightly');
  expect(graph.nodes).toContainEqual(expect.objectContaining({ waitingSince: '2026-03-02T16:30:00.000Z' }));

  // A second night it waits since the first one, for what the second one wants; computing it now changes nothing of that.
  dayLater();
  await call('admin', 'POST', '/segments/nightly/compute');
  await call('admin', 'POST', '/tags/nightly/compute');
  await vi.waitFor(async () => {
    for (const each of await both()) {
      expect(each).toMatchObject({
        waitingSince: '2026-03-02T16:30:00.000Z',
        wantedUntil: '2026-03-03T16:30:00.000Z',
        computedAt: '2026-03-04T02:00:00.000Z',
      });
    }
  }, 10_000);

  await connections.update('core', { settings, secrets }, 'tester');
  await rooms.ingestion.tasks.start('clients', 'tester');
  await work();
  world.platform.clock.advance(MINUTE_MS);
  for (const each of await whenWaiting(false)) {
    expect(each).toMatchObject({ computedAt: '2026-03-04T02:01:00.000Z', sources: [{ state: 'ready' }] });
  }
});

it('waits for nobody whose tasks were stopped or deleted, and says that nothing brings it', async () => {
  dayLater();
  await whenWaiting(true);
  await rooms.ingestion.tasks.stop('clients', 'tester');
  world.platform.clock.advance(MINUTE_MS);
  const [stopped] = await whenWaiting(false);
  expect(stopped.sources).toMatchObject([
    { sourceId: 'core_bank', state: 'unwatched', tasks: [{ started: false }] },
  ]);
  await rooms.ingestion.tasks.remove('clients', 'tester');
  dayLater();
  const [gone] = await whenWaiting(false);
  expect(gone.sources).toMatchObject([{ sourceId: 'core_bank', state: 'unwatched', tasks: [] }]);
});

it('refuses to wait for what is no source', async () => {
  const refused = async (method: 'POST' | 'PUT', path: string, body: object) => {
    const url = `/api/v1${path}`;
    const headers = { authorization: 'Bearer token-of-admin-1234' };
    const answer = await server.fastify.inject({ method, url, headers, payload: body });
    return [answer.statusCode, answer.json<{ code: string }>().code];
  };
  const schedule = { ...SCHEDULE, sources: ['core_bank', 'core_bnak'] };
  const misspelt = { name: '夜间', text: 'person', schedule };
  const unknown = [404, 'source_not_found'];
  expect(await refused('POST', '/segments', { ...misspelt, segmentId: 'misspelt' })).toEqual(unknown);
  expect(await refused('PUT', '/segments/nightly', { ...misspelt, version: 1 })).toEqual(unknown);
  const tag = { ...misspelt, text: '1', valueType: 'number' };
  expect(await refused('POST', '/tags', { ...tag, tagId: 'misspelt', kind: 'rule' })).toEqual(unknown);
});
