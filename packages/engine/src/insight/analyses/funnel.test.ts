import { funnelRequestSchema, type FunnelRequest } from '@wutong/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { insertEvents, testNeeds, type TestEvent } from '../insight-world.ts';
import { analyseFunnel, peopleOfFunnel } from './funnel.ts';
import { readPeople } from './people-query.ts';

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

const SECOND_MS = 1_000;
const period = {
  from: new Date(TEST_START_MS).toISOString(),
  to: new Date(TEST_START_MS + 60 * SECOND_MS).toISOString(),
};

const request = (input: Record<string, unknown>): FunnelRequest =>
  funnelRequestSchema.parse({ period, ...input });
const needs = () => ({ platform, needs: testNeeds({}) });
const reached = async (input: Record<string, unknown>) =>
  (await analyseFunnel(needs(), request(input))).steps.map((step) => step.people);

/** Slow and obvious: tries every chain of different events. */
function levelOf(events: readonly TestEvent[], asked: FunnelRequest): number {
  const sorted = events.toSorted((one, other) => one.time - other.time);
  const isStep = (event: TestEvent, step: number) => event.event === asked.steps[step]!.event;
  const end = Date.parse(period.to);
  let best = 0;
  const chainsFrom = (chain: readonly TestEvent[]): void => {
    best = Math.max(best, chain.length);
    if (chain.length === asked.steps.length) return;
    for (const next of sorted) {
      if (chain.includes(next) || !isStep(next, chain.length)) continue;
      const last = chain.at(-1);
      if (!last && next.time >= end) continue;
      if (last && (next.time < last.time || next.time - chain[0]!.time > asked.windowMs)) continue;
      const broken = asked.exclusions.some(
        ({ event, afterStep, beforeStep = asked.steps.length }) =>
          chain.length >= afterStep &&
          chain.length < beforeStep &&
          sorted.some((each) => each.event === event && each.time > last!.time && each.time < next.time),
      );
      if (!broken) chainsFrom([...chain, next]);
    }
  };
  chainsFrom([]);
  return best;
}

const personEvents = (names: readonly string[], count: number) =>
  fc.array(
    fc.record({
      event: fc.constantFrom(...names),
      // Different instants: what ties mean is said in tests of their own.
      second: fc.integer({ min: 0, max: 70 }),
    }),
    { maxLength: count },
  );

test.each([
  ['plain', {}],
  ['with times', { timeToConvert: true }],
  ['the same event twice', { steps: [{ event: 'a' }, { event: 'b' }, { event: 'a' }] }],
  ['an exclusion', { exclusions: [{ event: 'x', afterStep: 1 }] }],
  ['an exclusion late', { exclusions: [{ event: 'x', afterStep: 2, beforeStep: 3 }] }],
])('levels are those of trying every chain: %s', async (_name, more) => {
  const asked = request({
    steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }],
    windowMs: 20 * SECOND_MS,
    ...more,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(personEvents(['a', 'b', 'c', 'x'], 9), { minLength: 20, maxLength: 40 }),
      async (drawn) => {
        await platform.clickhouse.command('truncate table event');
        // Some of them neighbours: people are looked at in blocks of 64 numbers.
        const people = drawn.map((events, index) => {
          const bySecond = new Map(events.map((each) => [each.second, each]));
          return [...bySecond.values()].map((each): TestEvent => ({
            person: index * 7,
            event: each.event,
            time: TEST_START_MS + each.second * SECOND_MS,
          }));
        });
        await insertEvents(platform, people.flat());
        const expected = asked.steps.map(
          (_, index) => people.filter((events) => levelOf(events, asked) > index).length,
        );
        const answer = await analyseFunnel(needs(), asked);
        expect(answer.steps.map((step) => step.people)).toEqual(expected);
      },
    ),
    { numRuns: 8 },
  );
});

const overlapping = request({
  order: 'any',
  windowMs: 20 * SECOND_MS,
  steps: [
    { event: 'a' },
    { event: 'a', where: [{ property: 'n', operator: 'gte', value: 2 }] },
    { event: '*', where: [{ property: 'n', operator: 'lte', value: 2 }] },
    { event: 'b' },
  ],
});

interface NumberedEvent extends TestEvent {
  readonly n: number;
}

/** Slow and obvious: the most steps that events of a window have one each of, with its first event among them. */
function matchedLevel(
  events: readonly NumberedEvent[],
  isStep: (event: NumberedEvent) => readonly boolean[],
): number {
  const stepsOf = (event: NumberedEvent) => isStep(event).flatMap((is, step) => (is ? [step] : []));
  const most = (left: readonly NumberedEvent[], taken: readonly number[]): number => {
    const [next, ...others] = left;
    if (!next) return taken.length;
    const free = stepsOf(next).filter((step) => !taken.includes(step));
    return Math.max(most(others, taken), ...free.map((step) => most(others, [...taken, step])));
  };
  const sorted = events.toSorted((one, other) => one.time - other.time);
  const levels = sorted.map((first, place) => {
    if (first.time >= Date.parse(period.to)) return 0;
    const others = sorted.slice(place + 1).filter((each) => each.time - first.time <= overlapping.windowMs);
    return Math.max(0, ...stepsOf(first).map((step) => most(others, [step])));
  });
  return Math.max(0, ...levels);
}

/** The same or apart: what one event may be is a step like another. */
const classed = request({
  order: 'any',
  windowMs: 20 * SECOND_MS,
  steps: [
    { event: 'a', where: [{ property: 'n', operator: 'eq', value: 1 }] },
    { event: 'b' },
    { event: 'a', where: [{ property: 'n', operator: 'in', value: [2, 3] }] },
    { event: 'b' },
    { event: 'b' },
  ],
});

test.each<[string, FunnelRequest, (event: NumberedEvent) => readonly boolean[]]>([
  [
    'several of',
    overlapping,
    ({ event, n }) => [event === 'a', event === 'a' && n >= 2, n <= 2, event === 'b'],
  ],
  [
    'the same of',
    classed,
    ({ event, n }) => [
      event === 'a' && n === 1,
      event === 'b',
      event === 'a' && n > 1,
      event === 'b',
      event === 'b',
    ],
  ],
])('any order: of steps that one event may be %s, as many as can be matched', async (_, asked, isStep) => {
  const drawn = fc.record({
    event: fc.constantFrom('a', 'b', 'b', 'c'),
    n: fc.integer({ min: 1, max: 3 }),
    second: fc.integer({ min: 40, max: 75 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(drawn, { maxLength: 6 }), { minLength: 60, maxLength: 90 }),
      async (each) => {
        await platform.clickhouse.command('truncate table event');
        const people = each.map((events, index) =>
          events.map(({ event, n, second }) => ({
            ...at(second, event, index + 1, { n }),
            n,
          })),
        );
        await insertEvents(platform, people.flat());
        const levels = people.map((events) => matchedLevel(events, isStep));
        const expected = asked.steps.map((_, index) => levels.filter((level) => level > index).length);
        const { steps } = await analyseFunnel(needs(), asked);
        expect(steps.map((step) => step.people)).toEqual(expected);
        const { times } = await analyseFunnel(needs(), { ...asked, timeToConvert: true });
        expect(times!.whole.people).toBe(expected.at(-1));
      },
    ),
    { numRuns: 2 },
  );
});

const at = (second: number, event: string, person = 1, properties = {}): TestEvent => ({
  person,
  event,
  time: TEST_START_MS + second * SECOND_MS,
  properties,
});
const abc = { steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }], windowMs: 30 * SECOND_MS };

test.each<[string, TestEvent[], Record<string, unknown>, number[]]>([
  ['nobody', [], {}, [0, 0, 0]],
  [
    'events of one instant count in the order of the steps',
    [at(1, 'c'), at(1, 'b'), at(1, 'a')],
    {},
    [1, 1, 1],
  ],
  ['the same with times', [at(1, 'c'), at(1, 'b'), at(1, 'a')], { timeToConvert: true }, [1, 1, 1]],
  ['the window includes its end', [at(1, 'a'), at(31, 'b')], {}, [1, 1, 0]],
  ['and no more', [at(1, 'a'), { ...at(31, 'b'), time: TEST_START_MS + 31_001 }], {}, [1, 0, 0]],
  ['a later start saves the chain', [at(1, 'a'), at(20, 'a'), at(45, 'b')], {}, [1, 1, 0]],
  ['a chain begins in the period', [at(60, 'a'), at(61, 'b')], {}, [0, 0, 0]],
  ['and may end after it', [at(59, 'a'), at(61, 'b'), at(80, 'c')], {}, [1, 1, 1]],
  ['one event is not two steps', [at(1, 'a')], { steps: [{ event: 'a' }, { event: 'a' }] }, [1, 0]],
  ['two events are', [at(1, 'a'), at(2, 'a')], { steps: [{ event: 'a' }, { event: 'a' }] }, [1, 1]],
  [
    'strict with the same value: nothing between, also without one or with another',
    [
      at(1, 'a', 1, { n: 1 }),
      at(2, 'z', 1),
      at(3, 'b', 1, { n: 1 }),
      at(1, 'a', 2, { n: 1 }),
      at(2, 'b', 2, { n: 2 }),
      at(3, 'b', 2, { n: 1 }),
      at(0, 'z', 3),
      at(1, 'a', 3, { n: 1 }),
      at(2, 'b', 3, { n: 1 }),
      at(3, 'c', 3, { n: 2 }),
    ],
    { order: 'strict', sameProperty: 'n' },
    [3, 1, 0],
  ],
  ['strict: nothing between', [at(1, 'a'), at(2, 'z'), at(3, 'b')], { order: 'strict' }, [1, 0, 0]],
  [
    'strict: one after the other',
    [at(1, 'z'), at(2, 'a'), at(3, 'b'), at(4, 'c')],
    { order: 'strict' },
    [1, 1, 1],
  ],
  [
    'strict: also not within the same thousandths of a second',
    [at(1, 'a'), at(1.001, 'z'), at(1.002, 'b')],
    { order: 'strict' },
    [1, 0, 0],
  ],
  [
    'any order: a chain of the period is not lost to the same step after it',
    [at(59, 'a'), at(61, 'a'), at(62, 'b')],
    { order: 'any' },
    [1, 1, 0],
  ],
  ['any order: nor is one made of steps after it', [at(61, 'a'), at(62, 'b')], { order: 'any' }, [0, 0, 0]],
  ['any order', [at(1, 'c'), at(2, 'a'), at(3, 'b')], { order: 'any' }, [1, 1, 1]],
  ['any order within the window', [at(1, 'c'), at(2, 'a'), at(40, 'b')], { order: 'any' }, [1, 1, 0]],
  [
    'any order, the same twice',
    [at(1, 'a')],
    { order: 'any', steps: [{ event: 'a' }, { event: 'a' }] },
    [1, 0],
  ],
  [
    'the same product all along',
    [
      at(1, 'a', 1, { product: 'p' }),
      at(2, 'b', 1, { product: 'q' }),
      at(3, 'a', 2, { product: 'q' }),
      at(4, 'b', 2, { product: 'q' }),
      at(5, 'a', 3),
    ],
    { sameProperty: 'product' },
    [2, 1, 0],
  ],
  [
    'the same product all along, with a step that comes twice',
    [
      at(1, 'a', 1, { product: 'p' }),
      at(2, 'b', 1, { product: 'q' }),
      at(3, 'a', 1, { product: 'q' }),
      at(1, 'a', 2, { product: 'q' }),
      at(2, 'b', 2, { product: 'q' }),
      at(3, 'a', 2, { product: 'q' }),
    ],
    { sameProperty: 'product', steps: [{ event: 'a' }, { event: 'b' }, { event: 'a' }] },
    [2, 1, 1],
  ],
  [
    'conditions on properties: text, number, boolean, missing',
    [
      at(1, 'a', 1, { product: 'p', amount: 5, vip: true }),
      at(2, 'b', 1, { amount: 1.5 }),
      at(3, 'c', 1, { note: 'x' }),
      at(1, 'a', 2, { product: 'p', amount: '5', vip: false }),
    ],
    {
      steps: [
        {
          event: 'a',
          where: [
            { property: 'product', operator: 'in', value: ['p', 'q'] },
            { property: 'amount', operator: 'gte', value: 5 },
          ],
        },
        {
          event: 'b',
          where: [
            { property: 'amount', operator: 'lt', value: 2 },
            { property: 'vip', operator: 'missing' },
          ],
        },
        { event: 'c', where: [{ property: 'note', operator: 'ne', value: 'y' }] },
      ],
    },
    [2, 1, 1],
  ],
])('%s', async (_name, events, more, expected) => {
  await insertEvents(platform, events);
  expect(await reached({ ...abc, ...more })).toEqual(expected);
});

test('breakdown by the first and the last touch, the largest groups first', async () => {
  await insertEvents(platform, [
    ...[1, 2, 3].flatMap((person) => [
      at(1, 'a', person, { way: 'app' }),
      at(2, 'a', person, { way: 'web' }),
    ]),
    at(3, 'b', 1),
    at(1, 'a', 4, { way: 'desk' }),
    at(1, 'a', 5),
  ]);
  const breakdown = { by: { kind: 'property', property: 'way' }, limit: 2 };
  const first = await analyseFunnel(needs(), request({ ...abc, breakdown }));
  expect(first.groups!.map(({ group, steps }) => [group, ...steps.map((step) => step.people)])).toEqual([
    ['app', 3, 1, 0],
    ['', 1, 0, 0],
    ['$other', 1, 0, 0],
  ]);
  const last = await analyseFunnel(
    needs(),
    request({ ...abc, breakdown, touch: 'last', timeToConvert: true }),
  );
  expect(last.groups![0]).toMatchObject({
    group: 'web',
    steps: [{ people: 3 }, { people: 1, stepRate: 1 / 3 }, {}],
  });
});

test.each(['first', 'last'])(
  'by %s touch and the same property: a group has as many people as it says',
  async (touch) => {
    await insertEvents(
      platform,
      [1, 2, 3, 4, 5, 6].flatMap((person) => [
        ...['p', 'q'].flatMap((product) => [
          at(1, 'a', person, { product, way: product === 'p' ? 'app' : `way ${person}` }),
          at(2, 'b', person, { product }),
        ]),
        at(3, 'c', person, { product: person > 3 ? 'q' : 'p' }),
      ]),
    );
    const breakdown = { by: { kind: 'property', property: 'way' }, limit: 1 };
    const asked = request({ ...abc, touch, breakdown, sameProperty: 'product', timeToConvert: true });
    const { groups } = await analyseFunnel(needs(), asked);
    expect(groups!.map(({ group, steps }) => [group, steps[2]!.people])).toEqual([
      ['app', 3],
      ['$other', 3],
    ]);
    for (const { group, steps } of groups!) {
      const cell = { step: 3, outcome: 'reached', group } as const;
      const { total } = await readPeople(needs(), await peopleOfFunnel(needs(), asked, cell), { limit: 1 });
      expect(total, group).toBe(steps[2]!.people);
    }
  },
);

test('times of the chain that got there first, with the latest start', async () => {
  await insertEvents(platform, [
    at(1, 'a', 1),
    at(5, 'a', 1),
    at(8, 'b', 1),
    at(12, 'c', 1),
    at(50, 'c', 1),
    at(1, 'a', 2),
    at(11, 'b', 2),
  ]);
  const { times } = await analyseFunnel(needs(), request({ ...abc, timeToConvert: true }));
  expect(times!.steps).toEqual([
    { people: 2, meanMs: 6_500, medianMs: 6_500, p90Ms: 9_300 },
    { people: 1, meanMs: 4_000, medianMs: 4_000, p90Ms: 4_000 },
  ]);
  expect(times!.whole).toEqual({ people: 1, meanMs: 7_000, medianMs: 7_000, p90Ms: 7_000 });
  expect(times!.histogram).toEqual([{ fromMs: 0, toMs: 30_000, people: 1 }]);
});

test('the people behind a number, in pages', async () => {
  await insertEvents(
    platform,
    [1, 2, 3, 4, 5].flatMap((person) => [at(1, 'a', person), ...(person > 3 ? [at(2, 'b', person)] : [])]),
  );
  const people = async (
    cell: { step: number; outcome: 'reached' | 'dropped' },
    page: { afterPersonId?: number; limit: number },
  ) => readPeople(needs(), await peopleOfFunnel(needs(), request(abc), cell), page);
  expect(await people({ step: 1, outcome: 'dropped' }, { limit: 2 })).toEqual({
    total: 3,
    personIds: [1, 2],
    nextAfterPersonId: 2,
  });
  expect(await people({ step: 1, outcome: 'dropped' }, { afterPersonId: 2, limit: 2 })).toEqual({
    total: 3,
    personIds: [3],
  });
  expect((await people({ step: 2, outcome: 'reached' }, { limit: 10 })).personIds).toEqual([4, 5]);
});

test('what makes no sense is refused', async () => {
  const refused = (more: object) =>
    expect(analyseFunnel(needs(), request({ ...abc, ...more }))).rejects.toMatchObject({
      code: 'analysis_invalid',
    });
  await refused({ exclusions: [{ event: 'x', afterStep: 3 }] });
  await refused({ order: 'any', exclusions: [{ event: 'x', afterStep: 1 }] });
  await refused({ period: { from: period.to, to: period.from } });
  await refused({ timeZone: 'Mars/Olympus' });
  await refused({ breakdown: { by: { kind: 'attribute', attribute: 'nobody_declared' } } });
});
