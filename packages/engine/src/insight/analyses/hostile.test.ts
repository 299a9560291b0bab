import {
  analysisCellSchema,
  analysisSchema,
  type FunnelAnswer,
  type RetentionAnswer,
  type TrendAnswer,
} from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { readPeople } from './people-query.ts';
import { peopleOfCell, runAnalysis } from './run-analysis.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const asking = () => ({ platform, needs: testNeeds({}) });
const run = (question: object) => runAnalysis(asking(), analysisSchema.parse(question));
const one = { event: 'login' };
const steps = [one, { event: 'buy' }];
const QUESTIONS = [
  { kind: 'trend', series: [one] },
  { kind: 'funnel', steps, timeToConvert: true },
  { kind: 'retention', start: one, returning: one },
  { kind: 'path' },
  { kind: 'distribution', event: one },
  { kind: 'interval', first: one, next: one },
  { kind: 'attribution', touches: [one], conversion: { event: 'buy' }, models: ['markov', 'shapley'] },
  { kind: 'lifetime_value', start: one, value: one },
  { kind: 'session' },
  { kind: 'recency', event: one, valueProperty: 'amount' },
];

test.each(QUESTIONS)('$kind: nothing there, and periods from 1970 to the end of time', async (question) => {
  const empty = await run({ ...question, period: { lastDays: 3 } });
  expect(empty.tookMs).toBeGreaterThanOrEqual(0);
  // Every number is one, or none: nothing divides by nobody.
  expect(JSON.stringify(empty)).not.toMatch(/NaN|Infinity/);
  for (const period of [
    { from: '1970-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' },
    { from: '2299-01-01T00:00:00Z', to: '2400-01-01T00:00:00Z' },
    { from: '0001-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  ]) {
    const asked = run({ ...question, period });
    await asked.catch((error: unknown) => expect(error).toMatchObject({ code: 'analysis_invalid' }));
  }
});

test('ten years by hour are refused at once', async () => {
  const startedAt = performance.now();
  const period = { from: '2016-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
  for (const question of [QUESTIONS[0], QUESTIONS[8]]) {
    await expect(run({ ...question, unit: 'hour', period })).rejects.toMatchObject({
      code: 'analysis_invalid',
      details: { reason: 'too_many_buckets' },
    });
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('names and values that look like SQL, like our own words, or like nothing', async () => {
  const at = TEST_START_MS - 60_000;
  const names = [
    "'; drop table event; --",
    '`',
    '\\',
    '{v0:String}',
    '$other',
    '*',
    '😀 登录 \n',
    '%s',
    "a' or 1=1",
  ];
  await insertEvents(
    platform,
    names.map((name, person) => ({
      person: person + 1,
      event: `hostile ${name}`,
      time: at + person,
      properties: { 'p`q': 1, way: name },
    })),
  );
  for (const [index, name] of names.entries()) {
    const event = `hostile ${name}`;
    const trend = (await run({
      kind: 'trend',
      period: { lastDays: 1 },
      series: [{ event, where: [{ property: 'way', operator: 'eq', value: name }] }],
    })) as TrendAnswer;
    expect(trend.series[0]!.total, name).toBe(1);
    const of = {
      kind: 'trend',
      analysis: { period: { lastDays: 1 }, series: [{ event }] },
      cell: { series: 0 },
    };
    const people = await readPeople(asking(), await peopleOfCell(asking(), analysisCellSchema.parse(of)), {
      limit: 10,
    });
    expect(people.personIds, name).toEqual([index + 1]);
  }
  // The rest is told apart from a value that has its name.
  const grouped = (await run({
    kind: 'trend',
    period: { lastDays: 1 },
    series: [{ event: '*', where: [{ property: 'way', operator: 'exists' }] }],
    breakdown: { by: { kind: 'property', property: 'way' }, limit: 50 },
  })) as TrendAnswer;
  expect(grouped.series.map((line) => line.total)).toEqual(names.map(() => 1));
  expect(() =>
    analysisSchema.parse({ ...QUESTIONS[9], period: { lastDays: 1 }, valueProperty: 'a`b' }),
  ).toThrow();
});

test('days of a zone whose clocks change are days there', async () => {
  // Clocks of New York skip 02:00 on 9 March 2025 and repeat 01:00 on 2 November 2025.
  const hours = Array.from({ length: 72 }, (_, hour) => Date.UTC(2025, 2, 8, 5) + hour * 3_600_000);
  await insertEvents(
    platform,
    hours.map((time) => ({ person: 7, event: 'tick', time })),
  );
  const asked = {
    period: { from: '2025-03-08T05:00:00Z', to: '2025-03-11T04:00:00Z' },
    timeZone: 'America/New_York',
  };
  const trend = (await run({
    kind: 'trend',
    ...asked,
    series: [{ event: 'tick' }],
    unit: 'day',
  })) as TrendAnswer;
  expect(trend.series[0]!.values).toEqual([24, 23, 24]);
  const tick = { event: 'tick' };
  const retention = (await run({
    kind: 'retention',
    ...asked,
    start: tick,
    returning: tick,
    unit: 'day',
    periods: 2,
  })) as RetentionAnswer;
  expect(retention.cohorts[0]).toMatchObject({ people: 1, returned: [1, 1, 1] });
  const autumn = Array.from({ length: 25 }, (_, hour) => Date.UTC(2025, 10, 2, 4) + hour * 3_600_000);
  await insertEvents(
    platform,
    autumn.map((time) => ({ person: 7, event: 'tock', time })),
  );
  const long = (await run({
    kind: 'trend',
    period: { from: '2025-11-02T04:00:00Z', to: '2025-11-03T05:00:00Z' },
    timeZone: 'America/New_York',
    series: [{ event: 'tock' }],
  })) as TrendAnswer;
  expect(long.series[0]!.values).toEqual([25]);
});

test('two who turn out to be one in the middle of their way walk it together', async () => {
  const at = TEST_START_MS - 3_600_000;
  const story = [
    { person: 101, event: 'apply', time: at },
    { person: 102, event: 'approve', time: at + 60_000 },
  ];
  await insertEvents(platform, story);
  const funnel = {
    kind: 'funnel',
    period: { lastDays: 1 },
    steps: [{ event: 'apply' }, { event: 'approve' }],
    compare: 'previous_period',
  };
  const people = async () => ((await run(funnel)) as FunnelAnswer).steps.map((step) => step.people);
  expect(await people()).toEqual([1, 0]);
  await platform.clickhouse.insert('identity_override', [{ key_number: 102, person_id: 101, version: 1 }]);
  expect(await people()).toEqual([1, 1]);
  const cell = { step: 2, outcome: 'reached' };
  const of = analysisCellSchema.parse({ kind: 'funnel', analysis: funnel, cell });
  expect((await readPeople(asking(), await peopleOfCell(asking(), of), { limit: 10 })).personIds).toEqual([
    101,
  ]);
  // And taken apart again.
  await platform.clickhouse.insert('identity_override', [{ key_number: 102, person_id: 102, version: 2 }]);
  expect(await people()).toEqual([1, 0]);
  expect(((await run(funnel)) as FunnelAnswer).compared?.steps.map((step) => step.people)).toEqual([0, 0]);
});
