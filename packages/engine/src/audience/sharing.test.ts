import type { audienceApi } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createHttpServer, type HttpServer, type Platform, type Role } from '../platform/index.ts';
import { createAudience } from './index.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';

let databases: TestDatabases;
let platform: Platform;
let server: HttpServer;
let identity: Identity;
const ids: Record<string, string> = {};

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  identity = createIdentity(platform);
  await identity.start();
  const audience = createAudience(platform, {
    profile,
    identity,
    ingest: { plan: { list: async () => testPlan() } },
  });
  server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  audience.routes(server);
  const users: [string, Role][] = [
    ['mei', 'marketer'],
    ['bo', 'marketer'],
    ['lan', 'data_engineer'],
    ['root', 'administrator'],
  ];
  for (const [name, role] of users) {
    const user = { name, displayName: name, password: 'long-enough-1', role };
    ids[name] = (await platform.access.ensureUser(user)).userId;
    await platform.access.ensureToken(ids[name], name, `token-of-${name}-1234`);
  }
  await platform.clickhouse.command(
    `INSERT INTO person (person_id, key_number, version, age, city) SELECT number, number, 1, number, '北京' FROM numbers(1, 50)`,
  );
}, 60_000);
afterAll(async () => {
  await server.fastify.close();
  await identity.stop();
  await databases.drop();
});

type Method = 'GET' | 'POST' | 'PUT';

async function call<Result>(
  name: string,
  method: Method,
  path: string,
  body?: object,
): Promise<{ status: number; body: Result }> {
  const answer = await server.fastify.inject({
    method,
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer token-of-${name}-1234` },
    ...(body ? { payload: body } : {}),
  });
  return { status: answer.statusCode, body: answer.json<Result>() };
}

interface Problem {
  code: string;
  details: { userIds?: string[] };
  problems: { code: string; suggestion?: string }[];
}
const open = { shared: true, sharedWith: [], sharedWithUsers: [], editors: [] };
const own = { ...open, shared: false };
const rule = (segmentId: string, text: string): object => ({
  segmentId,
  name: segmentId,
  text,
  schedule: { every: 'manual' },
});
const listed = async (name: string, what: 'segments' | 'tags'): Promise<string[]> => {
  const { body } = await call<{ items: { segmentId?: string; tagId?: string }[] }>(name, 'GET', `/${what}`);
  return body.items.map((item) => item.segmentId ?? item.tagId ?? '').toSorted();
};

it('shows a segment that is not shared to nobody but its owner and administrators, wherever it is asked for', async () => {
  await call('mei', 'POST', '/segments', { ...rule('secret_savers', 'person where age > 40'), sharing: own });
  await call('mei', 'POST', '/segments', rule('open_savers', 'person where in segment secret_savers'));
  for (const name of ['mei', 'root']) {
    expect(await listed(name, 'segments')).toEqual(['open_savers', 'secret_savers']);
    expect((await call(name, 'GET', '/segments/secret_savers/members')).status).toBe(200);
  }
  expect(await listed('bo', 'segments')).toEqual(['open_savers']);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/members'],
    ['POST', '/compute'],
    ['PUT', '/sharing'],
  ] as const) {
    const answer = await call<Problem>(
      'bo',
      method,
      `/segments/secret_savers${path}`,
      path === '/sharing' ? own : undefined,
    );
    expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'segment_not_found']);
  }
  // In a rule it is an unknown name, which is not suggested either.
  const text = 'person where in segment secret_saver';
  const refused = await call<Problem>('bo', 'POST', '/eql/count', { text });
  expect(refused.body.problems[0]).toMatchObject({ code: 'unknown_segment' });
  expect(refused.body.problems[0]!.suggestion).not.toBe('secret_savers');
  const { body: hinted } = await call<Problem>('mei', 'POST', '/eql/count', { text });
  expect(hinted.problems[0]!.suggestion).toBe('secret_savers');
  const exact = await call<Problem>('bo', 'POST', '/eql/people', { text: `${text}s`, limit: 5 });
  expect(exact.body.problems[0]!.code).toBe('unknown_segment');
  // What its owner built on it goes on, computing and lineage too.
  const counted = await call<{ count: number }>('bo', 'POST', '/eql/count', {
    text: 'person where in segment open_savers',
  });
  expect(counted.body.count).toBe(10);
  const shown = await call<{ uses: audienceApi.Usage[]; text: string }>('bo', 'GET', '/segments/open_savers');
  expect(shown.body.uses).toEqual([{ kind: 'segment', id: 'hidden-1', name: '', hidden: true }]);
  const lineage = await call<{ nodes: { id: string; hidden?: true }[]; edges: object[] }>(
    'bo',
    'GET',
    '/audience/lineage',
  );
  expect(lineage.body.nodes.filter((node) => node.hidden)).toHaveLength(1);
  expect(JSON.stringify(lineage.body)).not.toContain('secret_savers');
  const person = await call<{ segments: { segmentId: string }[] }>('bo', 'GET', '/people/45/segments');
  expect(person.body.segments.map((each) => each.segmentId)).toEqual(['open_savers']);
  for (const path of ['/audience/use', '/audience/duplicates', '/eql/catalogue']) {
    expect(JSON.stringify((await call('bo', 'GET', path)).body)).not.toContain('secret_savers');
  }
});

it('shares with roles and with users by name, and tells the look-up at once', async () => {
  const share = (sharing: object) => call('mei', 'PUT', '/segments/secret_savers/sharing', sharing);
  await share({ ...open, sharedWith: ['data_engineer'] });
  expect([await listed('lan', 'segments'), await listed('bo', 'segments')]).toEqual([
    ['open_savers', 'secret_savers'],
    ['open_savers'],
  ]);
  await share({ ...open, sharedWithUsers: [ids['bo']] });
  const person = await call<{ segments: object[] }>('bo', 'GET', '/people/45/segments');
  expect(person.body.segments).toHaveLength(2);
  expect((await call<Problem>('bo', 'PUT', '/segments/secret_savers/sharing', own)).body.code).toBe(
    'not_owner',
  );
  const unknown = '00000000-0000-4000-8000-000000000000';
  const refused = await share({ ...open, editors: [unknown] });
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'user_unknown', details: { userIds: [unknown] } },
  });
});

it('is changed by its owner, its editors and administrators only, and handed over', async () => {
  const edit = (name: string, version: number) =>
    call<Problem>(name, 'PUT', '/segments/open_savers', {
      name: 'open_savers',
      text: 'person where in segment secret_savers and age < 49',
      version,
      schedule: { every: 'manual' },
    });
  expect((await edit('bo', 1)).body.code).toBe('not_editor');
  expect((await call<Problem>('bo', 'POST', '/segments/open_savers/archive', {})).body.code).toBe(
    'not_editor',
  );
  const bulk = await call<{ refused: { code: string }[] }>('bo', 'POST', '/audience/archive', {
    items: [{ kind: 'segment', id: 'open_savers' }],
  });
  expect(bulk.body.refused[0]!.code).toBe('not_editor');
  await call('mei', 'PUT', '/segments/open_savers/sharing', { ...open, editors: [ids['bo']] });
  expect((await edit('bo', 1)).status).toBe(200);
  expect((await edit('root', 2)).status).toBe(200);
  const given = await call<audienceApi.SegmentView>('mei', 'PUT', '/segments/open_savers/sharing', {
    ...open,
    owner: ids['lan'],
  });
  expect(given.body).toMatchObject({ owner: ids['lan'], mayEdit: false, mayShare: false });
  const { body: page } = await call<audienceApi.SegmentView>('lan', 'GET', '/segments/open_savers');
  expect(page).toMatchObject({ mayEdit: true, mayShare: true });
  const lines = await platform.database.query<{ action: string; detail: object }>(
    `select action, detail from platform.audit where object = 'open_savers' and action like 'segment.%'
     order by sequence desc limit 2`,
  );
  expect(lines).toEqual([
    { action: 'segment.hand_over', detail: { from: ids['mei'], to: ids['lan'] } },
    { action: 'segment.share', detail: open },
  ]);
});

it('keeps tags to those who may see them: lists, rules, look-ups, values', async () => {
  const tag = { tagId: 'secret_note', name: '备注', kind: 'manual', valueType: 'text', sharing: own };
  await call('mei', 'POST', '/tags', tag);
  const [known] = await platform.database.transaction((transaction) =>
    identity.resolve(transaction, [
      {
        keys: [{ type: 'customer_number', value: 'C-45' }],
        link: 'bind',
        at: 1,
        sourceId: 'test',
        messageId: '1',
      },
    ]),
  );
  const { personId } = known!;
  await platform.clickhouse.insert('person', [
    { person_id: personId, key_number: personId, version: 2, age: 45 },
  ]);
  const answer = await call('mei', 'POST', '/tags/secret_note/values', {
    values: [
      { personId: 4_500_000, values: ['谁'] },
      { personId, values: ['高净值'] },
    ],
  });
  // Nobody knows the first one: refused alone, with its reason, and not stored.
  expect(answer.body).toMatchObject({
    changed: 1,
    refused: [{ index: 0, personId: 4_500_000, reason: 'person_unknown' }],
  });
  expect([await listed('mei', 'tags'), await listed('bo', 'tags')]).toEqual([['secret_note'], []]);
  const text = "person where tag secret_note = '高净值'";
  expect((await call<{ count: number }>('mei', 'POST', '/eql/count', { text })).body.count).toBe(1);
  const refused = await call<Problem>('bo', 'POST', '/eql/count', { text });
  expect(refused.body.problems[0]!.code).toBe('unknown_tag');
  const tagsOf = async (name: string) =>
    (await call<{ tags: object[] }>(name, 'GET', `/people/${personId}/segments?tags=true`)).body.tags;
  expect(await tagsOf('bo')).toEqual([]);
  expect(await tagsOf('mei')).toEqual([{ tagId: 'secret_note', name: '备注', values: ['高净值'] }]);
  const set = { values: [{ personId, values: ['其他'] }] };
  expect((await call('bo', 'POST', '/tags/secret_note/values', set)).status).toBe(404);
  await call('mei', 'PUT', '/tags/secret_note/sharing', open);
  expect(await tagsOf('bo')).toHaveLength(1);
  expect((await call<Problem>('bo', 'POST', '/tags/secret_note/values', set)).body.code).toBe('not_editor');
});
