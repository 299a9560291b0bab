import {
  analysisCellSchema,
  analysisSchema,
  type AttributionAnswer,
  type DistributionAnswer,
  type FunnelAnswer,
  type IntervalAnswer,
  type PathAnswer,
  type RetentionAnswer,
  type TrendAnswer,
} from '@wutong/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { readPeople } from './people-query.ts';
import { peopleOfCell, runAnalysis } from './run-analysis.ts';

// What an independent calculation of the same numbers found to differ.

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
beforeEach(() => platform.clickhouse.command('truncate table event'));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const iso = (ms: number) => new Date(ms).toISOString();
const scope = { period: { from: iso(TEST_START_MS), to: iso(TEST_START_MS + 10 * DAY_MS) }, timeZone: 'UTC' };
const needs = () => ({ platform, needs: testNeeds({}) });

const ask = async <Answer>(question: object): Promise<Answer> =>
  (await runAnalysis(needs(), analysisSchema.parse({ ...scope, ...question }))) as Answer;
const behind = async ({ kind, ...question }: { kind: string }, cell: object): Promise<number[]> => {
  const of = analysisCellSchema.parse({ kind, analysis: { ...scope, ...question }, cell });
  return (await readPeople(needs(), await peopleOfCell(needs(), of), { limit: 100 })).personIds;
};
/** Events a person each: name, hours after the start, properties. */
const happened = (...events: [number, string, number, object?][]) =>
  insertEvents(
    platform,
    events.map(([person, event, hour, properties = {}]) => ({
      person,
      event,
      time: TEST_START_MS + hour * HOUR_MS,
      properties: { ...properties },
    })),
  );

test('the median of an even number lies between the two, and texts that are no finite number count for nothing', async () => {
  await happened(
    ...[1, 2, 4, 10].map((v, person): [number, string, number, object] => [person, 'buy', 1, { v }]),
    ...['NaN', 'Infinity', '-inf', '1e400', 'abc'].map((v): [number, string, number, object] => [
      9,
      'buy',
      2,
      { v },
    ]),
    [10, 'buy', 2, { v: '3' }],
  );
  const total = async (kind: string) => {
    const { series } = await ask<TrendAnswer>({
      kind: 'trend',
      series: [{ event: 'buy', measure: { kind, property: 'v' } }],
    });
    return series[0]!.total;
  };
  expect([await total('sum'), await total('max'), await total('median')]).toEqual([20, 10, 3]);
  const spread = await ask<DistributionAnswer>({
    kind: 'distribution',
    event: { event: 'buy', where: [{ property: 'v', operator: 'ne', value: 3 }] },
    measure: { kind: 'sum', property: 'v' },
  });
  expect(spread).toMatchObject({ people: 4, mean: 4.25, median: 3, max: 10 });
  expect(spread.p90).toBeCloseTo(8.2, 9);
});

test('a gap as long as the longest allowed is in the last bin, and so is its person', async () => {
  await happened([1, 'buy', 0], [1, 'buy', 24], [2, 'buy', 0], [2, 'buy', 23]);
  const question = { kind: 'interval', first: { event: 'buy' }, next: { event: 'buy' }, maximumMs: DAY_MS };
  const { histogram, medianMs } = await ask<IntervalAnswer>(question);
  expect(medianMs).toBe(23.5 * HOUR_MS);
  const last = histogram.at(-1)!;
  expect(last.pairs).toBe(2);
  expect(await behind(question, { fromMs: last.fromMs, toMs: last.toMs })).toEqual([1, 2]);
});

test('over all cohorts the people are those of the cohorts that have lived the period', async () => {
  await happened([1, 'open', 0], [1, 'buy', 25], [2, 'open', 48], [2, 'buy', 49], [2, 'buy', 73]);
  platform.clock.set(TEST_START_MS + 3.5 * DAY_MS);
  const question = { kind: 'retention', start: { event: 'open' }, returning: { event: 'buy' }, periods: 1 };
  const { overall } = await ask<RetentionAnswer>(question);
  expect(overall[0]!.returned).toEqual([1, 1]);
  expect(await behind(question, { period: 1 })).toEqual([1]);
  expect(await behind(question, { period: 0 })).toEqual([2]);
});

test('a conversion is no touch of its own, others at the same instant are', async () => {
  await happened([1, 'see', 1], [1, 'buy', 2], [2, 'buy', 3], [3, 'see', 4], [3, 'buy', 4]);
  const question = {
    kind: 'attribution',
    touches: [{ event: '*' }],
    conversion: { event: 'buy' },
    models: ['last', 'linear'],
  };
  const answer = await ask<AttributionAnswer>(question);
  expect(answer).toMatchObject({ conversions: 3, untouched: 1 });
  expect(answer.touches.map(({ credits }) => credits['linear']!.conversions)).toEqual([2]);
});

test('paths begin with an event also where events are told apart by a property', async () => {
  await happened(
    [1, 'open', 0, { page: 'x' }],
    [1, 'view', 0.1, { page: '/loans' }],
    [1, 'buy', 0.2],
    [2, 'view', 0, { page: '/cards' }],
    [3, 'viewer', 0],
  );
  const question = { kind: 'path', splitBy: 'page', anchor: { kind: 'start', event: 'view' } };
  const { paths, nodes } = await ask<PathAnswer>(question);
  expect(paths).toBe(2);
  expect(nodes.map(({ level, name }) => `${level} ${name}`).sort()).toEqual([
    '0 view · /cards',
    '0 view · /loans',
    '1 buy',
  ]);
  expect(await behind(question, { level: 0, name: 'view · /loans' })).toEqual([1]);
});

test('groups beyond the limit are one, with its people', async () => {
  await happened(
    ...[1, 2, 3].map((person): [number, string, number, object] => [person, 'buy', 1, { way: 'app' }]),
    [4, 'buy', 1, { way: 'web' }],
    [5, 'buy', 1, { way: 'desk' }],
  );
  const question = {
    kind: 'trend',
    series: [{ event: 'buy', measure: { kind: 'people' } }],
    breakdown: { by: { kind: 'property', property: 'way' }, limit: 1 },
  };
  const { series } = await ask<TrendAnswer>(question);
  expect(series.map(({ group, total }) => [group, total])).toEqual([
    ['app', 3],
    ['$other', 2],
  ]);
  expect(await behind(question, { series: 0, group: '$other' })).toEqual([4, 5]);
});

test('the error of a sample is that of its people, whatever the answer counts', async () => {
  // Twenty events each, amounts below nothing, several first days: none of it makes a sample surer.
  await insertEvents(
    platform,
    Array.from({ length: 20 * 400 }, (_, index) => ({
      person: 1 + (index % 400),
      event: 'buy',
      time: TEST_START_MS + Math.floor(index / 400) * 3 * HOUR_MS,
      properties: { amount: -3 },
    })),
  );
  const buy = { event: 'buy' };
  const errors = await Promise.all(
    [
      { kind: 'trend', series: [buy], unit: 'day' },
      { kind: 'trend', series: [{ ...buy, measure: { kind: 'sum', property: 'amount' } }], unit: 'day' },
      { kind: 'retention', start: buy, returning: buy, cohort: 'every', unit: 'day' },
      { kind: 'attribution', touches: [buy], conversion: { event: 'open' }, models: ['linear'] },
      {
        kind: 'report',
        subject: { kind: 'events', event: buy },
        measures: [{ kind: 'count' }],
        dimensions: [],
      },
    ].map(async (question) => {
      const answer = await ask<TrendAnswer>({ ...question, sample: 0.5 });
      return answer.sampled!.error;
    }),
  );
  const [drawn] = await platform.clickhouse.query<{ people: number }>(
    'select countIf(cityHash64(number + 1) % 100000 < 50000) as people from numbers(400)',
  );
  const expected = 1.96 * Math.sqrt((0.25 / drawn!.people) * 0.5);
  for (const error of errors) expect(error).toBeCloseTo(expected, 4);
});

test('a funnel with more groups than can be shown counts everybody', async () => {
  await insertEvents(
    platform,
    Array.from({ length: 12_000 }, (_, person) => ({
      person: person + 1,
      event: 'view',
      time: TEST_START_MS,
      properties: { page: `page ${person}` },
    })),
  );
  const answer = await ask<FunnelAnswer>({
    kind: 'funnel',
    steps: [{ event: 'view' }, { event: 'buy' }],
    breakdown: { by: { kind: 'property', property: 'page' }, limit: 2 },
  });
  expect(answer.steps.map((step) => step.people)).toEqual([12_000, 0]);
  expect(answer.groups!.map(({ group, steps }) => [group, steps[0]!.people])).toEqual([
    ['page 0', 1],
    ['page 1', 1],
    ['$other', 11_998],
  ]);
});

test('the others of a path are as many people as their paths say, at a node and at each end of a link', async () => {
  // One session a person, so that paths are people; three names are shown of seven at each level.
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  await insertEvents(
    platform,
    Array.from({ length: 140 }, (_, person) =>
      [0, 1, 2]
        .filter((level) => level <= person % 4)
        .map((level) => ({
          person: person + 1,
          event: names[Math.floor(Math.sqrt((person * 7 + level * 13) % 49))]!,
          time: TEST_START_MS + level * 1_000,
        })),
    ).flat(),
  );
  const question = { kind: 'path', maximumNodes: 3, mergeRepeats: false };
  const { nodes, links } = await ask<PathAnswer>(question);
  const cells = [
    ...nodes.map(({ level, name, paths }) => ({ cell: { level, name }, paths })),
    ...links.map(({ level, from, to, paths }) => ({ cell: { level, name: from, next: to }, paths })),
  ];
  expect(cells.filter(({ cell }) => JSON.stringify(cell).includes('$other')).length).toBeGreaterThan(8);
  for (const { cell, paths } of cells) {
    const { kind, ...analysis } = { ...scope, ...question };
    const of = analysisCellSchema.parse({ kind, analysis, cell });
    const { total } = await readPeople(needs(), await peopleOfCell(needs(), of), { limit: 1 });
    expect(total, JSON.stringify(cell)).toBe(paths);
  }
});
