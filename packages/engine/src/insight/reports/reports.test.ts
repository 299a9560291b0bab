import { reportRequestSchema, type Catalogue, type ReportAnswer } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { readPeople } from '../analyses/people-query.ts';
import { shiftedPeriod } from '../analyses/shift-period.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { buildTree, pathTo, rowsOfTree } from './read-tree.ts';
import { peopleOfReport, runReport } from './run-report.ts';

const DAY_MS = 86_400_000;
let databases: TestDatabases;
let platform: Platform;

const field = (name: string, valueType = 'string', pii = 'none') => ({
  name,
  title: { zh: `名:${name}`, en: name },
  valueType,
  pii,
  column: `\`${name}\``,
});
const catalogue = {
  version: 1,
  attributes: [
    field('institution_id'),
    field('gender'),
    field('aum', 'number', 'sensitive'),
    field('age', 'number'),
    field('id_number', 'string', 'identifying'),
  ],
  entityTypes: [
    {
      name: 'institution',
      title: { zh: '机构', en: '' },
      titleField: 'name',
      fields: [field('name')],
      table: 'entity_institution',
    },
    {
      name: 'manager',
      title: { zh: '经理', en: '' },
      titleField: 'name',
      fields: [field('name')],
      table: 'entity_manager',
    },
    {
      name: 'product',
      title: { zh: '产品', en: '' },
      titleField: 'name',
      fields: [field('name'), field('kind')],
      table: 'entity_product',
    },
  ],
  relationTypes: [
    { name: 'managed_by', title: { zh: '客户经理', en: '' }, from: 'person', to: 'manager', fields: [] },
    { name: 'part_of', title: { zh: '上级', en: '' }, from: 'institution', to: 'institution', fields: [] },
  ],
  detailTypes: [
    {
      name: 'holding',
      title: { zh: '持仓', en: '' },
      owner: 'person',
      fields: [field('product_id'), field('amount', 'number')],
      references: [{ field: 'product_id', entityType: 'product' }],
      table: 'detail_holding',
    },
  ],
  purposes: [],
} as unknown as Catalogue;

// 总行 — 东 (d1, d2), 西 (x1); a person each at 总行 itself and at 东 itself, and one nowhere.
const PARTS: [string, string][] = [
  ['east', 'head'],
  ['west', 'head'],
  ['d1', 'east'],
  ['d2', 'east'],
  ['x1', 'west'],
];
const OUTLETS = ['d1', 'd2', 'x1'];
interface Customer {
  person: number;
  institution: string | null;
  manager: string;
  gender: string;
  aum: number;
  holdings: { product: string; amount: number; time: number }[];
}
const customers: Customer[] = Array.from({ length: 60 }, (_, index) => ({
  person: index + 1,
  institution:
    index === 0
      ? 'head'
      : index === 1
        ? 'east'
        : index === 2
          ? null
          : OUTLETS[(index * 7 + (index >> 2)) % 3]!,
  manager: `m${index % 4}`,
  gender: index % 5 === 0 ? '女' : '男',
  aum: (index * 37) % 1_000,
  holdings: Array.from({ length: index % 3 }, (__, place) => ({
    product: `p${(index + place) % 4}`,
    amount: 100 + index,
    time: TEST_START_MS - ((index + place) % 40) * DAY_MS,
  })),
}));

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const { clickhouse } = platform;
  const entity = (type: string, more = '') =>
    clickhouse.command(`create table entity_${type} (entity_id String, version UInt64, deleted UInt8 default 0,
      name Nullable(String)${more}) engine = ReplacingMergeTree(version, deleted) order by entity_id`);
  await entity('institution');
  await entity('manager');
  await entity('product', ', kind Nullable(String)');
  await clickhouse.command(`create table detail_holding (detail_id String, owner_type String, owner_id String,
    person_id UInt64, key_number UInt64, time DateTime64(3, 'UTC'), version UInt64, deleted UInt8 default 0,
    product_id Nullable(String), amount Nullable(Float64)) engine = ReplacingMergeTree(version, deleted) order by detail_id`);
  await clickhouse.command(`alter table person add column institution_id Nullable(String), add column gender Nullable(String),
    add column aum Nullable(Float64), add column age Nullable(Float64), add column id_number Nullable(String)`);
  const named = (ids: string[]) => ids.map((id) => ({ entity_id: id, version: 1, name: `N-${id}` }));
  await clickhouse.insert('entity_institution', named(['head', ...PARTS.map(([part]) => part)]));
  await clickhouse.insert('entity_manager', named(['m0', 'm1', 'm2', 'm3']));
  await clickhouse.insert(
    'entity_product',
    named(['p0', 'p1', 'p2', 'p3']).map((row) => ({
      ...row,
      kind: row.entity_id < 'p2' ? 'fund' : 'deposit',
    })),
  );
  const always = { valid_from: '1900-01-01 00:00:00', valid_to: '2299-01-01 00:00:00', version: 1 };
  await clickhouse.insert('relation', [
    ...PARTS.map(([part, whole]) => ({
      ...always,
      relation_type: 'part_of',
      from_type: 'institution',
      from_id: part,
      to_type: 'institution',
      to_id: whole,
    })),
    ...customers.map(({ person, manager }) => ({
      ...always,
      relation_type: 'managed_by',
      from_type: 'person',
      from_id: String(person),
      from_key_number: person,
      from_person_id: person,
      to_type: 'manager',
      to_id: manager,
    })),
  ]);
  await clickhouse.insert(
    'person',
    customers.map(({ person, institution, gender, aum }) => ({
      person_id: person,
      key_number: person,
      version: 1,
      institution_id: institution,
      gender,
      aum,
    })),
  );
  await clickhouse.insert(
    'detail_holding',
    customers.flatMap(({ person, holdings }) =>
      holdings.map(({ product, amount, time }, place) => ({
        detail_id: `${person}-${place}`,
        owner_type: 'person',
        owner_id: String(person),
        person_id: person,
        key_number: person,
        time: (time / 1_000).toFixed(3),
        version: 1,
        product_id: product,
        amount,
      })),
    ),
  );
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const asking = () => ({
  platform,
  needs: testNeeds({
    profile: { catalogue: async () => catalogue },
    audience: { peopleSql: async () => ({ sql: 'select toUInt64(4) as person_id', parameters: {} }) },
  }),
});
const run = (request: object, smallest = 1) =>
  runReport(asking(), reportRequestSchema.parse(request), smallest);
const numbersOf = (answer: ReportAnswer) =>
  Object.fromEntries(
    answer.rows.map((row) => [
      row.dimensions.map((each) => each.title).join('/'),
      [row.people, ...row.values],
    ]),
  );
const below = (root: string) => (customer: Customer) => {
  for (
    let at: string | undefined = customer.institution ?? undefined;
    at;
    at = PARTS.find(([part]) => part === at)?.[1]
  ) {
    if (at === root) return true;
  }
  return false;
};
const sum = (some: Customer[]) => [
  some.length,
  some.length,
  some.reduce((total, each) => total + each.aum, 0),
];
const measures = [{ kind: 'count' }, { kind: 'sum', field: 'aum' }];
const people = { subject: { kind: 'people' }, measures };

test('people by institution: rolled up at each level, drilled into, those of the whole itself beside its parts', async () => {
  const top = await run({ ...people, dimensions: [{ kind: 'institution' }] });
  expect(numbersOf(top)).toEqual({
    'N-head': sum(customers.filter(below('head'))),
    '': sum(customers.filter((each) => each.institution === null)),
  });
  expect(top.total).toMatchObject({ people: 60, values: sum(customers).slice(1) });
  expect(top.rows[0]!.dimensions[0]!.hasParts).toBe(true);
  const second = await run({ ...people, dimensions: [{ kind: 'institution', under: 'head' }] });
  expect(numbersOf(second)).toEqual({
    'N-head': sum(customers.filter((each) => each.institution === 'head')),
    'N-east': sum(customers.filter(below('east'))),
    'N-west': sum(customers.filter(below('west'))),
  });
  expect(second.total.people).toBe(59);
  const outlets = await run({ ...people, dimensions: [{ kind: 'institution', under: 'head', levels: 2 }] });
  expect(numbersOf(outlets)['N-d2']).toEqual(sum(customers.filter(below('d2'))));
  const third = await run({ ...people, dimensions: [{ kind: 'institution', under: 'east' }] });
  expect(third.path.map((each) => each.title)).toEqual(['N-head', 'N-east']);
  expect(third.rows.map((row) => row.dimensions[0]!.hasParts)).toEqual([false, false, false]);
});

test('details by manager and kind of product, of a period, against the one before', async () => {
  const period = {
    from: new Date(TEST_START_MS - 20 * DAY_MS + 1).toISOString(),
    to: new Date(TEST_START_MS + 1).toISOString(),
  };
  const answer = await run({
    subject: { kind: 'details', detail: 'holding' },
    period,
    compare: 'previous_period',
    measures: [{ kind: 'sum', field: 'amount' }, { kind: 'count' }, { kind: 'avg', field: 'amount' }],
    dimensions: [
      { kind: 'relation', relation: 'managed_by' },
      { kind: 'field', field: 'product_id', entityField: 'kind' },
    ],
  });
  const plain = (from: number, to: number) => {
    const groups: Record<string, { people: Set<number>; amounts: number[] }> = {};
    for (const { person, manager, holdings } of customers) {
      for (const { product, amount, time } of holdings) {
        if (time < from || time >= to) continue;
        const key = `N-${manager}/${product < 'p2' ? 'fund' : 'deposit'}`;
        const group = (groups[key] ??= { people: new Set(), amounts: [] });
        group.people.add(person);
        group.amounts.push(amount);
      }
    }
    return Object.fromEntries(
      Object.entries(groups).map(([key, group]) => {
        const total = group.amounts.reduce((one, other) => one + other, 0);
        return [key, [group.people.size, total, group.amounts.length, total / group.amounts.length]];
      }),
    );
  };
  const now = Date.parse(period.to);
  expect(numbersOf(answer)).toEqual(plain(Date.parse(period.from), now));
  const before = plain(now - 40 * DAY_MS, Date.parse(period.from));
  for (const row of answer.rows) {
    const key = row.dimensions.map((each) => each.title).join('/');
    expect(row.before, key).toEqual(before[key]?.slice(1) ?? [null, null, null]);
  }
});

test('the people behind a row, through a merge: nobody counts twice', async () => {
  const request = reportRequestSchema.parse({
    ...people,
    dimensions: [{ kind: 'attribute', attribute: 'gender' }],
  });
  const page = await readPeople(asking(), await peopleOfReport(asking(), request, { values: ['女'] }), {
    limit: 100,
  });
  expect(page.personIds).toEqual(customers.filter((each) => each.gender === '女').map((each) => each.person));
  const buys = [1, 2, 2, 3].map((person) => ({ person, event: 'buy', time: TEST_START_MS - 1_000 }));
  await insertEvents(platform, buys);
  const events = {
    subject: { kind: 'events', event: { event: 'buy' } },
    period: { lastDays: 2 },
    measures: [{ kind: 'count' }, { kind: 'people' }],
    dimensions: [{ kind: 'time', unit: 'day' }],
  };
  expect((await run(events)).total.values).toEqual([4, 3]);
  await platform.clickhouse.insert('identity_override', [{ key_number: 3, person_id: 1, version: 1 }]);
  expect((await run(events)).rows.map((row) => row.values)).toEqual([[4, 2]]);
  await platform.clickhouse.command('truncate table identity_override');
});

test('small groups of personal numbers are hidden, and so is what would give them away', async () => {
  const dimensions = [{ kind: 'institution', under: 'head' }];
  const answer = await run({ ...people, dimensions }, 5);
  // One person at the head itself: west, the smaller of the others, is hidden with it.
  expect(
    answer.rows
      .filter((row) => row.hidden)
      .map((row) => row.dimensions[0]!.value)
      .sort(),
  ).toEqual(['head', 'west']);
  expect(answer.rows.filter((row) => row.hidden).flatMap((row) => row.values)).toEqual([
    null,
    null,
    null,
    null,
  ]);
  // The same when the head does not fit in: two limits do not tell what one hides.
  const shorter = await run({ ...people, dimensions, limit: 2 }, 5);
  expect(shorter.isComplete).toBe(false);
  expect(shorter.rows).toEqual(answer.rows.slice(0, 2));
  expect(shorter.rows.filter((row) => row.hidden)).toHaveLength(1);
  const one = await run({ ...people, people: 'person 4' }, 5);
  expect(one.total).toEqual({ people: 0, values: [null, null] });
  const counted = await run({ subject: { kind: 'people' }, measures: [{ kind: 'count' }], dimensions }, 5);
  expect(counted.rows.some((row) => row.hidden)).toBe(false);
});

test.each([
  [{ ...people, dimensions: [{ kind: 'attribute', attribute: 'id_number' }] }, 'identifying_attribute'],
  [{ ...people, dimensions: [{ kind: 'institution', under: "x') or 1=1 --" }] }, 'unknown_institution'],
  [{ ...people, dimensions: [{ kind: 'time' }] }, 'period_needed'],
  [{ ...people, compare: 'previous_year' }, 'period_needed'],
  [{ ...people, measures: [{ kind: 'sum', field: 'gender' }] }, 'not_a_number'],
  [{ subject: { kind: 'details', detail: 'nothing' }, measures: [{ kind: 'count' }] }, 'unknown_detail'],
  [
    {
      subject: { kind: 'events', event: { event: 'buy' } },
      period: { from: '2016-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      measures: [{ kind: 'count' }],
      dimensions: [{ kind: 'time', unit: 'hour' }],
    },
    'too_many_buckets',
  ],
])('%j is refused: %s', async (request, reason) => {
  await expect(run(request)).rejects.toMatchObject({ code: 'analysis_invalid', details: { reason } });
});

test('no dimension, nothing there, hostile values', async () => {
  const nothing = {
    subject: { kind: 'events', event: { event: "o'; drop table event --" } },
    period: { lastDays: 3 },
  };
  expect(await run({ ...nothing, measures: [{ kind: 'count' }, { kind: 'max', field: 'x' }] })).toMatchObject(
    {
      rows: [],
      total: { people: 0, values: [0, null] },
    },
  );
  const grouped = { ...nothing, measures: [{ kind: 'count' }], dimensions: [{ kind: 'field', field: 'x' }] };
  expect(await run(grouped)).toMatchObject({ rows: [], total: { people: 0 } });
});

test('a tree with a circle and a second top', () => {
  const edges = [
    { part: 'a', whole: 'b' },
    { part: 'b', whole: 'c' },
    { part: 'c', whole: 'a' },
    { part: 'y', whole: 'x' },
  ];
  const tree = buildTree(['a', 'b', 'c', 'x', 'y', 'alone'], edges);
  expect(pathTo(tree, 'a')).toEqual(['c', 'b', 'a']);
  expect(Object.fromEntries(rowsOfTree(tree, undefined, 1))).toEqual({
    a: 'c',
    b: 'c',
    c: 'c',
    x: 'x',
    y: 'x',
    alone: 'alone',
  });
  expect(Object.fromEntries(rowsOfTree(tree, 'c', 2))).toEqual({ c: 'c', b: 'b', a: 'a' });
});

test('a chain of institutions deeper than any stack is read like any other, and quickly', () => {
  const name = (place: number) => String(place).padStart(6, '0');
  const edges = Array.from({ length: 60_000 }, (_, place) => ({ part: name(place), whole: name(place + 1) }));
  const startedAt = performance.now();
  const tree = buildTree([], [...edges, { part: name(60_000), whole: name(0) }]);
  expect(new Set(rowsOfTree(tree, undefined, 1).values())).toEqual(new Set([name(60_000)]));
  expect(rowsOfTree(tree, name(60_000), 2).get(name(3))).toBe(name(59_998));
  expect(pathTo(tree, name(0))).toHaveLength(60_001);
  // A walk to the root from each would be 1.8 billion steps; the bound leaves room for a busy machine.
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test.each([
  // Clocks of New York go forward on 8 March 2026: seven days of the week before are an hour longer.
  [
    'previous_period',
    '2026-03-09T04:00:00Z',
    '2026-03-16T04:00:00Z',
    'America/New_York',
    '2026-03-02T05:00:00Z',
  ],
  ['previous_period', '2026-03-01T10:30:00Z', '2026-03-01T11:00:00Z', 'UTC', '2026-03-01T10:00:00Z'],
  ['previous_year', '2024-03-01T00:00:00Z', '2024-04-01T00:00:00Z', 'UTC', '2023-03-01T00:00:00Z'],
  ['previous_year', '2025-01-31T16:00:00Z', '2025-02-28T16:00:00Z', 'Asia/Shanghai', '2024-01-31T16:00:00Z'],
] as const)('%s of %s – %s in %s begins %s', (comparison, from, to, zone, begins) => {
  const shifted = shiftedPeriod({ from: Date.parse(from), to: Date.parse(to) }, comparison, zone);
  expect(new Date(shifted.from).toISOString()).toBe(begins.replace('Z', '.000Z'));
  if (comparison === 'previous_period') expect(shifted.to).toBe(Date.parse(from));
});

test.each([
  // Whole years and quarters, whichever of them has a 29 February.
  ['2025-01-01', '2026-01-01', '2024-01-01', '2025-01-01'],
  ['2024-01-01', '2025-01-01', '2023-01-01', '2024-01-01'],
  ['2025-01-01', '2025-04-01', '2024-01-01', '2024-04-01'],
  ['2024-02-01', '2024-03-01', '2023-02-01', '2023-03-01'],
  ['2024-02-29', '2024-03-01', '2023-03-01', '2023-03-02'],
])('a year before %s – %s is %s – %s', (from, to, begins, ends) => {
  const shifted = shiftedPeriod({ from: Date.parse(from), to: Date.parse(to) }, 'previous_year', 'UTC');
  expect([shifted.from, shifted.to]).toEqual([Date.parse(begins), Date.parse(ends)]);
});
