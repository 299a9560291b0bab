import type { audienceApi } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startAudienceServer,
  type Answered,
  type AudienceServer,
} from '../../test/harness/audience-server.ts';
import { touchPeople } from './tag-change-store.ts';

let world: AudienceServer;

beforeAll(async () => {
  world = await startAudienceServer({ marketer: 'marketer' });
}, 180_000);
afterAll(() => world?.close());

const call = <Result>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<Answered<Result>> => world.call('marketer', method, path, body);

it('checks, counts and lists, in either face', async () => {
  const text = 'person where age > 40';
  const checked = await call<{ valid: boolean; document: object; text: string }>('POST', '/eql/check', {
    text,
  });
  expect(checked.body).toMatchObject({ valid: true, text: 'person where\n  age > 40' });
  const { document } = checked.body;
  for (const face of [{ text }, { document }]) {
    const counted = await call<{ count: number }>('POST', '/eql/count', face);
    expect(counted.body).toMatchObject({ count: 10, total: 50, withoutValue: 0 });
  }
  const page = await call<{ items: { personId: number }[]; nextCursor: string }>('POST', '/eql/people', {
    text,
    limit: 4,
  });
  expect(page.body.items.map((item) => item.personId)).toEqual([41, 42, 43, 44]);
  expect(page.body.nextCursor).toBe('44');
});

it('answers a bad expression with its place and a suggestion', async () => {
  const { status, body } = await call<{ code: string; problems: object[] }>('POST', '/eql/count', {
    text: 'person where\n  agee > 4',
  });
  expect(status).toBe(422);
  expect(body.code).toBe('eql_invalid');
  expect(body.problems[0]).toMatchObject({
    code: 'unknown_name',
    suggestion: 'age',
    position: { line: 2, column: 3, length: 4 },
  });
  // Written by hand, because JSON.stringify itself gives up at such a depth.
  const deep = `${'{"kind":"not","item":'.repeat(20_000)}{"kind":"inSegment","segment":"s"}${'}'.repeat(20_000)}`;
  const bomb = await world.server.fastify.inject({
    method: 'POST',
    url: '/api/v1/eql/count',
    headers: { authorization: 'Bearer token-of-marketer-1234', 'content-type': 'application/json' },
    payload: `{"document":{"kind":"population","of":"person","where":${deep}}}`,
  });
  expect(bomb.statusCode).toBe(400);
});

it('makes, shows and edits segments and tags', async () => {
  const created = await call<audienceApi.SegmentView>('POST', '/segments', {
    segmentId: 'over_40',
    name: '四十以上',
    text: 'person where age > 40',
  });
  expect(created.body).toMatchObject({ segmentId: 'over_40', version: 1, members: 10, kind: 'rule' });
  const edit = { name: '三十以上', text: 'person where age > 30', version: 1 };
  expect((await call('PUT', '/segments/over_40', edit)).body).toMatchObject({ version: 2, members: 20 });
  const detail = await call<{ trend: object[]; versions: object[] }>('GET', '/segments/over_40');
  expect(detail.body).toMatchObject({ total: 50, usedBy: [] });
  expect(detail.body.trend).toHaveLength(2);
  expect(detail.body.versions).toHaveLength(2);
  const members = await call<{ items: { personId: number }[] }>('GET', '/segments/over_40/members?limit=2');
  expect(members.body).toMatchObject({ items: [{ personId: 31 }, { personId: 32 }], nextCursor: '32' });
  expect((await call<{ items: object[] }>('GET', '/segments?search=三十')).body.items).toHaveLength(1);
  const tag = { tagId: 'age_group', name: '年龄段', text: "tier { '青' when age < 30 else '长' }" };
  expect((await call('POST', '/tags', tag)).body).toMatchObject({ people: 50, valueType: 'text' });
  expect((await call('GET', '/tags/age_group')).body).toMatchObject({
    values: [
      { value: '青', people: 29 },
      { value: '长', people: 21 },
    ],
  });
  expect((await call('GET', '/people/35/segments?tags=true')).body).toEqual({
    personId: 35,
    segments: [{ segmentId: 'over_40', name: '三十以上' }],
    tags: [{ tagId: 'age_group', name: '年龄段', values: ['长'] }],
  });
  expect((await call('POST', '/segments', { segmentId: 'over_40', name: 'x', text: 'person' })).status).toBe(
    409,
  );
  expect((await call('POST', '/segments/over_40/compute')).body).toMatchObject({
    run: 3,
    members: 20,
    entered: 0,
  });
  expect((await call('POST', '/segments/over_40/archive', { archived: true })).body).toMatchObject({
    archived: true,
  });
});

it('answers for the person behind a key, whom a merge changes at once', async () => {
  const link = (keys: { type: string; value: string }[]): Promise<unknown> =>
    world.platform.database.transaction((transaction) =>
      world.identity.resolve(transaction, [{ keys, link: 'bind', at: 1, sourceId: 'test', messageId: '1' }]),
    );
  const [visitor, customer] = [
    { type: 'cookie', value: 'visitor-1' },
    { type: 'customer_number', value: 'C-1' },
  ] as const;
  await link([visitor]);
  await link([customer]);
  const ask = (key: object): Promise<{ status: number; body: { personId: number } }> =>
    call('POST', '/people/segments', { key, tags: true });
  // The bank's people are 1 to 50: whoever has the lowest key numbers is among them.
  const [first, second] = [(await ask(visitor)).body, (await ask(customer)).body];
  expect(first).toEqual((await call('GET', `/people/${first.personId}/segments?tags=true`)).body);
  expect(first).toMatchObject({ tags: [{ tagId: 'age_group', values: ['青'] }] });
  await link([customer, visitor]);
  expect((await ask(customer)).body).toEqual(first);
  await world.platform.clickhouse.command(
    `INSERT INTO tag_value SELECT tag_id, person_id, [], [], version + 1, 1 FROM tag_value WHERE person_id = {id:UInt64}`,
    { id: second.personId },
  );
  await world.platform.database.transaction((transaction) =>
    touchPeople(transaction, undefined, [second.personId]),
  );
  expect((await call('GET', `/people/${second.personId}/segments?tags=true`)).body).toEqual(first);
  expect(await ask({ type: 'customer_number', value: 'C-unknown' })).toMatchObject({
    status: 404,
    body: { code: 'person_not_found' },
  });
});

it('answers look-ups that come together, each its own', async () => {
  const people = Array.from({ length: 40 }, (_, index) => index + 1);
  const answers = await Promise.all(
    people.map((id) => call<{ personId: number; tags: object[] }>('GET', `/people/${id}/segments?tags=true`)),
  );
  expect(answers.map(({ body }) => body.personId).slice(2)).toEqual(people.slice(2));
  expect(answers[34]!.body.tags).toMatchObject([{ values: ['长'] }]);
  expect(answers[9]!.body.tags).toMatchObject([{ values: ['青'] }]);
});

it('names everything an expression may use', async () => {
  const { body } = await call<Record<string, { name: string }[]>>('GET', '/eql/catalogue');
  expect(body['events']!.map((event) => event.name)).toContain('$message_clicked');
  expect(body['details']!.map((detail) => detail.name)).toEqual(['balance', 'holding', 'loan']);
});

it('edits a tag by versions, and refuses another type while it is used', async () => {
  const tag = { tagId: 'wealth', name: '财富', text: "tier { '高' when age > 40 else '低' }" };
  expect((await call('POST', '/tags', tag)).body).toMatchObject({ version: 1, priority: 5 });
  const edit = { name: '财富', text: "tier { '高' when age > 45 else '低' }", version: 1, priority: 2 };
  expect((await call('PUT', '/tags/wealth', edit)).body).toMatchObject({
    version: 2,
    priority: 2,
    people: 50,
  });
  expect((await call('PUT', '/tags/wealth', edit)).status).toBe(409);
  expect((await call('GET', '/tags/wealth')).body).toMatchObject({
    values: [
      { value: '低', people: 45 },
      { value: '高', people: 5 },
    ],
    versions: [{ version: 2 }, { version: 1 }],
  });
  await call('POST', '/segments', {
    segmentId: 'wealthy',
    name: '高净值',
    text: "person where tag wealth = '高'",
  });
  const other = await call<{ code: string; details: { usedBy: string[] } }>('PUT', '/tags/wealth', {
    ...edit,
    text: 'age / 10',
    version: 2,
  });
  expect(other).toMatchObject({
    status: 409,
    body: { code: 'tag_type_in_use', details: { usedBy: ['高净值'] } },
  });
});

it('shows lineage both ways, the impact of an edit, use and cost, and clears away what is double', async () => {
  for (const [segmentId, text] of [
    ['same_one', "person where city = '北京' and age > 48 and did(event login)"],
    ['same_two', "person where age > 48 and did(event login) and city = '北京'"],
    ['oldest', 'person where age >= 50'],
    ['fifty', 'person where age = 50'],
    ['around', 'person where in segment fifty'],
  ]) {
    expect((await call('POST', '/segments', { segmentId, name: segmentId, text })).status).toBe(200);
  }
  type Graph = { nodes: { key: string; name: string }[]; edges: { from: string; to: string }[] };
  const whole = (await call<Graph>('GET', '/audience/lineage')).body;
  expect(whole.edges).toContainEqual({ from: 'segment:wealthy', to: 'tag:wealth' });
  expect(whole.edges).toContainEqual({ from: 'segment:same_one', to: 'event:login' });
  expect(whole.edges).toContainEqual({ from: 'tag:wealth', to: 'attribute:age' });
  const part = (await call<Graph>('GET', '/audience/lineage?kind=segment&id=fifty')).body;
  expect(part.nodes.map((node) => node.key).toSorted()).toEqual([
    'attribute:age',
    'segment:around',
    'segment:fifty',
  ]);

  const impact = await call('POST', '/audience/impact', {
    kind: 'segment',
    id: 'fifty',
    text: 'person where age between 47 and 49',
  });
  expect(impact.body).toEqual({
    users: [{ kind: 'segment', id: 'around', name: 'around', steps: 1 }],
    lookups: 0,
    canArchive: false,
    members: { before: 1, after: 3, entering: 3, leaving: 1 },
  });

  const { body: doubles } = await call<{ groups: { reason: string; items: { id: string }[] }[] }>(
    'GET',
    '/audience/duplicates',
  );
  expect(doubles.groups.map((group) => [group.reason, group.items.map((item) => item.id)])).toEqual([
    ['rule', ['same_one', 'same_two']],
    ['members', ['around', 'fifty', 'oldest']],
  ]);

  type Use = { items: { id: string; users: number; runs: number; rowsRead: number }[] };
  const use = (await call<Use>('GET', '/audience/use?kind=segment&sort=name')).body;
  expect(use.items.find((item) => item.id === 'fifty')).toMatchObject({ users: 1, runs: 1, rowsRead: 50 });
  const unused = (await call<Use>('GET', '/audience/use?kind=segment&unusedDays=0')).body;
  expect(unused.items.map((item) => item.id)).not.toContain('fifty');

  const items = ['fifty', 'around', 'same_two', 'nowhere'].map((id) => ({ kind: 'segment', id }));
  const archived = await call('POST', '/audience/archive', { items });
  // What is used by another of the list goes after it.
  expect(archived.body).toEqual({
    done: 3,
    refused: [{ kind: 'segment', id: 'nowhere', code: 'segment_not_found' }],
  });
});

it('says what a person is in now, before anything is computed again, where it is asked live', async () => {
  const { clickhouse, clock } = world.platform;
  const rules = {
    live_logins: 'person where did(event login within today)',
    live_children: 'person where age < 10',
    live_first: 'person where rank(age) <= 1',
  };
  for (const [segmentId, text] of Object.entries(rules)) {
    const made = { segmentId, name: segmentId, text, schedule: { every: 'day', at: '03:00' } };
    expect((await call('POST', '/segments', made)).status).toBe(200);
  }
  const ofSeven = async (): Promise<string[]> =>
    (
      await call<{ segments: { segmentId: string }[] }>('GET', '/people/7/segments?live=true')
    ).body.segments.flatMap(({ segmentId }) => (segmentId in rules ? [segmentId] : []));
  const tags = {
    live_tag_logins: 'count(event login within today)',
    live_tag_generation: "tier { '孩子' when age < 10 '老人' when age > 60 }",
    live_tag_place: 'rank(age)',
  };
  for (const [tagId, text] of Object.entries(tags)) {
    const made = { tagId, name: tagId, kind: 'rule', text, schedule: { every: 'manual' } };
    expect((await call('POST', '/tags', made)).status).toBe(200);
  }
  const tagsOfSeven = async (live: boolean): Promise<[string, string[]][]> =>
    (
      await call<{ tags: { tagId: string; values: string[] }[] }>(
        'GET',
        `/people/7/segments?tags=true&live=${live}`,
      )
    ).body.tags.flatMap(({ tagId, values }) => (tagId in tags ? [[tagId, values]] : []));
  expect(await ofSeven()).toEqual(['live_children']);
  const before = await tagsOfSeven(false);
  expect(before.map(([tagId]) => tagId)).toEqual([
    'live_tag_generation',
    'live_tag_logins',
    'live_tag_place',
  ]);
  expect(await tagsOfSeven(true)).toEqual(before);
  expect(Object.fromEntries(before)).toMatchObject({
    live_tag_generation: ['孩子'],
    live_tag_logins: ['0'],
  });
  const time = new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 23);
  await clickhouse.insert('event', [
    {
      person_id: 7,
      key_number: 7,
      time,
      received_at: time,
      event: 'login',
      event_id: '01a1fb9e-0896-7ec2-99af-d865016a8443',
      source_id: 'app',
      batch_id: '01a1fb9e-0896-7ec2-99af-d865016a8443',
      properties: {},
    },
  ]);
  await clickhouse.insert('person', [{ person_id: 7, key_number: 7, version: 2, age: 77, city: '北京' }]);
  // Places among everybody stay those of the last computation.
  expect(await ofSeven()).toEqual(['live_logins']);
  expect(await tagsOfSeven(false)).toEqual(before);
  expect(await tagsOfSeven(true)).toEqual([
    ['live_tag_generation', ['老人']],
    ['live_tag_logins', ['1']],
    before[2],
  ]);
  expect((await call('GET', '/segments/live_logins')).body).toMatchObject({ members: 0 });
});
