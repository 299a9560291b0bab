import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIngestionRooms, type IngestionRooms } from '../../../test/harness/ingestion-rooms.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createWarehouseWorld, type WarehouseWorld } from '../../../test/harness/warehouse-world.ts';
import { createHttpServer, type HttpServer } from '../../platform/index.ts';

let world: WarehouseWorld;
let rooms: IngestionRooms;
let server: HttpServer;

/** Calls as a user; the answer as parsed JSON, or as text when it is none. */
async function call(user: string, method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: object) {
  const answer = await server.fastify.inject({
    method,
    url,
    headers: { authorization: `Bearer token-of-${user}` },
    ...(body ? { payload: body } : {}),
  });
  const isJson = /json/.test(String(answer.headers['content-type']));
  return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json() : undefined };
}

beforeAll(async () => {
  world = await createWarehouseWorld();
  const { platform } = world;
  rooms = createIngestionRooms(platform);
  await rooms.start();
  server = createHttpServer(platform);
  rooms.ingestion.routes(server);
  for (const [name, role] of [
    ['root', 'administrator'],
    ['dana', 'data_engineer'],
    ['mia', 'marketer'],
  ] as const) {
    await makeUser(platform, { name, role }, `token-of-${name}`);
  }
  await world.bank.execute(`create table client (id int primary key, mobile text, changed_at timestamp);
    insert into client values (1, '13912345678', '2026-03-01 10:00:00'), (2, null, '2026-03-01 11:00:00')`);
});

afterAll(async () => {
  await server?.fastify.close();
  await rooms?.stop();
  await world?.stop();
});

test('a data engineer connects, maps, previews masked, and runs; secrets and persons stay hidden', async () => {
  const { settings, secrets } = world.bankConnection;
  const connection = { connectionId: 'core', name: '核心', kind: 'postgresql', settings, secrets };
  expect((await call('dana', 'PUT', '/api/v1/connection-reach', { hosts: ['0.0.0.0/0'] })).status).toBe(403);
  expect((await call('mia', 'POST', '/api/v1/connections', connection)).status).toBe(403);
  const made = await call('dana', 'POST', '/api/v1/connections', connection);
  expect(made.body).toMatchObject({ connectionId: 'core', secretsSet: ['password'] });
  const listed = await call('mia', 'GET', '/api/v1/connections');
  expect(made.text + listed.text).not.toContain(secrets.password);
  expect((await call('dana', 'POST', '/api/v1/connections/core/test')).body).toMatchObject({ ok: true });

  const preview = '/api/v1/connections/core/preview?schema=public&table=client';
  expect((await call('mia', 'GET', preview)).status).toBe(403);
  expect((await call('dana', 'GET', preview)).body.rows[0][1]).toBe('1********');
  expect((await call('dana', 'GET', `${preview}&open=true`)).body.code).toBe('permission_denied');
  expect((await call('root', 'GET', `${preview}&open=true`)).body.rows[0][1]).toBe('13912345678');
  const opened = await world.platform.audit.list(world.platform.database, { before: undefined, limit: 5 });
  expect(opened[0]).toMatchObject({ action: 'pii.open', actor: 'root' });

  const table = { connectionId: 'core', table: 'client' };
  expect((await call('dana', 'PUT', '/api/v1/mapped-tables/client', table)).status).toBe(200);
  expect((await call('dana', 'DELETE', '/api/v1/connections/core')).body.code).toBe('connection_in_use');
  const task = {
    taskId: 'clients',
    name: '客户',
    sourceId: 'core',
    query: { table: 'client' },
    load: { mode: 'incremental', key: ['id'], watermark: 'changed_at' },
    mapping: { records: [{ record: 'person', keys: [{ type: 'mobile', value: 'mobile' }] }] },
  };
  expect((await call('dana', 'POST', '/api/v1/ingestion-tasks', task)).body).toMatchObject({
    state: 'stopped',
  });
  expect((await call('dana', 'DELETE', '/api/v1/mapped-tables/client')).body.code).toBe(
    'mapped_table_in_use',
  );
  await call('dana', 'POST', '/api/v1/ingestion-tasks/clients/start');
  await rooms.ingestion.worker.round();
  await rooms.ingestion.worker.settled();
  const { body: shown } = await call('mia', 'GET', '/api/v1/ingestion-tasks/clients');
  expect(shown.lastRun).toMatchObject({
    state: 'finished',
    rowsIn: 2,
    rowsRejected: 1,
    records: { person: 1 },
  });
  const runs = `/api/v1/ingestion-tasks/clients/runs`;
  expect((await call('mia', 'GET', runs)).body.items).toHaveLength(1);
  const log = await call('mia', 'GET', `${runs}/${shown.lastRun.runId}/log`);
  expect(log.body.items.map((line: { level: string }) => line.level)).toEqual(['info', 'info', 'info']);
  const errors = await call('mia', 'GET', `${runs}/${shown.lastRun.runId}/errors`);
  expect(errors.text).toBe(
    'row,record,code,reason\r\n2,1,value_type_conflict,mobile: no key of a person\r\n',
  );
  const ready = await call('mia', 'GET', '/api/v1/source-readiness?sources=core&since=2026-03-02T01:00:00Z');
  expect(ready.body.items).toMatchObject([{ sourceId: 'core', ready: true, late: false }]);
});
