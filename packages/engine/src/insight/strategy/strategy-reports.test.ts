import { strategyDocumentSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { ManualClock, Platform } from '../../platform/index.ts';
import { createInsight } from '../index.ts';
import { insertEvents, testNeeds, type TestEvent } from '../insight-world.ts';
import type { ReportedStrategy } from '../needs.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const document = strategyDocumentSchema.parse({
  format: 1,
  nodes: [
    { id: 'entry', kind: 'entry', source: { type: 'api' } },
    { id: 'holdout', kind: 'holdout', share: 1000 },
    {
      id: 'hour',
      kind: 'split',
      branches: [
        { label: 'am', share: 5000 },
        { label: 'pm', share: 5000 },
      ],
    },
    {
      id: 'content',
      kind: 'split',
      branches: [
        { label: '收益', share: 5000 },
        { label: '省心', share: 5000 },
      ],
    },
    { id: 'sms', kind: 'send', title: '短信', channel: 'sms', variantOf: 'content' },
  ],
  edges: [],
  goal: { event: 'renewed', withinMs: 7 * DAY_MS },
});
const strategy = (strategyId: string): ReportedStrategy => ({
  strategyId,
  title: '续接',
  state: 'running',
  entered: 0,
  running: 3,
  converted: 0,
  versions: [{ version: 1, document }],
});

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

const insight = (strategyId: string, given: Parameters<typeof testNeeds>[0] = {}) =>
  createInsight(platform, testNeeds({ strategies: [strategy(strategyId)], ...given }));

function fact(strategyId: string, person: number, event: string, time: number, more: object = {}): TestEvent {
  return { person, event, time, properties: { strategy_id: strategyId, strategy_version: 1.5, ...more } };
}

/** One who enters, is drawn, and perhaps converts after `convertsMs`. */
function journey(
  strategyId: string,
  person: number,
  of: { holdout?: boolean; variant?: string; convertsMs?: number; clicks?: boolean; at?: number },
): TestEvent[] {
  const at = of.at ?? TEST_START_MS;
  const events = [fact(strategyId, person, '$strategy_entered', at, { holdout: of.holdout === true })];
  if (of.variant) {
    events.push(fact(strategyId, person, '$node_passed', at, { node_id: 'hour', outcome: 'am' }));
    events.push(fact(strategyId, person, '$node_passed', at, { node_id: 'content', outcome: of.variant }));
  }
  if (of.clicks) events.push(fact(strategyId, person, '$message_clicked', at + HOUR_MS, { node_id: 'sms' }));
  if (of.convertsMs !== undefined) {
    events.push(
      fact(strategyId, person, '$goal_reached', at + of.convertsMs, { holdout: of.holdout === true }),
    );
  }
  return events;
}

test('a strategy that does not exist', async () => {
  await expect(insight('there').summary('not-there')).rejects.toMatchObject({ code: 'strategy_not_found' });
});

test('nobody entered', async () => {
  const { summary, byDay, byInstitution, enteredFrom } = await insight('empty').effect('empty');
  expect(summary.goal).toEqual({
    treated: { people: 0, converted: 0, rate: 0 },
    holdout: { people: 0, converted: 0, rate: 0 },
    difference: 0,
    low: -1,
    high: 1,
    p: 1,
  });
  expect(summary).toMatchObject({
    audience: 0,
    holdout: 0,
    balanced: true,
    running: 3,
    steps: [],
    channels: [],
  });
  expect(summary.contents).toEqual([
    { variant: '收益', people: 0, converted: 0, clicked: 0, rate: 0 },
    { variant: '省心', people: 0, converted: 0, clicked: 0, rate: 0 },
  ]);
  expect({ byDay, byInstitution, enteredFrom }).toEqual({
    byDay: [],
    byInstitution: [],
    enteredFrom: undefined,
  });
});

test('everybody in the holdout, nobody converted', async () => {
  await insertEvents(
    platform,
    [11, 12, 13].flatMap((person) => journey('all-held', person, { holdout: true })),
  );
  const { summary, byDay } = await insight('all-held').effect('all-held');
  expect(summary).toMatchObject({ audience: 3, holdout: 3 });
  expect(summary.goal).toMatchObject({ treated: { people: 0 }, holdout: { people: 3, converted: 0 }, p: 1 });
  expect(byDay).toEqual([{ day: 0, treatedRate: 0, holdoutRate: 0 }]);
});

test('groups, contents, days, re-entries, doubled facts, other strategies', async () => {
  const people = (from: number, count: number, of: Parameters<typeof journey>[2]) =>
    Array.from({ length: count }, (_, index) => journey('main', from + index, of)).flat();
  const events = [
    ...people(100, 20, { variant: '收益', convertsMs: 5 * HOUR_MS, clicks: true }),
    ...people(120, 70, { variant: '收益' }),
    ...people(200, 10, { variant: '省心', convertsMs: 2 * DAY_MS + 1 }),
    ...people(210, 80, { variant: '省心' }),
    ...people(300, 2, { holdout: true, convertsMs: 0 }),
    ...people(302, 18, { holdout: true }),
  ];
  await insertEvents(platform, events);
  // A second entry and goal of one person, a fact stored twice, and another strategy with the same people.
  await insertEvents(platform, [
    ...journey('main', 100, { variant: '省心', convertsMs: DAY_MS, at: TEST_START_MS + 3 * DAY_MS }),
    ...events.slice(0, 40),
    ...journey('other', 120, { variant: '收益', convertsMs: 1 }),
    { person: 300, event: 'renewed', time: TEST_START_MS },
  ]);
  platform.clock.set(TEST_START_MS + 3 * DAY_MS);
  const { summary, byDay, enteredFrom, goalTitle } = await insight('main').effect('main');
  platform.clock.set(TEST_START_MS);
  expect(summary.goal).toMatchObject({
    treated: { people: 180, converted: 30, rate: 30 / 180 },
    holdout: { people: 20, converted: 2, rate: 0.1 },
    difference: 30 / 180 - 0.1,
  });
  // statsmodels: confint_proportions_2indep(30, 180, 2, 20, method='newcomb'), proportions_ztest
  expect(summary.goal.low).toBeCloseTo(-0.13986906869331725, 9);
  expect(summary.goal.high).toBeCloseTo(0.1613192957482076, 9);
  expect(summary.goal.p).toBeCloseTo(0.4404006981390032, 9);
  expect(summary.contents).toEqual([
    { variant: '收益', people: 90, converted: 20, clicked: 20, rate: 20 / 90 },
    { variant: '省心', people: 90, converted: 10, clicked: 0, rate: 10 / 90 },
  ]);
  expect(summary.contentComparison!.difference).toBeCloseTo(-10 / 90, 12);
  expect(byDay.map((day) => Number(day.treatedRate.toFixed(9)))).toEqual(
    [20 / 180, 20 / 180, 30 / 180, 30 / 180].map((rate) => Number(rate.toFixed(9))),
  );
  expect(byDay.map((day) => Number(day.holdoutRate.toFixed(9)))).toEqual([0.1, 0.1, 0.1, 0.1]);
  expect(enteredFrom).toBe(new Date(TEST_START_MS).toISOString());
  expect(goalTitle).toBe('renewed');
  expect(summary.events).toBe(1);
});

test('two people who turn out to be one count once, with the group of the first entry', async () => {
  await insertEvents(platform, [
    ...journey('merge', 501, { holdout: true }),
    ...journey('merge', 502, { variant: '收益', convertsMs: DAY_MS, at: TEST_START_MS + HOUR_MS }),
  ]);
  await platform.clickhouse.insert('identity_override', [{ key_number: 502, person_id: 501, version: 1 }]);
  const summary = await insight('merge').summary('merge');
  expect(summary.goal).toMatchObject({ treated: { people: 0 }, holdout: { people: 1, converted: 1 } });
});

test('books, channels and tasks come from the hub, outcomes from the log: the last one of a task counts', async () => {
  await insertEvents(platform, [
    fact('books', 1, '$task_outcome', TEST_START_MS, { message_id: 'm1', outcome: 'no_answer' }),
    fact('books', 1, '$task_outcome', TEST_START_MS + 5, { message_id: 'm1', outcome: 'success' }),
    fact('books', 2, '$task_outcome', TEST_START_MS, { message_id: 'm2', outcome: 'no_answer' }),
  ]);
  const step = { strategyId: 'books', strategyVersion: 1, nodeId: 'sms' };
  const line = { ...step, channel: 'sms', delivered: false, clicked: false } as const;
  const summary = await insight('books', {
    hub: {
      books: async () => [
        {
          ...step,
          audience: 12,
          suppressed: { no_consent: 2 },
          pending: 1,
          sent: 7,
          delivered: 5,
          clicked: 1,
          failed: 1,
          uncertain: 1,
          balanced: true,
        },
      ],
      tally: async () => [
        { ...line, state: 'suppressed', messages: 2 },
        { ...line, state: 'pending', messages: 1 },
        { ...line, state: 'sent', supplierId: 'a', messages: 2 },
        { ...line, state: 'sent', supplierId: 'a', delivered: true, messages: 4 },
        { ...line, state: 'sent', supplierId: 'b', delivered: true, clicked: true, messages: 1 },
        { ...line, state: 'failed', supplierId: 'b', messages: 1 },
        { ...line, state: 'uncertain', supplierId: 'a', messages: 1 },
        { ...line, channel: 'task', state: 'sent', supplierId: 'task', messages: 2 },
      ],
      suppliers: async () => [{ supplierId: 'a', name: '甲', healthy: true }],
    },
  }).summary('books');
  expect(summary.steps).toMatchObject([{ nodeId: 'sms', title: '短信', audience: 12, balanced: true }]);
  expect(summary).toMatchObject({
    suppressed: { no_consent: 2 },
    pending: 1,
    sent: 7,
    delivered: 5,
    sentWithReceipts: 7,
    clicked: 1,
    failed: 1,
    uncertain: 1,
    tasks: { created: 2, done: 2, outcomes: { success: 1, no_answer: 1 } },
  });
  expect(summary.channels).toEqual([
    {
      channel: 'sms',
      supplier: 'a',
      supplierName: '甲',
      attempted: 7,
      sent: 6,
      delivered: 4,
      clicked: 0,
      failed: 0,
      uncertain: 1,
    },
    {
      channel: 'sms',
      supplier: 'b',
      supplierName: 'b',
      attempted: 2,
      sent: 1,
      delivered: 1,
      clicked: 1,
      failed: 1,
      uncertain: 0,
    },
    {
      channel: 'task',
      supplier: 'task',
      supplierName: 'task',
      attempted: 2,
      sent: 2,
      delivered: null,
      clicked: 0,
      failed: 0,
      uncertain: 0,
    },
  ]);
});

test('by institution, with its name', async () => {
  const { clickhouse } = platform;
  await clickhouse.command('alter table person add column `institution_id` Nullable(String)');
  await clickhouse.command(
    'create table entity_institution (entity_id String, `name` Nullable(String), version UInt64, deleted UInt8) engine = ReplacingMergeTree(version, deleted) order by entity_id',
  );
  await clickhouse.insert('entity_institution', [
    { entity_id: 'B1', name: '旧名', version: 1, deleted: 0 },
    { entity_id: 'B1', name: '江湾支行', version: 2, deleted: 0 },
  ]);
  await clickhouse.insert('person', [
    { person_id: 601, key_number: 601, version: 1, institution_id: 'B1' },
    { person_id: 602, key_number: 602, version: 1, institution_id: 'B1' },
    { person_id: 603, key_number: 603, version: 1, institution_id: 'B2' },
  ]);
  await insertEvents(platform, [
    ...journey('branches', 601, { convertsMs: 1 }),
    ...journey('branches', 602, { holdout: true }),
    ...journey('branches', 603, {}),
    ...journey('branches', 604, {}),
  ]);
  const field = (name: string) => ({
    name,
    column: `\`${name}\``,
    title: { en: name, zh: name },
    valueType: 'string' as const,
    pii: 'none' as const,
    learnt: false,
  });
  const { byInstitution } = await insight('branches', {
    profile: {
      catalogue: async () => ({
        version: 1,
        attributes: [field('institution_id')],
        entityTypes: [
          {
            name: 'institution',
            title: { en: 'institution', zh: '机构' },
            table: 'entity_institution',
            fields: [field('name')],
            titleField: 'name',
          },
        ],
        relationTypes: [],
        detailTypes: [],
        purposes: [],
      }),
    },
  }).effect('branches');
  const nobody = { people: 0, converted: 0 };
  expect(byInstitution).toEqual([
    { institutionId: '', name: '', treated: { people: 1, converted: 0 }, holdout: nobody },
    {
      institutionId: 'B1',
      name: '江湾支行',
      treated: { people: 1, converted: 1 },
      holdout: { people: 1, converted: 0 },
    },
    { institutionId: 'B2', name: 'B2', treated: { people: 1, converted: 0 }, holdout: nobody },
  ]);
});

test('the overview counts stages of the loop, and hours with nothing in them', async () => {
  await insertEvents(platform, [
    { person: 1, event: 'login', time: TEST_START_MS - 60_000 },
    { person: 1, event: 'login', time: TEST_START_MS - 30 * HOUR_MS },
    fact('x', 701, '$strategy_entered', TEST_START_MS, { holdout: false }),
    fact('x', 701, '$message_sent', TEST_START_MS - 20 * HOUR_MS),
    fact('x', 701, '$message_delivered', TEST_START_MS),
    fact('x', 701, '$goal_reached', TEST_START_MS),
  ]);
  const overview = await insight('x').overview();
  expect(overview.channel.sent).toEqual({ value: 1, today: 0 });
  expect(overview.channel.delivered).toEqual({ value: 1, today: 1 });
  expect(overview.data.events).toEqual({ value: 3, today: 2 });
  expect(overview.funnel.slice(4)).toEqual([
    { stage: 'reached', people: 1 },
    { stage: 'responded', people: 0 },
    { stage: 'converted', people: 1 },
  ]);
  expect(overview.eventsByHour).toHaveLength(48);
  expect(overview.eventsByHour.at(-1)).toEqual({ hour: '2026-03-02T02:00:00.000Z', events: 1 });
  expect(overview.eventsByHour.at(-2)).toEqual({ hour: '2026-03-02T01:00:00.000Z', events: 1 });
});
