import {
  alertInputSchema,
  analysisSchema,
  dashboardInputSchema,
  type AlertCondition,
} from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { runAnalysis } from '../analyses/run-analysis.ts';
import { createInsight } from '../index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { selectAlert, selectAlerts, selectChecks, writeAlert } from './alert-store.ts';
import { isRaised } from './check-alerts.ts';
import { createDashboards } from './manage-dashboards.ts';
import { tableOfAnswer, writeCsv } from './table-of-answer.ts';

const MINUTE_MS = 60_000;
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

test('alerts: looked at when due, raised, cleared, with a history', async () => {
  const insight = createInsight(platform, testNeeds({}));
  const { database, clock } = platform;
  const input = alertInputSchema.parse({
    name: '登录过多',
    analysis: trend,
    condition: { kind: 'threshold', direction: 'above', value: 1 },
    everyMinutes: 10,
  });
  const alertId = platform.ids.newId();
  await database.transaction((transaction) =>
    writeAlert(transaction, { alertId, owner: 'mei', input, now: clock.now() }),
  );
  expect(await insight.checkAlerts()).toBe(true);
  expect(await insight.checkAlerts()).toBe(false);
  expect(await selectAlert(database, alertId)).toMatchObject({
    raised: false,
    lastCheck: { value: 0, raised: false },
  });

  await insertEvents(
    platform,
    [1, 2].map((person) => ({ person, event: 'login', time: TEST_START_MS })),
  );
  clock.set(TEST_START_MS + 10 * MINUTE_MS);
  await insight.checkAlerts();
  expect(await selectAlerts(database)).toMatchObject([
    { alertId, raised: true, raisedSince: new Date(TEST_START_MS + 10 * MINUTE_MS).toISOString() },
  ]);
  clock.set(TEST_START_MS + 24 * 60 * MINUTE_MS);
  await insight.checkAlerts();
  expect(await selectAlert(database, alertId)).toMatchObject({ raised: false });
  expect((await selectChecks(database, alertId, 10)).map((check) => check.value)).toEqual([0, 2, 0]);
  const other = { alertId, owner: 'bo', input, now: clock.now() };
  expect(await database.transaction((transaction) => writeAlert(transaction, other))).toBe(false);
  clock.set(TEST_START_MS);
});

test.each<[AlertCondition, number, number | undefined, boolean]>([
  [{ kind: 'threshold', direction: 'below', value: 5 }, 4, undefined, true],
  [{ kind: 'threshold', direction: 'below', value: 5 }, 5, undefined, false],
  [{ kind: 'change', direction: 'rise', percent: 20 }, 120, 100, true],
  [{ kind: 'change', direction: 'rise', percent: 20 }, 119, 100, false],
  [{ kind: 'change', direction: 'fall', percent: 20 }, 80, 100, true],
  [{ kind: 'change', direction: 'either', percent: 20 }, 81, 100, false],
  [{ kind: 'change', direction: 'either', percent: 20 }, 5, 0, true],
  [{ kind: 'change', direction: 'fall', percent: 20 }, 5, 0, false],
  [{ kind: 'change', direction: 'either', percent: 20 }, 0, 0, false],
])('%j of %d after %s: %s', (condition, value, before, raised) => {
  expect(isRaised(condition, value, before)).toBe(raised);
});

test('CSV: quotes, formulas, and the table of each kind', async () => {
  expect(
    writeCsv({
      columns: ['a', 'b'],
      rows: [
        ['x,"y"', '=1+1'],
        [null, 2.5],
      ],
    }),
  ).toBe('\u{feff}a,b\r\n"x,""y""",\'=1+1\r\n,2.5\r\n');
  const asking = { platform, needs: testNeeds({}) };
  const steps = [{ event: 'login' }, { event: 'buy' }];
  const one = { event: 'login' };
  const questions = [
    trend,
    { kind: 'funnel', steps },
    { kind: 'retention', start: one, returning: one },
    { kind: 'path' },
    { kind: 'distribution', event: one },
    { kind: 'interval', first: one, next: one },
    { kind: 'attribution', touches: [one], conversion: one },
    { kind: 'lifetime_value', start: one, value: one },
    { kind: 'session' },
    { kind: 'recency', event: one, valueProperty: 'amount' },
  ] as const;
  for (const question of questions) {
    const analysis = analysisSchema.parse({ period: { lastDays: 1 }, ...question });
    const table = tableOfAnswer(analysis.kind, await runAnalysis(asking, analysis));
    expect(table.columns.length, question.kind).toBeGreaterThan(2 - Number(question.kind === 'trend'));
    for (const row of table.rows) expect(row.length, question.kind).toBe(table.columns.length);
  }
});
