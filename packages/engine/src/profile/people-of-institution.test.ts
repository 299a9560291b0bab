import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createHttpServer, type HttpServer, type Platform } from '../platform/index.ts';
import { createProfile } from './index.ts';

const title = { en: 'x', zh: 'x' };
/** Customer → institution; BR and its outlets B1 and B2 are below HQ, X is elsewhere. */
const CUSTOMERS: Readonly<Record<string, string | undefined>> = {
  'OF-B1': 'B1',
  'OF-B2': 'B2',
  'OF-BR': 'BR',
  'OF-X': 'X',
  'OF-NONE': undefined,
};

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let server: HttpServer;
const personOf = new Map<string, number>();

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  const profile = createProfile(platform, identity);
  server = createHttpServer({ ...platform, peopleOfInstitution: profile.peopleOfInstitution });
  identity.routes(server);
  profile.routes(server);
  await profile.declare({
    attributes: [{ name: 'institution_id', title, valueType: 'string' }],
    entityTypes: [{ name: 'institution', title, fields: [] }],
    relationTypes: [{ name: 'part_of', title, from: 'institution', to: 'institution' }],
  });
  await profile.writeFacts(
    [
      ['B1', 'BR'],
      ['B2', 'BR'],
      ['BR', 'HQ'],
    ].map(([part, whole]) => ({
      kind: 'relation' as const,
      type: 'part_of',
      from: { type: 'institution', id: part! },
      to: { type: 'institution', id: whole! },
      fields: {},
      at: 0,
      sourceId: 'test',
      messageId: `${part}`,
    })),
  );
  await platform.database.transaction(async (transaction) => {
    for (const [customer, institution] of Object.entries(CUSTOMERS)) {
      const [who] = await identity.resolve(transaction, [
        {
          keys: [{ type: 'customer_number', value: customer }],
          link: 'none',
          at: 0,
          sourceId: 'test',
          messageId: customer,
        },
      ]);
      const { personId, keyNumber } = who!;
      personOf.set(customer, personId);
      const values = institution === undefined ? { vip: true } : { institution_id: institution };
      await profile.apply(transaction, [
        {
          kind: 'attributes',
          action: 'set',
          personId,
          keyNumber,
          values,
          at: 0,
          sourceId: 'test',
          messageId: `${customer} a`,
        },
      ]);
    }
  });
  for (const [name, institutionId] of [
    ['b1', 'B1'],
    ['br', 'BR'],
    ['hq', undefined],
  ] as const) {
    await makeUser(platform, { name, role: 'manager', institutionId }, `token-of-${name}-user`);
  }
}, 120_000);
afterAll(async () => {
  await server.fastify.close();
  await identity.stop();
  await platform.close();
  await databases.drop();
});

async function ask(user: string, url: string, body?: object) {
  const response = await server.fastify.inject({
    method: body ? 'POST' : 'GET',
    url,
    headers: { authorization: `Bearer token-of-${user}-user` },
    ...(body ? { payload: body } : {}),
  });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

/** Who sees which customers. */
const SEEN: readonly [user: string, customers: readonly string[]][] = [
  ['b1', ['OF-B1']],
  ['br', ['OF-B1', 'OF-B2', 'OF-BR']],
  ['hq', Object.keys(CUSTOMERS)],
];

it.each(SEEN)('lets %s find, open and name only %j', async (user, customers) => {
  for (const [customer, personId] of personOf) {
    const seen = customers.includes(customer);
    const found = await ask(user, `/api/v1/people?search=${customer}`);
    expect(found.body['items']).toHaveLength(seen ? 1 : 0);
    for (const page of ['', '/keys', '/timeline']) {
      const { status, body } = await ask(user, `/api/v1/people/${personId}${page}`);
      expect([customer, page, status]).toEqual([customer, page, seen ? 200 : 404]);
      if (!seen) expect(body['code']).toBe('person_not_found');
    }
  }
  const titles = await ask(user, '/api/v1/people/titles', { personIds: [...personOf.values()] });
  const items = titles.body['items'] as { personId: number }[];
  expect(new Set(items.map((item) => item.personId))).toEqual(
    new Set(customers.map((customer) => personOf.get(customer))),
  );
});
