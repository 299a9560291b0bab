import type { Alert, TileAnswer } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAudienceServer, type AudienceServer } from '../../test/harness/audience-server.ts';
import { createInsight, type Insight } from './index.ts';
import { testNeeds } from './insight-world.ts';

let world: AudienceServer;
let insight: Insight;
const mails: { subject: string; text: string }[] = [];

const own = { shared: false, sharedWith: [], sharedWithUsers: [], editors: [] };
const call: AudienceServer['call'] = (...asked) => world.call(...asked);
const trend = { kind: 'trend', period: { lastDays: 1 }, series: [{ event: 'login' }] };
const secret = { ...trend, people: 'person where in segment secret_savers' };
const place = { column: 0, row: 0, width: 6, height: 4 };

beforeAll(async () => {
  world = await startAudienceServer({ mei: 'marketer', bo: 'marketer', root: 'administrator' });
  const { audience, profile, platform } = world;
  insight = createInsight(platform, {
    ...testNeeds({ audience, profile }),
    mail: { send: async (mail) => (mails.push(mail), { kind: 'sent' as const }) },
  });
  insight.routes(world.server);
  const segment = { segmentId: 'secret_savers', name: '机密', text: 'person where age > 40', sharing: own };
  expect((await call('mei', 'POST', '/segments', { ...segment, schedule: { every: 'manual' } })).status).toBe(
    200,
  );
  const tag = { tagId: 'secret_note', name: '备注', kind: 'manual', valueType: 'text', sharing: own };
  expect((await call('mei', 'POST', '/tags', tag)).status).toBe(200);
}, 180_000);
afterAll(() => world?.close());

/** Owner of the segment and of the tag; it is shared with nobody. */
const giveSegmentTo = (name: string) =>
  call('root', 'PUT', '/segments/secret_savers/sharing', { ...own, owner: world.ids[name] });

it('answers each tile for its viewer, and refuses those that name what the viewer may not see', async () => {
  const report = {
    kind: 'report',
    subject: { kind: 'people' },
    measures: [{ kind: 'people' }],
    dimensions: [{ kind: 'tag', tag: 'secret_note' }],
  };
  const tiles = [
    { tileId: 'open', title: '登录', analysis: trend, place },
    { tileId: 'secret', title: '机密登录', analysis: secret, place },
    { tileId: 'noted', title: '备注分布', analysis: report, place },
  ];
  const board = { name: '晨会', shared: true, tiles };
  // Nobody keeps a question about what is not theirs to see, be it named in EQL or as a dimension.
  for (const tile of tiles.slice(1)) {
    const refused = await call<{ code: string }>('bo', 'POST', '/dashboards', { ...board, tiles: [tile] });
    expect(refused.body.code).toBe('eql_invalid');
  }
  const made = await call<{ dashboardId: string; revision: number }>('mei', 'POST', '/dashboards', board);
  expect(made.status).toBe(200);
  const path = `/dashboards/${made.body.dashboardId}`;
  const answers = async (name: string, body: object = {}) =>
    (await call<{ items: TileAnswer[] }>(name, 'POST', `${path}/answers`, body)).body.items.map((tile) => [
      tile.tileId,
      tile.problem ?? typeof tile.answer,
    ]);
  expect(await answers('mei')).toEqual([
    ['open', 'object'],
    ['secret', 'object'],
    ['noted', 'object'],
  ]);
  // What mei has been answered is kept; it is not bo's.
  const refused = [
    ['secret', 'names_not_shared'],
    ['noted', 'names_not_shared'],
  ];
  expect(await answers('bo')).toEqual([['open', 'object'], ...refused]);
  expect(await answers('bo', { refresh: true, tileIds: ['secret'] })).toEqual([refused[0]]);
  const { body: shown } = await call<object>('bo', 'GET', path);
  expect(JSON.stringify(shown)).not.toMatch(/secret_savers|secret_note/);
  expect(shown).toMatchObject({ tiles: [{ analysis: { kind: 'trend' } }, { title: '机密登录' }, {}] });
  expect(JSON.stringify((await call('mei', 'GET', path)).body)).toContain('secret_savers');
  // The numbers, the people behind them and files of them are refused on every other way too.
  const cell = { kind: 'trend', analysis: secret, cell: { series: 0 } };
  for (const [at, body] of [
    ['/analyses/trend', secret],
    ['/analyses/people', { of: cell }],
    ['/analyses/people/export', { of: cell }],
    ['/analyses/export', { analysis: secret }],
    ['/analyses/portrait', { people: secret.people }],
  ] as const) {
    const answer = await call<{ code: string }>('bo', 'POST', at, body);
    expect([at, answer.body.code]).toEqual([at, 'eql_invalid']);
  }
});

it('lists a saved report without its question, and does not open it, for whom it is not', async () => {
  const report = { subject: { kind: 'people' }, measures: [{ kind: 'people' }], people: secret.people };
  const made = await call<{ reportId: string }>('mei', 'POST', '/reports', {
    name: '机密客户',
    shared: true,
    report,
  });
  expect(made.status).toBe(200);
  const { body: list } = await call<{ items: { name: string; report?: object }[] }>('bo', 'GET', '/reports');
  expect(list.items).toMatchObject([{ name: '机密客户' }]);
  expect(list.items[0]!.report).toBeUndefined();
  const opened = await call<{ code: string }>('bo', 'GET', `/reports/${made.body.reportId}`);
  expect([opened.status, opened.body.code]).toEqual([403, 'names_not_shared']);
  expect((await call('root', 'GET', `/reports/${made.body.reportId}`)).status).toBe(200);
});

it('asks an alert as its owner at each look; a lost right is said, and mended by handing over', async () => {
  const { clock } = world.platform;
  const made = await call<Alert>('mei', 'POST', '/alerts', {
    name: '机密预警',
    analysis: secret,
    condition: { kind: 'threshold', direction: 'below', value: 1 },
    everyMinutes: 10,
    notify: [{ kind: 'email', address: 'mei@bank.example' }],
  });
  expect(made.status).toBe(200);
  const path = `/alerts/${made.body.alertId}`;
  const look = async () => {
    clock.set(clock.now() + 10 * 60_000);
    while (await insight.checkAlerts());
    while (await insight.deliverNotices());
    const { body } = await call<{ items: Alert[] }>('root', 'GET', '/alerts');
    return body.items[0]!;
  };
  const alertsOf = async (name: string) =>
    (await call<{ items: Alert[] }>(name, 'GET', '/alerts')).body.items;
  expect((await look()).lastCheck).toMatchObject({ value: 0, raised: true });
  expect(mails).toHaveLength(1);
  // To others it is not there: neither its numbers nor whom it told.
  expect(await alertsOf('bo')).toEqual([]);
  expect((await call('bo', 'GET', `${path}/checks`)).status).toBe(404);
  expect((await call<{ items: object[] }>('bo', 'GET', '/alert-notices')).body.items).toEqual([]);

  await giveSegmentTo('bo');
  const stopped = await look();
  expect(stopped.lastCheck).toMatchObject({ problem: 'owner_lost_right' });
  expect(stopped.lastCheck!.value).toBeUndefined();
  expect(mails).toHaveLength(1);
  expect((await alertsOf('mei'))[0]!.lastCheck!.problem).toBe('owner_lost_right');
  // Who has lost the right lends nobody else's to it; who has it takes the alert over.
  const give = (by: string, to: string) =>
    call<{ code?: string; owner?: string }>(by, 'PUT', `${path}/owner`, { owner: world.ids[to] });
  expect((await give('mei', 'bo')).body.code).toBe('not_owner');
  expect((await give('root', 'mei')).body.code).toBe('owner_lost_right');
  expect((await give('bo', 'bo')).body.owner).toBe('bo');
  expect((await look()).lastCheck).toMatchObject({ value: 0, raised: true });
  expect(await alertsOf('mei')).toEqual([]);
  // Nothing is asked on behalf of somebody who has left.
  await world.platform.users.edit('test', world.ids['bo']!, { disabled: true });
  expect((await look()).lastCheck).toMatchObject({ problem: 'owner_lost_right' });
});
