import type { audienceApi } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAudienceServer, type AudienceServer } from '../../test/harness/audience-server.ts';

let world: AudienceServer;

beforeAll(async () => {
  world = await startAudienceServer({
    mei: 'marketer',
    bo: 'marketer',
    lan: 'data_engineer',
    root: 'administrator',
  });
}, 180_000);
afterAll(() => world?.close());

const call: AudienceServer['call'] = (...asked) => world.call(...asked);

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
  await share({ ...open, sharedWithUsers: [world.ids['bo']] });
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
  await call('mei', 'PUT', '/segments/open_savers/sharing', { ...open, editors: [world.ids['bo']] });
  expect((await edit('bo', 1)).status).toBe(200);
  expect((await edit('root', 2)).status).toBe(200);
  const given = await call<audienceApi.SegmentView>('mei', 'PUT', '/segments/open_savers/sharing', {
    ...open,
    owner: world.ids['lan'],
  });
  expect(given.body).toMatchObject({ owner: world.ids['lan'], mayEdit: false, mayShare: false });
  const { body: page } = await call<audienceApi.SegmentView>('lan', 'GET', '/segments/open_savers');
  expect(page).toMatchObject({ mayEdit: true, mayShare: true });
  const lines = await world.platform.database.query<{ action: string; detail: object }>(
    `select action, detail from platform.audit where object = 'open_savers' and action like 'segment.%'
     order by sequence desc limit 2`,
  );
  expect(lines).toEqual([
    { action: 'segment.hand_over', detail: { from: world.ids['mei'], to: world.ids['lan'] } },
    { action: 'segment.share', detail: open },
  ]);
});

it('keeps tags to those who may see them: lists, rules, look-ups, values', async () => {
  const tag = { tagId: 'secret_note', name: '备注', kind: 'manual', valueType: 'text', sharing: own };
  await call('mei', 'POST', '/tags', tag);
  const [known] = await world.platform.database.transaction((transaction) =>
    world.identity.resolve(transaction, [
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
  await world.platform.clickhouse.insert('person', [
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

it('shows no rule, and no former rule, that names what is not shared with the reader', async () => {
  const shown = async (name: string) =>
    (
      await call<audienceApi.SegmentView & { document?: object; versions: { text?: string }[] }>(
        name,
        'GET',
        '/segments/open_savers',
      )
    ).body;
  // Bo sees the segment only, the owner of the secret one its rule too.
  await call('mei', 'PUT', '/segments/secret_savers/sharing', own);
  expect((await shown('mei')).text).toContain('secret_savers');
  expect(await shown('bo')).toMatchObject({ ruleHidden: true, versions: [{}, {}, {}] });
  expect(JSON.stringify(await shown('bo'))).not.toContain('secret_savers');
  expect(JSON.stringify((await call('bo', 'GET', '/segments')).body)).not.toContain('secret_savers');
});

it('lets SQL read the values of those tags only that its author may see', async () => {
  await call('mei', 'PUT', '/tags/secret_note/sharing', own);
  const copy = (name: string, tagId: string) =>
    call<audienceApi.TagView>(name, 'POST', '/tags', {
      tagId,
      name: tagId,
      kind: 'sql',
      text: 'SELECT person_id, texts[1] AS value FROM tag_value',
    });
  expect((await copy('lan', 'copied')).body).toMatchObject({ people: 0 });
  expect((await copy('root', 'copied_by_root')).body).toMatchObject({ people: 1 });
});

it('narrows, sorts and pages the lists on the server', async () => {
  const at = world.platform.clock.now();
  await world.platform.database.execute(
    `insert into audience.tag (tag_id, name, description, folder, kind, value_type, version, schedule, owner,
       archived, created_at, updated_at, people, computed_at, problem)
     select 'many_' || n, '标签 ' || lpad(n::text, 4, '0'), '', case when n % 2 = 0 then '理财' else '' end,
       case when n % 10 = 0 then 'import' else 'manual' end, 'text', 1, '{"every":"manual"}', $1, false, $2::bigint, $2,
       n % 7, case when n % 3 = 0 then null else $2::bigint end, case when n = 8 then 'failed' end
     from generate_series(1, 1000) as n`,
    [world.ids['lan'], at],
  );
  type Page = { items: audienceApi.TagView[]; nextCursor?: string };
  const page = async (query: string): Promise<Page> => (await call<Page>('bo', 'GET', `/tags?${query}`)).body;
  const all = async (query: string): Promise<string[]> => {
    const found: string[] = [];
    for (let cursor = ''; ;) {
      const { items, nextCursor } = await page(`limit=200&${query}${cursor}`);
      found.push(...items.map((tag) => tag.tagId));
      if (nextCursor === undefined) return found;
      cursor = `&cursor=${nextCursor}`;
    }
  };
  const numbers = (keep: (n: number) => boolean): string[] =>
    Array.from({ length: 1_000 }, (_, index) => index + 1).flatMap((n) => (keep(n) ? [`many_${n}`] : []));
  const lan = `owner=${world.ids['lan']}&search=many_`;
  // Each row once, though nearly all stand at one time or have one size.
  for (const sort of ['newest', 'people', 'changed', 'computed']) {
    expect((await all(`${lan}&sort=${sort}`)).toSorted()).toEqual(numbers(() => true).toSorted());
  }
  expect(await all(`${lan}&sort=name`)).toEqual(numbers(() => true));
  expect(await all(`folder=${encodeURIComponent('理财')}&kind=import&sort=name`)).toEqual(
    numbers((n) => n % 10 === 0),
  );
  expect(await all('search=many_&status=failed')).toEqual(['many_8']);
  expect(await all('search=many_&status=never&sort=name&folder=')).toEqual(
    numbers((n) => n % 3 === 0 && n % 2 === 1),
  );
  expect(await all('ids=many_3,many_7,secret_note&sort=name')).toEqual(['many_3', 'many_7']);
  expect((await page('search=0731')).items.map((tag) => tag.tagId)).toEqual(['many_731']);
  await call('bo', 'POST', '/segments', rule('of_many', "person where tag many_5 = 'x'"));
  expect(await all('ids=many_5,many_6&unused=true')).toEqual(['many_6']);
  const { nextCursor } = await page('limit=1');
  const mixed = await call<Problem>('bo', 'GET', `/tags?sort=name&cursor=${nextCursor}`);
  expect([mixed.status, mixed.body.code]).toEqual([400, 'invalid_request']);
  const facets = await call<Record<string, { value: string; count: number }[]>>(
    'bo',
    'GET',
    '/audience/facets?kind=tag',
  );
  expect(facets.body['folders']).toContainEqual({ value: '理财', count: 500 });
  expect(facets.body['kinds']).toContainEqual({ value: 'import', count: 100 });
  expect(facets.body['owners']!.map((owner) => owner.value)).not.toContain(world.ids['mei']);
});
