import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile, type Profile, type RelationOperation } from './index.ts';

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let identity: Identity;
let profile: Profile;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  const title = (en: string) => ({ en, zh: en });
  const ends = { from: 'person', to: 'manager', title: title('managed by') };
  await profile.declare({
    entityTypes: [{ name: 'manager', title: title('manager'), fields: [] }],
    relationTypes: [
      { ...ends, name: 'managed_by', cardinality: 'many_to_one' },
      { ...ends, name: 'advised_by', cardinality: 'many_to_many' },
    ],
  });
});
afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const day = (n: number): number => Date.UTC(2026, 0, n);
let messages = 0;

/** A person with two keys, and the key of each as an end. */
async function personWithKeys(name: string) {
  const keys = [
    { type: 'customer_number', value: name },
    { type: 'device', value: `device-${name}` },
  ];
  const asked = [keys, [keys[0]!], [keys[1]!]].map((each, index) => ({
    keys: each,
    link: index === 0 ? ('bind' as const) : ('none' as const),
    at: day(1),
    sourceId: 'test',
    messageId: `p${messages++}`,
  }));
  const [, ...ends] = await platform.database.transaction((transaction) =>
    identity.resolve(transaction, asked),
  );
  expect(new Set(ends.map((each) => each.personId)).size).toBe(1);
  return ends.map(({ personId, keyNumber }) => ({ type: 'person' as const, personId, keyNumber }));
}

type Said = Pick<RelationOperation, 'from' | 'at'> & Partial<RelationOperation> & { manager: string };
async function say(...said: Said[]): Promise<void> {
  const operations = said.map(({ manager, ...rest }): RelationOperation => ({
    kind: 'relation',
    type: 'managed_by',
    to: { type: 'manager', id: manager },
    fields: {},
    sourceId: 'core',
    messageId: `m${messages++}`,
    ...rest,
  }));
  await platform.database.transaction((transaction) => profile.apply(transaction, operations));
  await profile.mirror();
}

const periodsOf = (ends: readonly { keyNumber: number }[]) =>
  platform.clickhouse.query(
    `select to_id as manager, toDayOfMonth(valid_from) as from, if(valid_to > '2200-01-01', 0, toDayOfMonth(valid_to)) as to, attributes
     from relation final where from_key_number in {keys:Array(UInt64)} order by valid_from, manager`,
    { keys: ends.map((each) => each.keyNumber) },
  );

test.each([
  ['in order', [0, 1, 2, 3]],
  ['backwards', [3, 2, 1, 0]],
  ['mixed', [2, 0, 3, 1]],
])(
  'one manager at a time, whichever key named the person and in whatever order they came: %s',
  async (name, order) => {
    const ends = await personWithKeys(name);
    const line = [1, 5, 9, 20].map((n, index): Said => ({
      from: ends[index % 2]!,
      manager: `M${index}`,
      at: day(n),
      validFrom: day(n),
    }));
    for (const index of order) await say(line[index]!);
    const expected = [
      { manager: 'M0', from: 1, to: 5, attributes: {} },
      { manager: 'M1', from: 5, to: 9, attributes: {} },
      { manager: 'M2', from: 9, to: 20, attributes: {} },
      { manager: 'M3', from: 20, to: 0, attributes: {} },
    ];
    expect(await periodsOf(ends)).toEqual(expected);
  },
);

test('an end or a deletion without a beginning means the relation that is there', async () => {
  const ends = await personWithKeys('ending');
  const [from, byDevice] = ends as [(typeof ends)[0], (typeof ends)[0]];
  const type = 'advised_by';
  await say(
    { type, from, manager: 'A', at: day(2), validFrom: day(2), fields: { share: 40 } },
    { type, from, manager: 'B', at: day(2), validFrom: day(2) },
  );
  await say({ type, from: byDevice, manager: 'A', at: day(8), validTo: day(7) });
  await say({ type, from, manager: 'B', at: day(8), deleted: true });
  expect(await periodsOf(ends)).toEqual([{ manager: 'A', from: 2, to: 7, attributes: { share: '40' } }]);
});
