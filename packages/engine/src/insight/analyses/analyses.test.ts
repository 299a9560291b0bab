import {
  analysisSchema,
  analysisCellSchema,
  sequenceRequestSchema,
  type AnalysisKind,
} from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { insertEvents, testNeeds, type TestEvent } from '../insight-world.ts';
import { readPeople } from './people-query.ts';
import { peopleOfCell, runAnalysis } from './run-analysis.ts';
import { analyseSequence } from './sequence.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 2026-03-01, a Sunday, 00:00 in Shanghai; the clock stands at noon ten days later. */
const START_MS = Date.UTC(2026, 1, 28, 16);
const NOW_MS = START_MS + 10.5 * DAY_MS;

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases, { startMs: NOW_MS });
  await insertEvents(platform, [...signUps, ...visits, ...buys, ...touches]);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const at = (day: number, minutes: number, person: number, event: string, properties = {}): TestEvent => ({
  person,
  event,
  time: START_MS + day * DAY_MS + minutes * MINUTE_MS,
  properties,
});

// Who signs up when, and comes back when: the retention table below is counted by hand from these lines.
const signUps = [
  ...[1, 2, 3].map((person) => at(0, 10, person, 'sign_up', { way: person === 1 ? 'app' : 'web' })),
  at(1, 10, 4, 'sign_up', { way: 'web' }),
  at(3, 10, 1, 'sign_up', { way: 'app' }),
  at(1, 30, 1, 'come_back'),
  at(2, 30, 1, 'come_back'),
  at(2, 30, 2, 'come_back'),
  at(2, 30, 4, 'come_back'),
  at(0, 40, 3, 'come_back'),
];
const visits = [
  at(5, 0, 1, 'home'),
  at(5, 1, 1, 'home'),
  at(5, 2, 1, 'loans'),
  at(5, 3, 1, 'apply'),
  at(5, 60, 1, 'home'),
  at(5, 61, 1, 'funds'),
  at(5, 0, 2, 'home'),
  at(5, 5, 2, 'loans'),
  at(6, 0, 3, 'funds'),
];
const buys = [
  at(0, 100, 1, 'buy', { amount: 10 }),
  at(1, 100, 1, 'buy', { amount: 5.5 }),
  at(0, 100, 2, 'buy', { amount: 100 }),
  at(2, 100, 4, 'buy', { amount: 40 }),
  at(2, 130, 4, 'buy', {}),
];
const touches = [
  ...['sms', 'push', 'sms'].map((channel, index) => at(7, index * 60, 11, 'touch', { channel })),
  at(7, 300, 11, 'open_account', { worth: 300 }),
  at(7, 0, 12, 'touch', { channel: 'push' }),
  at(7, 60, 12, 'open_account', { worth: 100 }),
  at(7, 0, 13, 'touch', { channel: 'sms' }),
  at(7, 0, 14, 'open_account', { worth: 7 }),
];

const day = (place: number) => new Date(START_MS + place * DAY_MS).toISOString();
const week = { period: { from: day(0), to: day(4) } };
const all = { period: { from: day(0), to: day(10) } };
const needs = () => ({ platform, needs: testNeeds({}) });
const run = (kind: AnalysisKind, input: object) =>
  runAnalysis(needs(), analysisSchema.parse({ kind, ...input }));
const people = async (kind: AnalysisKind, analysis: object, cell: object) =>
  (
    await readPeople(
      needs(),
      await peopleOfCell(needs(), analysisCellSchema.parse({ kind, analysis, cell })),
      { limit: 100 },
    )
  ).personIds;

test('trend: counts, people, sums, by group, with the period before', async () => {
  const asked = {
    period: { from: day(2), to: day(4) },
    series: [
      { event: 'sign_up' },
      { event: '*', measure: { kind: 'people' } },
      { event: 'buy', measure: { kind: 'sum', property: 'amount' } },
    ],
    compare: 'previous_period',
  };
  const answer = await run('trend', asked);
  expect(answer).toMatchObject({
    buckets: [day(2), day(3)],
    series: [
      { series: 0, title: 'sign_up', values: [0, 1], total: 1 },
      { series: 1, title: '*', values: [3, 1], total: 3 },
      { series: 2, values: [40, 0], total: 40 },
    ],
    compared: {
      from: day(0),
      series: [{ values: [3, 1], total: 4 }, { total: 4 }, { values: [110, 5.5], total: 115.5 }],
    },
  });
  expect(await people('trend', asked, { series: 1, bucket: day(2) })).toEqual([1, 2, 4]);
});

test('trend: groups by property, the rest together; weeks and months of the bank', async () => {
  const breakdown = { by: { kind: 'property', property: 'way' }, limit: 1 };
  const asked = {
    ...week,
    series: [{ event: 'sign_up', measure: { kind: 'people' } }],
    unit: 'week',
    breakdown,
  };
  expect(await run('trend', asked)).toMatchObject({
    // Sunday belongs to the week that began on Monday, 23 February.
    buckets: ['2026-02-22T16:00:00.000Z', '2026-03-01T16:00:00.000Z'],
    series: [
      { group: 'web', values: [2, 1], total: 3 },
      { group: '$other', values: [1, 1], total: 1 },
    ],
  });
  expect(await people('trend', asked, { series: 0, group: 'app' })).toEqual([1]);
  const single = { period: { from: day(0), to: day(1) }, series: [{ event: 'sign_up' }] };
  expect(await run('trend', single)).toMatchObject({
    buckets: [day(0)],
    series: [{ values: [3], total: 3 }],
  });
  const byMonth = {
    ...week,
    period: { from: day(-1), to: day(40) },
    series: [{ event: 'sign_up' }],
    unit: 'month',
  };
  expect(await run('trend', byMonth)).toMatchObject({
    buckets: ['2026-01-31T16:00:00.000Z', '2026-02-28T16:00:00.000Z', '2026-03-31T16:00:00.000Z'],
    series: [{ values: [0, 5, 0] }],
  });
});

test('retention: cohorts by first sign-up, on the day', async () => {
  const asked = { ...week, start: { event: 'sign_up' }, returning: { event: 'come_back' }, periods: 2 };
  expect(await run('retention', asked)).toMatchObject({
    cohorts: [
      { from: day(0), people: 3, returned: [1, 1, 2] },
      { from: day(1), people: 1, returned: [0, 1, 0] },
    ],
    overall: [{ people: [4, 4, 4], returned: [1, 2, 2], rates: [0.25, 0.5, 0.5] }],
  });
  const rolling = await run('retention', { ...asked, mode: 'rolling' });
  expect(rolling).toMatchObject({ cohorts: [{ returned: [3, 2, 2] }, { returned: [1, 1, 0] }] });
  const every = await run('retention', { ...asked, cohort: 'every' });
  expect(every).toMatchObject({
    cohorts: [{ people: 3 }, { people: 1 }, { from: day(3), people: 1, returned: [0, 0, 0] }],
  });
  expect(await people('retention', asked, { cohort: day(0), period: 2 })).toEqual([1, 2]);
  expect(await people('retention', asked, { cohort: day(0), period: 2, returned: false })).toEqual([3]);
  expect(await people('retention', asked, {})).toEqual([1, 2, 3, 4]);
});

test('retention: behind the number of all cohorts are the people of those that it counts', async () => {
  // The ninth day has passed, the tenth has not: whoever came today is in no number of the whole yet.
  await insertEvents(platform, [at(9, 5, 31, 'look'), at(10, 5, 31, 'look'), at(10, 6, 32, 'look')]);
  const look = { event: 'look' };
  const asked = { period: { from: day(9), to: day(11) }, start: look, returning: look, periods: 1 };
  expect(await run('retention', asked)).toMatchObject({
    cohorts: [{ people: 1 }, { people: 1 }],
    overall: [{ people: [1, 0] }],
  });
  expect(await people('retention', asked, {})).toEqual([31]);
  expect(await people('retention', asked, { cohort: day(10) })).toEqual([32]);
});

test('retention: what has not begun is not zero, and many periods need wider numbers', async () => {
  const asked = {
    period: { from: day(0), to: day(2) },
    start: { event: 'sign_up' },
    returning: { event: 'come_back' },
  };
  const answer = (await run('retention', { ...asked, periods: 12 })) as {
    cohorts: { returned: unknown[] }[];
    overall: { people: number[] }[];
  };
  expect(answer.cohorts[0]!.returned.slice(9)).toEqual([0, 0, null, null]);
  expect(answer.overall[0]!.people.slice(8)).toEqual([4, 3, 0, 0, 0]);
  const long = await run('retention', { ...asked, period: { from: day(-60), to: day(2) }, periods: 30 });
  expect(long).toMatchObject({
    cohorts: [{ from: day(0), people: 3, returned: expect.arrayContaining([1, 1, 2]) }, {}],
  });
});

test('path: sessions, repeats merged, from and to an event', async () => {
  const events = ['home', 'loans', 'apply', 'funds'].map((event) => ({ event }));
  const asked = { ...all, events, depth: 3 };
  expect(await run('path', asked)).toMatchObject({
    paths: 4,
    people: 3,
    nodes: [
      { level: 0, name: 'home', paths: 3, ended: 0 },
      { level: 0, name: 'funds', paths: 1, ended: 1 },
      { level: 1, name: 'loans', paths: 2, ended: 1 },
      { level: 1, name: 'funds', paths: 1, ended: 1 },
      { level: 2, name: 'apply', paths: 1, ended: 1 },
    ],
    links: [
      { level: 0, from: 'home', to: 'loans', paths: 2 },
      { level: 0, from: 'home', to: 'funds', paths: 1 },
      { level: 1, from: 'loans', to: 'apply', paths: 1 },
    ],
  });
  expect(await people('path', asked, { level: 0, name: 'home', next: 'loans' })).toEqual([1, 2]);
  expect(await run('path', { ...asked, mergeRepeats: false })).toMatchObject({
    nodes: expect.arrayContaining([{ level: 1, name: 'home', paths: 1, ended: 0 }]),
  });
  expect(await run('path', { ...asked, anchor: { kind: 'end', event: 'apply' } })).toMatchObject({
    paths: 1,
    links: [
      { level: 0, from: 'apply', to: 'loans', paths: 1 },
      { level: 1, from: 'loans', to: 'home', paths: 1 },
    ],
  });
  expect(await run('path', { ...asked, anchor: { kind: 'start', event: 'loans' } })).toMatchObject({
    paths: 2,
    people: 2,
  });
  expect(await run('path', { ...asked, maximumNodes: 2, gapMs: DAY_MS })).toMatchObject({ paths: 3 });
});

test('distribution: bins given and chosen', async () => {
  const asked = {
    ...all,
    event: { event: 'buy' },
    measure: { kind: 'sum', property: 'amount' },
    bounds: [20, 50],
  };
  expect(await run('distribution', asked)).toMatchObject({
    people: 3,
    mean: 155.5 / 3,
    median: 40,
    max: 100,
    bins: [
      { low: null, high: 20, people: 1 },
      { low: 20, high: 50, people: 1 },
      { low: 50, high: null, people: 1 },
    ],
  });
  expect(await people('distribution', asked, { low: 20, high: 50 })).toEqual([4]);
  expect(
    await run('distribution', { ...all, event: { event: 'buy' }, measure: { kind: 'days' } }),
  ).toMatchObject({
    bins: [
      { high: 2, people: 2 },
      { low: 2, people: 1 },
    ],
  });
  expect(await run('distribution', { ...all, event: { event: 'nothing' } })).toMatchObject({
    people: 0,
    mean: 0,
    max: 0,
  });
});

test('interval: each `next` with the `first` right before it', async () => {
  const asked = { ...all, first: { event: 'sign_up' }, next: { event: 'buy' } };
  expect(await run('interval', asked)).toMatchObject({
    pairs: 3,
    people: 3,
    minMs: 90 * MINUTE_MS,
    medianMs: 90 * MINUTE_MS,
    maxMs: DAY_MS + 90 * MINUTE_MS,
  });
  expect(await run('interval', { ...all, first: { event: 'buy' }, next: { event: 'buy' } })).toMatchObject({
    pairs: 2,
    minMs: 30 * MINUTE_MS,
    maxMs: DAY_MS,
  });
  expect(await people('interval', asked, { fromMs: DAY_MS, toMs: 2 * DAY_MS })).toEqual([4]);
});

test('attribution: all models share all conversions that had a touch', async () => {
  const asked = {
    ...all,
    touches: [{ event: 'touch' }],
    touchBy: 'channel',
    conversion: { event: 'open_account' },
    valueProperty: 'worth',
    halfLifeMs: 60 * MINUTE_MS,
    models: ['first', 'last', 'linear', 'position', 'time_decay', 'markov', 'shapley'],
  };
  const answer = (await run('attribution', asked)) as {
    conversions: number;
    value: number;
    untouched: number;
    touches: {
      touch: string;
      people: number;
      touches: number;
      credits: Record<string, { conversions: number; value: number }>;
    }[];
  };
  expect(answer).toMatchObject({ conversions: 3, value: 407, untouched: 1 });
  const [sms, push] = answer.touches;
  expect(sms).toMatchObject({ touch: 'sms', people: 2, touches: 3 });
  expect(push).toMatchObject({ touch: 'push', people: 2, touches: 2 });
  expect(sms!.credits).toMatchObject({ first: { conversions: 1, value: 300 }, last: { conversions: 1 } });
  expect(sms!.credits['linear']!.conversions).toBeCloseTo(2 / 3, 12);
  expect(sms!.credits['position']!.value).toBeCloseTo(240, 9);
  expect(sms!.credits['shapley']!.conversions).toBeCloseTo(0.5, 12);
  // Weights 1/32, 1/16, 1/8 of the touches 300, 240 and 180 minutes before.
  expect(sms!.credits['time_decay']!.conversions).toBeCloseTo(5 / 7, 9);
  for (const model of asked.models) {
    expect(sms!.credits[model]!.conversions + push!.credits[model]!.conversions).toBeCloseTo(2, 9);
    expect(sms!.credits[model]!.value + push!.credits[model]!.value).toBeCloseTo(400, 9);
  }
  expect(await people('attribution', asked, { touch: 'sms' })).toEqual([11]);
  expect(await people('attribution', asked, { touch: 'sms', converted: false })).toEqual([11, 13]);
});

test('lifetime value: per person, cumulative, null where it has not begun', async () => {
  const asked = {
    ...week,
    start: { event: 'sign_up' },
    value: { event: 'buy' },
    valueProperty: 'amount',
    unit: 'day',
    periods: 3,
  };
  expect(await run('lifetime_value', asked)).toMatchObject({
    cohorts: [
      { from: day(0), people: 3, cumulative: [110 / 3, 115.5 / 3, 115.5 / 3] },
      { from: day(1), people: 1, cumulative: [0, 40, 40] },
    ],
    overall: [{ people: 4, perPerson: 27.5 }, { perPerson: 155.5 / 4 }, { perPerson: 155.5 / 4 }],
  });
  expect(await people('lifetime_value', asked, { cohort: day(0), payers: true })).toEqual([1, 2]);
  // Of periods under way cohorts show what there is; over all, only those count that have lived it to the end.
  const long = (await run('lifetime_value', { ...asked, periods: 13 })) as {
    cohorts: { cumulative: (number | null)[] }[];
    overall: { people: number; perPerson: number }[];
  };
  expect(long.cohorts.map(({ cumulative }) => cumulative.slice(9))).toEqual([
    [115.5 / 3, 115.5 / 3, null, null],
    [40, null, null, null],
  ]);
  expect(long.overall.map((each) => each.people)).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 0, 0, 0]);
  expect(long.overall[9]!.perPerson).toBeCloseTo(115.5 / 3, 9);
});

test('session: cut where nothing happens for a while', async () => {
  const events = ['home', 'loans', 'apply', 'funds'].map((event) => ({ event }));
  const asked = { ...all, events };
  expect(await run('session', asked)).toMatchObject({
    sessions: 4,
    people: 3,
    meanMs: (3 + 1 + 5 + 0) * (MINUTE_MS / 4),
    bounceShare: 0.25,
    entries: [
      { event: 'home', sessions: 3 },
      { event: 'funds', sessions: 1 },
    ],
    exits: [
      { event: 'funds', sessions: 2 },
      { event: 'apply', sessions: 1 },
      { event: 'loans', sessions: 1 },
    ],
  });
  expect(await people('session', asked, { minimumMs: 3 * MINUTE_MS })).toEqual([1, 2]);
  expect(await people('session', asked, { bucket: day(6) })).toEqual([3]);
});

test('RFM: equal shares, ties have one score', async () => {
  const asked = { ...all, event: { event: 'buy' }, valueProperty: 'amount', buckets: 3 };
  expect(await run('recency', asked)).toMatchObject({
    people: 3,
    cells: [
      { recency: 3, frequency: 2, value: 2, people: 1 },
      { recency: 2, frequency: 2, value: 1, people: 1, meanEvents: 2, meanValue: 15.5 },
      { recency: 1, frequency: 1, value: 3, people: 1 },
    ],
  });
  expect(await people('recency', asked, { recency: 1, frequency: 1, value: 3 })).toEqual([2]);
});

test('sequence: the newest events of single people, in sessions', async () => {
  const answer = await analyseSequence(
    needs(),
    sequenceRequestSchema.parse({ ...all, personIds: [1, 3], eventsPerPerson: 3, limit: 1 }),
  );
  expect(answer).toMatchObject({
    people: [
      {
        personId: 1,
        events: 12,
        sessions: [{ events: [{ event: 'apply' }] }, { events: [{ event: 'home' }, { event: 'funds' }] }],
      },
    ],
    nextAfterPersonId: 1,
  });
});

test('a sample is the same people each time, scaled up, and says how sure it is', async () => {
  await insertEvents(
    platform,
    Array.from({ length: 2_000 }, (_, person) => ({
      person: 10_000 + person,
      event: 'many',
      time: TEST_START_MS,
    })),
  );
  const asked = { ...all, series: [{ event: 'many', measure: { kind: 'people' } }], sample: 0.25 };
  const first = (await run('trend', asked)) as { series: { total: number }[]; sampled?: { error: number } };
  const second = (await run('trend', asked)) as { series: { total: number }[] };
  expect(first.series[0]!.total).toBe(second.series[0]!.total);
  expect(Math.abs(first.series[0]!.total - 2_000)).toBeLessThan(300);
  expect(first.sampled!.error).toBeGreaterThan(0);
});
