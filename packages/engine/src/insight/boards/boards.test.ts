import { dashboardInputSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { testNeeds } from '../insight-world.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
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
  const made = await dashboards.create(input, 'mei');
  expect(declared).toEqual([['晨会', [{ text: 'person where age >= 30' }]]]);
  expect(await dashboards.read(made.dashboardId, 'mei')).toEqual(made);
  await expect(dashboards.read(made.dashboardId, 'bo')).rejects.toMatchObject({
    code: 'dashboard_not_found',
  });

  const shared = await dashboards.save(made.dashboardId, { ...input, shared: true, revision: 1 }, 'mei');
  expect(shared.revision).toBe(2);
  expect((await dashboards.list('bo')).map((each) => each.dashboardId)).toEqual([made.dashboardId]);
  const stale = { ...input, shared: true, revision: 1 };
  await expect(dashboards.save(made.dashboardId, stale, 'mei')).rejects.toMatchObject({ code: 'conflict' });
  await expect(dashboards.save(made.dashboardId, { ...stale, revision: 2 }, 'bo')).rejects.toMatchObject({
    code: 'dashboard_not_found',
  });
  await dashboards.remove(made.dashboardId, 'mei');
  expect(await dashboards.list('mei')).toEqual([]);
});
