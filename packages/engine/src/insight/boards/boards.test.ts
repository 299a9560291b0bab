import { dashboardInputSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { createTileAnswers } from './answer-tiles.ts';
import { createDashboards } from './manage-dashboards.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const mei = { name: 'mei', role: 'marketer', userId: 'mei', permissions: new Set<string>() };
const bo = { name: 'bo', role: 'approver', userId: 'bo', permissions: new Set<string>() };
const trend = { kind: 'trend', period: { lastDays: 1 }, series: [{ event: 'login' }] } as const;
const tile = {
  tileId: 'a',
  title: '登录',
  analysis: { ...trend, people: 'person where age >= 30' },
  place: { column: 0, row: 0, width: 6, height: 4 },
};

test('dashboards: own, shared, edited by two at once, and what they use', async () => {
  const declared: unknown[] = [];
  const dashboards = createDashboards(
    platform,
    testNeeds({
      audience: { declareUses: async (_transaction, user, texts) => void declared.push([user.name, texts]) },
    }),
  );
  const input = dashboardInputSchema.parse({ name: '晨会', tiles: [tile] });
  const made = await dashboards.create(input, mei);
  expect(declared).toEqual([['晨会', [{ text: 'person where age >= 30' }]]]);
  expect(await dashboards.read(made.dashboardId, mei)).toEqual(made);
  await expect(dashboards.read(made.dashboardId, bo)).rejects.toMatchObject({
    code: 'dashboard_not_found',
  });

  const shared = await dashboards.save(made.dashboardId, { ...input, shared: true, revision: 1 }, mei);
  expect(shared.revision).toBe(2);
  expect((await dashboards.list(bo)).map((each) => each.dashboardId)).toEqual([made.dashboardId]);
  const stale = { ...input, shared: true, revision: 1 };
  await expect(dashboards.save(made.dashboardId, stale, mei)).rejects.toMatchObject({ code: 'conflict' });
  await expect(dashboards.save(made.dashboardId, { ...stale, revision: 2 }, bo)).rejects.toMatchObject({
    code: 'dashboard_not_found',
  });
  await dashboards.remove(made.dashboardId, mei);
  expect(await dashboards.list(mei)).toEqual([]);
});

test('shared with a role; answers are kept, asked anew on demand, when the question changes, and ahead of time', async () => {
  const dashboards = createDashboards(
    platform,
    testNeeds({ audience: { declareUses: async () => undefined } }),
  );
  const answers = createTileAnswers(platform, { platform, needs: testNeeds({}) });
  const tiles = [
    { ...tile, analysis: trend },
    { ...tile, tileId: 'b', analysis: { ...trend, timeZone: 'Nowhere/Land' } },
  ];
  const input = dashboardInputSchema.parse({ name: '晨会', shared: true, sharedWith: ['approver'], tiles });
  const made = await dashboards.create(input, mei);
  const { dashboardId } = made;
  expect((await dashboards.list(bo)).map((each) => each.dashboardId)).toEqual([dashboardId]);
  const manager = { name: 'xu', role: 'manager', userId: 'xu', permissions: new Set<string>() };
  expect(await dashboards.list(manager)).toEqual([]);
  await expect(dashboards.read(dashboardId, manager)).rejects.toMatchObject({ code: 'dashboard_not_found' });

  const ask = async (refresh = false) =>
    (await answers.answer(await dashboards.read(dashboardId, bo), { refresh })).map((each) => [
      each.asOf,
      (each.answer as { series: { total: number }[] } | undefined)?.series[0]!.total ?? each.problem,
    ]);
  const at = (minutes: number) => new Date(TEST_START_MS + minutes * 60_000).toISOString();
  const login = (person: number) =>
    insertEvents(platform, [{ person, event: 'login', time: TEST_START_MS - 1_000 }]);
  expect(await ask()).toEqual([
    [at(0), 0],
    [at(0), 'analysis_invalid'],
  ]);
  await login(1);
  platform.clock.set(TEST_START_MS + 30_000);
  expect((await ask())[0]).toEqual([at(0), 0]);
  expect((await ask(true))[0]).toEqual([at(0.5), 1]);

  const longer = { ...input, refreshMinutes: 30, revision: 1 };
  const saved = await dashboards.save(dashboardId, longer, mei);
  expect(saved).toMatchObject({ refreshMinutes: 30, sharedWith: ['approver'], revision: 2 });
  await login(2);
  platform.clock.set(TEST_START_MS + 10 * 60_000);
  expect((await ask())[0]).toEqual([at(0.5), 1]);
  expect(await answers.refreshNext()).toBe(false);
  expect((await ask())[0]).toEqual([at(10), 2]);
  await login(3);
  await answers.refreshNext();
  expect((await ask())[0]).toEqual([at(10), 2]);
  const people = { ...trend, series: [{ event: 'login', measure: { kind: 'people' } }] };
  const asked = dashboardInputSchema.parse({ ...longer, tiles: [{ ...tile, analysis: people }] });
  await dashboards.save(dashboardId, { ...asked, revision: 2 }, mei);
  expect(await ask()).toEqual([[at(10), 3]]);
  await dashboards.remove(dashboardId, mei);
  expect(await platform.database.query('select 1 from insight.tile_answer')).toEqual([]);
  platform.clock.set(TEST_START_MS);
});
