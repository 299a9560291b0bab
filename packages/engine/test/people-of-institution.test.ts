import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { composeRooms, type Rooms } from '../src/compose-rooms.ts';
import { createHttpServer, type HttpServer, type Platform } from '../src/platform/index.ts';
import { startClickHouseCluster, type TestClickHouseCluster } from './harness/clickhouse-cluster.ts';
import { createDatabasesOn, createTestDatabases, type TestDatabases } from './harness/databases.ts';
import { makeUser } from './harness/make-user.ts';
import { createTestPlatform, TEST_START_MS } from './harness/platform.ts';

/**
 * Users of an institution: what they count, page through, meet inside relations and write down is about the people of
 * their institution only, through the doors of all rooms.
 */
const title = { en: 'x', zh: 'x' };
/** Every tenth customer is of branch B1, the others of B2; 60 in all. */
const CUSTOMERS = Array.from({ length: 60 }, (_, place) => ({
  key: `C${place}`,
  institution: place % 10 === 0 ? 'B1' : 'B2',
  aum: place,
}));
const OWN = CUSTOMERS.filter((customer) => customer.institution === 'B1');

let cluster: TestClickHouseCluster | undefined;
let databases: TestDatabases;
let platform: Platform;
let rooms: Rooms;
let server: HttpServer;
let sourceKey: string;
const personOf = new Map<string, number>();
const own = (): number[] => OWN.map(({ key }) => personOf.get(key)!).sort((a, b) => a - b);
const other = (): number => personOf.get('C1')!;

interface Answer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of twenty operations, looked into by the tests
  body: any;
}
async function ask(user: string, method: string, url: string, body?: object): Promise<Answer> {
  const response = await server.fastify.inject({
    method: method as 'GET',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer token-of-${user}` },
    ...(body ? { payload: body } : {}),
  });
  return { status: response.statusCode, body: response.json<unknown>() };
}
const branch = (method: string, url: string, body?: object): Promise<Answer> =>
  ask('branch', method, url, body);
const head = async (method: string, url: string, body?: object): Promise<Answer> => {
  const answer = await ask('head', method, url, body);
  expect([url, answer.status, answer.body]).toMatchObject([url, 200, {}]);
  return answer;
};

describe.each([1, 2])('with %i shard of ClickHouse', (shards) => {
  beforeAll(async () => {
    cluster = shards === 1 ? undefined : await startClickHouseCluster(shards);
    databases = cluster
      ? await createDatabasesOn(inject('databaseUrl'), cluster.urls.join(','), cluster.name)
      : await createTestDatabases();
    platform = createTestPlatform(databases);
    rooms = composeRooms(platform);
    server = createHttpServer({ ...platform, peopleOfInstitution: rooms.peopleOfInstitution });
    rooms.routes(server);
    await rooms.start();
    await server.fastify.ready();
    for (const [name, role, institutionId] of [
      ['head', 'administrator', undefined],
      ['branch', 'administrator', 'B1'],
    ] as const) {
      await makeUser(platform, { name, role, institutionId }, `token-of-${name}`);
    }
    await head('PUT', '/attributes', { name: 'institution_id', title, valueType: 'string' });
    await head('PUT', '/attributes', { name: 'aum', title, valueType: 'number' });
    await head('PUT', '/entity-types', { name: 'company', title, fields: [] });
    await head('PUT', '/relation-types', { name: 'works_for', title, from: 'person', to: 'company' });
    const source = await head('POST', '/sources', { sourceId: 'core', name: 'Core' });
    sourceKey = source.body.key;
    const records = CUSTOMERS.flatMap(({ key, institution, aum }) => {
      const keys = [{ type: 'customer_number', value: key }];
      const to = { type: 'company', id: 'ACME' };
      return [
        { kind: 'attributes', keys, attributes: { institution_id: institution, aum } },
        { kind: 'event', keys, event: 'login', time: TEST_START_MS - 60_000 },
        { kind: 'relation', keys, relationType: 'works_for', to, validFrom: '2020-01-01T00:00:00Z' },
      ];
    });
    records.push({ kind: 'entity', entityType: 'company', entityId: 'ACME', attributes: {} } as never);
    const collected = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/collect',
      headers: { authorization: `Bearer ${sourceKey}` },
      payload: { records },
    });
    expect(collected.json()).toMatchObject({ stored: records.length, rejected: 0 });
    for (const { key } of CUSTOMERS) {
      const found = await head('GET', `/people?search=${key}`);
      personOf.set(key, found.body.items[0].personId);
    }
    await vi.waitFor(
      async () => {
        const counted = await head('POST', '/eql/count', { text: 'person where aum >= 0' });
        expect(counted.body.count).toBe(60);
        const view = await head('GET', '/entities/company/ACME');
        expect(view.body.relations).toHaveLength(60);
      },
      { timeout: 30_000, interval: 100 },
    );
  }, 120_000);
  afterAll(async () => {
    await server?.fastify.close();
    await rooms?.stop();
    await platform?.close();
    await databases?.drop();
    await cluster?.stop();
  });

  it('counts, lists and pages the people of the institution only', async () => {
    const text = 'person where aum >= 0';
    const counted = await branch('POST', '/eql/count', { text, breakdown: true });
    expect(counted.body).toMatchObject({ count: OWN.length, total: OWN.length });
    const effects = await branch('POST', '/eql/effects', { text });
    expect(effects.body).toMatchObject({ count: OWN.length, total: OWN.length });
    const first = await branch('POST', '/eql/people', { text, limit: 4 });
    expect(first.body.items).toHaveLength(4);
    const rest = await branch('POST', '/eql/people', { text, limit: 4, cursor: first.body.nextCursor });
    expect([...first.body.items, ...rest.body.items].map((each) => each.personId)).toEqual(own());
  });

  it('gives segments and tags the size that can be looked into', async () => {
    await head('POST', '/segments', {
      segmentId: 'all',
      name: 'All',
      kind: 'rule',
      text: 'person where aum >= 0',
    });
    const read = await branch('GET', '/segments/all');
    expect(read.body).toMatchObject({ members: OWN.length, total: OWN.length, trend: [] });
    const listed = await branch('GET', '/segments');
    expect(listed.body.items[0]).toMatchObject({ segmentId: 'all', members: OWN.length });
    const page = await branch('GET', '/segments/all/members?limit=5');
    expect(page.body.items).toHaveLength(5);
    const end = await branch('GET', `/segments/all/members?limit=5&cursor=${page.body.nextCursor}`);
    expect([...page.body.items, ...end.body.items].map((each) => each.personId)).toEqual(own());
    expect((await branch('POST', '/segments/all/compute')).body).toMatchObject({ members: OWN.length });
    expect((await head('GET', '/segments/all')).body).toMatchObject({ members: 60, total: 60 });

    await head('POST', '/tags', {
      tagId: 'rich',
      name: 'Rich',
      kind: 'rule',
      text: "tier { 'yes' when aum >= 0 }",
    });
    expect((await branch('GET', '/tags/rich')).body).toMatchObject({
      people: OWN.length,
      values: [{ value: 'yes', people: OWN.length }],
    });
    expect((await head('GET', '/tags/rich')).body).toMatchObject({ people: 60 });
  });

  it('lets nobody write about people elsewhere, nor lose them by a list of the own', async () => {
    const given = { segmentId: 'given', name: 'Given', kind: 'import' };
    const refused = await branch('POST', '/segments', { ...given, personIds: [...own(), other()] });
    expect([refused.status, refused.body.code]).toEqual([404, 'person_not_found']);
    await head('POST', '/segments', { ...given, personIds: [...personOf.values()] });
    const set = await branch('PUT', '/segments/given/members', { personIds: own().slice(0, 2) });
    expect(set.body).toMatchObject({ members: 2 });
    expect((await head('GET', '/segments/given')).body).toMatchObject({ members: 60 - OWN.length + 2 });
    const foreign = await branch('PUT', '/segments/given/members', { personIds: [other()] });
    expect(foreign.status).toBe(404);

    await head('POST', '/tags', { tagId: 'score', name: 'Score', kind: 'manual' });
    const values = (personId: number): object => ({ values: [{ personId, values: ['1'] }] });
    expect((await branch('POST', '/tags/score/values', values(other()))).status).toBe(404);
    expect((await branch('POST', '/tags/score/values', values(own()[0]!))).status).toBe(200);

    const suppression = await head('POST', `/people/${other()}/suppressions`, {
      scope: 'person',
      channel: '*',
      purpose: '*',
      reason: 'test',
    });
    const lifted = await branch('DELETE', `/suppressions/${suppression.body.suppressionId}`);
    expect(lifted.status).toBe(404);
    expect((await head('DELETE', `/suppressions/${suppression.body.suppressionId}`)).body).toEqual({
      lifted: true,
    });
  });

  it('answers analyses, portraits and reports of the same people as their drill-down', async () => {
    const period = { lastDays: 2 };
    const funnel = { period, steps: [{ event: 'login' }, { event: 'login' }] };
    const answer = await branch('POST', '/analyses/funnel', funnel);
    expect(answer.body.steps[0].people).toBe(OWN.length);
    const of = { kind: 'funnel', analysis: funnel, cell: { step: 1, outcome: 'reached' } };
    const people = await branch('POST', '/analyses/people', { of, limit: 100 });
    expect(people.body).toMatchObject({ total: OWN.length, personIds: own() });
    const portrait = await branch('POST', '/analyses/portrait', { people: 'person where aum >= 10' });
    expect(portrait.body).toMatchObject({ people: OWN.length - 1, others: 1 });
    const report = { subject: { kind: 'people' }, measures: [{ kind: 'people' }], dimensions: [] };
    expect((await branch('POST', '/reports/run', report)).body.total.people).toBe(OWN.length);
  });

  it('hides people elsewhere inside the relations of an entity', async () => {
    const view = await branch('GET', '/entities/company/ACME');
    const ends = view.body.relations.map((relation: { end: { id: string } }) => Number(relation.end.id));
    expect(ends.length).toBeGreaterThan(0);
    for (const personId of ends) expect(own()).toContain(personId);
    expect(JSON.stringify(view.body)).not.toContain(`"id":"${other()}"`);
  });

  it('keeps what belongs to the whole bank from them', async () => {
    for (const [method, url] of [
      ['GET', '/outputs'],
      ['GET', '/rejected'],
      ['GET', '/linking/tables'],
      ['GET', '/imports'],
      ['GET', '/readers'],
    ] as const) {
      const { status, body } = await branch(method, url);
      expect([url, status, body.details?.of]).toEqual([url, 403, 'whole bank']);
    }
  });
});
