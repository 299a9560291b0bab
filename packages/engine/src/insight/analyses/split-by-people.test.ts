import {
  analysisCellSchema,
  analysisSchema,
  type LifetimeValueAnswer,
  type RecencyAnswer,
  type SessionAnswer,
} from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { exportAnalysis } from '../exports/export-analysis.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { readPeople } from './people-query.ts';
import { peopleOfCell, runAnalysis } from './run-analysis.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await insertEvents(
    platform,
    Array.from({ length: 60 }, (_, index) => ({
      person: 1 + (index % 30),
      event: 'buy',
      time: TEST_START_MS - (1 + index) * 3_600_000,
      properties: { amount: 1 + (index % 7) },
    })),
  );
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

/** `every N`: people whose number is a multiple of N. */
const asking = () => ({
  platform,
  needs: testNeeds({
    audience: {
      peopleSql: async ({ text }, prefix) => ({
        sql: `select number as person_id from numbers(100) where number % {${prefix}n:UInt64} = 0`,
        parameters: { [`${prefix}n`]: Number(text!.split(' ')[1]) },
      }),
    },
  }),
});
const buy = { event: 'buy' };
const groups = [
  { title: '三', people: 'every 3' },
  { title: '二', people: 'every 2' },
  { title: '稀', people: 'every 29' },
];
const common = { period: { lastDays: 7 }, breakdown: { by: { kind: 'people', groups } } };
const run = (question: object) => runAnalysis(asking(), analysisSchema.parse({ ...common, ...question }));
/** People of each group: ten multiples of three, ten other even ones, one of 29, and nine in none. */
const SIZES = { 三: 10, 二: 10, 稀: 1, '': 9 };

test('each person is in the first group that describes them, and groups make up the whole', async () => {
  const recency = (await run({ kind: 'recency', event: buy, valueProperty: 'amount' })) as RecencyAnswer;
  expect(recency.people).toBe(30);
  expect(Object.fromEntries(recency.groups!.map(({ group, answer }) => [group, answer.people]))).toEqual(
    SIZES,
  );
  const session = (await run({ kind: 'session', gapMs: 1_000 })) as SessionAnswer;
  expect(session.groups!.map(({ answer }) => answer.sessions).reduce((sum, each) => sum + each, 0)).toBe(60);
  const value = (await run({
    kind: 'lifetime_value',
    start: buy,
    value: buy,
    unit: 'month',
    compare: 'previous_period',
  })) as LifetimeValueAnswer;
  const peopleOf = ({ answer }: NonNullable<typeof value.groups>[number]): number =>
    answer.cohorts.reduce((sum, cohort) => sum + cohort.people, 0);
  expect(value.groups!.map(peopleOf)).toEqual(Object.values(SIZES));
  expect(value.compared!.cohorts.every((cohort) => cohort.people === 0)).toBe(true);
});

test('people of a group, and no group that is not there', async () => {
  const analysis = { ...common, events: [buy], gapMs: 1_000 };
  const people = (group: string) =>
    peopleOfCell(asking(), analysisCellSchema.parse({ kind: 'session', analysis, cell: { group } }));
  expect((await readPeople(asking(), await people('稀'), { limit: 10 })).personIds).toEqual([29]);
  expect((await readPeople(asking(), await people('二'), { limit: 100 })).total).toBe(10);
  await expect(people('四')).rejects.toMatchObject({ code: 'analysis_invalid' });
});

test('exports have the groups, without the small ones', async () => {
  const analysis = analysisSchema.parse({
    ...common,
    kind: 'lifetime_value',
    start: buy,
    value: buy,
    periods: 1,
  });
  const request = { analysis, format: 'csv', smallestGroup: 5, user: 'mei' } as const;
  const { file, hidden } = await exportAnalysis(asking(), request);
  const lines = String(file).replace('\u{feff}', '').trim().split('\r\n');
  expect(lines[0]).toBe('group,cohort,people,period_0');
  const tenOfThree = lines.filter((line) => line.startsWith('三,'));
  expect(tenOfThree.length).toBeGreaterThan(0);
  expect(lines.find((line) => line.startsWith('稀,'))).toContain(',<5,<5');
  expect(hidden).toBeGreaterThan(1);
});
