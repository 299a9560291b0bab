import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createHttpServer, type HttpServer, type Platform } from '../platform/index.ts';
import { createProfile, type Profile } from './index.ts';

const TOKEN = 'token-of-the-administrator';
const READER = 'token-of-a-marketer';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;
let server: HttpServer;
let personId: number;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  server = createHttpServer(platform);
  profile.routes(server);
  for (const [name, role, token] of [
    ['root', 'administrator', TOKEN],
    ['mia', 'marketer', READER],
  ] as const) {
    await makeUser(platform, { name, role }, token);
  }
  await call('PUT', '/api/v1/attributes', {
    name: 'full_name',
    title: { en: 'Name', zh: '姓名' },
    valueType: 'string',
    pii: 'identifying',
    mask: 'name',
  });
  await call('PUT', '/api/v1/purposes', {
    purpose: 'marketing',
    version: 1,
    title: { en: 'Marketing', zh: '营销' },
  });
  personId = await platform.database.transaction(async (transaction) => {
    const keys = [{ type: 'customer_number', value: 'HTTP-1' }];
    const [who] = await identity.resolve(transaction, [
      { keys, link: 'none', at: 0, sourceId: 'test', messageId: '1' },
    ]);
    const { personId: id, keyNumber } = who!;
    const values = { full_name: '欧阳锋', level: 3 };
    await profile.apply(transaction, [
      {
        kind: 'attributes',
        action: 'set',
        personId: id,
        keyNumber,
        values,
        at: 0,
        sourceId: 'test',
        messageId: '2',
      },
    ]);
    return id;
  });
});
afterAll(async () => {
  await server.fastify.close();
  await identity.stop();
  await platform.close();
  await databases.drop();
});

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object, token = TOKEN) {
  const response = await server.fastify.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { payload: body } : {}),
  });
  return {
    status: response.statusCode,
    body: response.json<Record<string, never>>() as Record<string, unknown>,
  };
}

test('the view is masked; opening it needs the permission and a purpose, and is in the audit', async () => {
  const masked = await call('GET', `/api/v1/people/${personId}`, undefined, READER);
  expect(masked.status).toBe(200);
  expect(masked.body['title']).toBe('欧**');
  expect(JSON.stringify(masked.body)).not.toContain('阳锋');
  const url = `/api/v1/people/${personId}/openings`;
  expect((await call('POST', url, { purpose: 'call back' }, READER)).status).toBe(403);
  expect((await call('POST', url, { purpose: '' })).status).toBe(400);
  const opened = await call('POST', url, { purpose: 'complaint 4711: call back' });
  expect(JSON.stringify(opened.body)).toContain('欧阳锋');
  const audit = await platform.database.query(
    `select actor, object, detail from platform.audit where action = 'pii.open'`,
  );
  expect(audit).toEqual([
    { actor: 'root', object: `person ${personId}`, detail: { purpose: 'complaint 4711: call back' } },
  ]);
  expect((await call('GET', '/api/v1/people/999999')).body['code']).toBe('person_not_found');
});

test('consent is given and withdrawn, each with its history', async () => {
  const url = `/api/v1/people/${personId}/consents`;
  const given = await call('POST', url, { purpose: 'marketing', granted: true, at: '2026-01-01T00:00:00Z' });
  expect((given.body['consents'] as { valid: boolean }[]).every((each) => each.valid)).toBe(true);
  await call('POST', url, { purpose: 'marketing', channel: 'sms', granted: false });
  const states = (await profile.consentsOf(platform.database, [personId])).get(personId)!;
  expect(states.filter((each) => !each.valid).map((each) => each.channel)).toEqual(['sms']);
  expect(((await call('GET', url)).body['items'] as unknown[]).length).toBe(7);
  expect((await call('POST', url, { purpose: 'unheard', granted: true })).body['code']).toBe(
    'purpose_not_declared',
  );
  expect((await call('POST', url, { purpose: 'marketing', granted: true }, READER)).status).toBe(403);
});

test('a suppression is added and lifted', async () => {
  const url = `/api/v1/people/${personId}/suppressions`;
  const added = await call('POST', url, { channel: 'sms', reason: 'opted_out' });
  expect(added.body).toMatchObject({ scope: 'person', channel: 'sms', purpose: '*' });
  const id = String(added.body['suppressionId']);
  expect((await call('DELETE', `/api/v1/suppressions/${id}`)).body).toEqual({ lifted: true });
  expect((await call('DELETE', `/api/v1/suppressions/${id}`)).body).toEqual({ lifted: false });
});

test('types are declared, extended, never contradicted', async () => {
  const type = (fields: object[]) => ({ name: 'branch', title: { en: 'Branch', zh: '网点' }, fields });
  const field = (name: string, valueType: string) => ({ name, valueType, title: { en: name, zh: name } });
  expect((await call('PUT', '/api/v1/entity-types', type([field('city', 'string')]))).status).toBe(200);
  expect((await call('PUT', '/api/v1/entity-types', type([field('staff', 'number')]))).status).toBe(200);
  expect((await call('PUT', '/api/v1/entity-types', type([field('staff', 'string')]))).body['code']).toBe(
    'declaration_conflict',
  );
  expect((await call('PUT', '/api/v1/entity-types', type([field('version', 'number')]))).body['code']).toBe(
    'reserved_name',
  );
  // Whoever asked which details name a branch got an internal error.
  const visit = { ...type([]), name: 'visit', references: [{ field: 'branch_id', entityType: 'branch' }] };
  expect((await call('PUT', '/api/v1/detail-types', visit)).body['code']).toBe('declaration_conflict');
  await profile.writeFacts([
    {
      kind: 'entity',
      type: 'branch',
      id: 'B1',
      fields: { city: '上海' },
      at: 1,
      sourceId: 'test',
      messageId: 'b',
    },
    {
      kind: 'entity',
      type: 'branch',
      id: 'B2',
      fields: { city: '北京' },
      at: 1,
      sourceId: 'test',
      messageId: 'b',
    },
  ]);
  const page = await call('GET', '/api/v1/entities/branch?limit=1', undefined, READER);
  expect(page.body).toMatchObject({ items: [{ id: 'B1', attributes: { city: '上海' } }], nextCursor: 'B1' });
  const found = await call('GET', `/api/v1/entities/branch?search=${encodeURIComponent('北京')}`);
  expect((found.body['items'] as { id: string }[]).map((each) => each.id)).toEqual(['B2']);
  expect((await call('GET', '/api/v1/entities/branch/B1')).body).toMatchObject({ title: 'B1' });
  expect((await call('GET', '/api/v1/entities/branch/B9')).body['code']).toBe('entity_not_found');
  expect((await call('GET', '/api/v1/entities/ship/1')).body['code']).toBe('type_not_declared');
});

test('what refers to a product is on its page, with whose it is; neighbours have names', async () => {
  const title = (en: string) => ({ en, zh: en });
  const name = { name: 'name', title: title('name'), valueType: 'string' } as const;
  await profile.declare({
    entityTypes: [
      { name: 'fund', title: title('Fund'), titleField: 'name', fields: [name] },
      { name: 'branch', title: title('Branch'), titleField: 'name', fields: [name] },
    ],
    relationTypes: [{ name: 'under', title: title('Under'), from: 'branch', to: 'branch' }],
    detailTypes: [
      {
        name: 'position',
        title: title('Position'),
        fields: [{ name: 'fund_id', title: title('Fund'), valueType: 'string' }],
        references: [{ field: 'fund_id', entityType: 'fund' }],
      },
    ],
  });
  const keyNumber = (await identity.keysOf([personId])).get(personId)![0]!.keyNumber;
  const said = { at: 1, sourceId: 'test', messageId: 'r' };
  const branch = (id: string) => ({ type: 'branch', id });
  const under = (from: string, to: string) =>
    ({ kind: 'relation', type: 'under', from: branch(from), to: branch(to), fields: {}, ...said }) as const;
  await profile.writeFacts([
    { kind: 'entity', type: 'fund', id: 'F1', fields: { name: 'Growth' }, ...said },
    ...['A', 'B', 'C'].map(
      (id) => ({ kind: 'entity', type: 'branch', id, fields: { name: `Branch ${id}` }, ...said }) as const,
    ),
    under('B', 'A'),
    under('C', 'B'),
    {
      kind: 'detail',
      type: 'position',
      id: 'P1',
      owner: { type: 'person', personId, keyNumber },
      time: 1,
      fields: { fund_id: 'F1' },
      ...said,
    },
  ]);
  const { body } = await call('GET', '/api/v1/entities/fund/F1/references', undefined, READER);
  expect(body['items']).toEqual([
    expect.objectContaining({
      type: 'position',
      field: 'fund_id',
      count: 1,
      newest: [
        expect.objectContaining({
          detailId: 'P1',
          owner: { type: 'person', id: String(personId), title: '欧**' },
        }),
      ],
    }),
  ]);
  const top = await profile.entityView('branch', 'A');
  expect(top.relations[0]!.neighbours).toMatchObject([{ id: 'C', title: 'Branch C' }]);
});
