import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { createIdentity, type Identity, type LinkKind, type ResolveRecord } from './index.ts';

/**
 * The law: the map is a fold of the log, whatever the batches, their order, who runs them, and where
 * they are cut off. A tiny universe of keys and times makes every guard and every clash likely.
 */
let databases: TestDatabases;
let platform: Platform;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const identity = createIdentity(platform);
  await identity.start();
  await identity.stop();
});

afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const UNIVERSE: Record<string, number> = {
  customer_number: 4,
  id_number: 2,
  login_id: 3,
  account: 2,
  union_id: 2,
  open_id: 2,
  mobile: 7,
  device: 2,
  cookie: 3,
};
const HOUR_MS = 3_600_000;

const keyArbitrary = fc
  .constantFrom(...Object.keys(UNIVERSE))
  .chain((type) =>
    fc.integer({ min: 1, max: UNIVERSE[type]! }).map((value) => ({ type, value: `1390001234${value}` })),
  );

const recordArbitrary = fc.record({
  keys: fc.array(keyArbitrary, { minLength: 1, maxLength: 3 }),
  link: fc.constantFrom<LinkKind>('bind', 'bind', 'bind', 'bind', 'seen', 'sign_up', 'unbind', 'none'),
  // Hours of a few days: equal times, and days on which keys are seen.
  at: fc.integer({ min: 0, max: 100 }).map((hour) => hour * HOUR_MS),
});
type Operation = typeof recordArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** An empty map, and processes that remember nothing: the same keys must have the same fingerprints. */
async function freshProcesses(): Promise<Identity[]> {
  const tables = ['key', 'assertion', 'assertion_key', 'person_change', 'quarantine_item'];
  for (const table of tables) await platform.database.execute(`delete from identity.${table}`);
  return [createIdentity(platform), createIdentity(platform), createIdentity(platform)];
}

function recordsOf(operations: readonly Operation[]): ResolveRecord[] {
  return operations.map((operation, index) => ({
    ...operation,
    sourceId: 'law',
    messageId: `message-${index}`,
  }));
}

async function apply(identity: Identity, batch: readonly ResolveRecord[]): Promise<void> {
  await platform.database.transaction((transaction) => identity.resolve(transaction, batch));
}

/** Persons as sets of values, and what else the fold says of each key; without numbers, which are drawn. */
async function readMap(): Promise<string[]> {
  const rows = await platform.database.query<{
    key_number: number;
    person_id: number;
    type: string;
    value_encrypted: string;
    bound_at: number | null;
    shared: boolean;
    ordered: boolean;
  }>('select * from identity.key');
  const persons = new Map<number, { keys: string[]; ordered: boolean; smallest: number }>();
  for (const row of rows) {
    const name = `${row.type}=${platform.secrets.decrypt(row.value_encrypted)}`;
    const person = persons.get(row.person_id) ?? { keys: [], ordered: false, smallest: Infinity };
    person.keys.push(`${name}@${row.bound_at ?? '-'}${row.shared ? ' shared' : ''}`);
    if (row.key_number === row.person_id) person.ordered = row.ordered;
    person.smallest = Math.min(person.smallest, row.key_number);
    persons.set(row.person_id, person);
  }
  for (const [personId, { smallest }] of persons) expect(smallest).toBe(personId);
  return [...persons.values()]
    .map(({ keys, ordered }) => `${keys.sort().join(', ')}${ordered ? ' ordered' : ''}`)
    .sort();
}

/** Open quarantine items: their ids are made of the keys' fingerprints. */
async function readOpenItems(): Promise<string[]> {
  const rows = await platform.database.query<{ reason: string; item_id: string }>(
    "select reason, item_id from identity.quarantine_item where state = 'open'",
  );
  return rows.map((row) => `${row.reason} ${row.item_id}`).sort();
}

/** The map after applying batches one after another; the fold of the whole log finds nothing else. */
async function mapAfter(
  mixed: readonly (readonly ResolveRecord[])[],
  identity: Identity,
): Promise<string[][]> {
  for (const batch of mixed) await apply(identity, batch);
  expect(await identity.refoldAll({ repair: false })).toMatchObject({ movedKeys: 0, samples: [] });
  return [await readMap(), await readOpenItems()];
}

function batches<Item>(items: readonly Item[], sizes: readonly number[]): Item[][] {
  const result: Item[][] = [];
  for (let start = 0, index = 0; start < items.length; index++) {
    const size = sizes[index % sizes.length]!;
    result.push(items.slice(start, start + size));
    start += size;
  }
  return result;
}

/** The same examples in every run of `npm test`; the long runs look for new ones. */
const LONG = process.env.WUTONG_TEST_FAULTS === 'long';
const runs = (short: number): { numRuns: number; seed?: number } =>
  LONG ? { numRuns: short * 10 } : { numRuns: short, seed: 378_145_735 };

const sizesArbitrary = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
const operationsArbitrary = fc.array(recordArbitrary, { minLength: 1, maxLength: 24 });
const shuffled = operationsArbitrary.chain((operations) =>
  fc.record({
    operations: fc.constant(operations),
    order: fc.shuffledSubarray(
      operations.map((_, index) => index),
      { minLength: operations.length, maxLength: operations.length },
    ),
    sizes: sizesArbitrary,
    otherSizes: sizesArbitrary,
    repeats: fc.array(fc.nat(), { maxLength: 3 }),
    cuts: fc.array(fc.nat(), { maxLength: 2 }),
  }),
);

it('any order, any batches, repeats and cut-off transactions give the same map', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ operations, order, sizes, otherSizes, repeats, cuts }) => {
      const all = recordsOf(operations);
      const [one] = await freshProcesses();
      const straight = await mapAfter(batches(all, sizes), one!);

      const [other] = await freshProcesses();
      const again = [...order, ...repeats.map((index) => index % operations.length)];
      const mixed = batches(
        again.map((index) => all[index]!),
        otherSizes,
      );
      for (const cut of cuts) {
        const cutOff = platform.database.transaction(async (transaction) => {
          await other!.resolve(transaction, mixed[cut % mixed.length]!);
          throw new Error('cut off');
        });
        await expect(cutOff).rejects.toThrow('cut off');
      }
      expect(await mapAfter(mixed, other!)).toEqual(straight);
    }),
    runs(6),
  );
}, 240_000);

it('a link of a later batch position does not hide an earlier link of the same key', async () => {
  const login = { type: 'login_id', value: '13900012341' };
  const openId = { type: 'open_id', value: '13900012342' };
  const customer = { type: 'customer_number', value: '13900012341' };
  const records = recordsOf([
    { keys: [openId, login], link: 'bind', at: 0 },
    { keys: [customer, login, openId], link: 'bind', at: HOUR_MS },
  ]);
  const [one] = await freshProcesses();
  expect((await mapAfter([records], one!))[0]).toEqual([
    'customer_number=13900012341@-, login_id=13900012341@0, open_id=13900012342@0',
  ]);
});

it('several processes at once give the same map as one', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ operations, order, sizes, otherSizes }) => {
      const all = recordsOf(operations);
      const [one] = await freshProcesses();
      const straight = await mapAfter(batches(all, sizes), one!);

      const processes = await freshProcesses();
      const mixed = batches(
        order.map((index) => all[index]!),
        otherSizes,
      );
      await Promise.all(
        processes.map(async (process, lane) => {
          for (const [index, batch] of mixed.entries()) {
            if (index % processes.length === lane) await apply(process, batch);
          }
        }),
      );
      expect(await mapAfter([], processes[0]!)).toEqual(straight);
    }),
    runs(6),
  );
}, 240_000);

it('what resolve answers is what the map says, in every process', async () => {
  await fc.assert(
    fc.asyncProperty(operationsArbitrary, sizesArbitrary, async (operations, sizes) => {
      const processes = await freshProcesses();
      for (const [index, batch] of batches(recordsOf(operations), sizes).entries()) {
        const process = processes[index % processes.length]!;
        const results = await platform.database.transaction((transaction) =>
          process.resolve(transaction, batch),
        );
        const present = await process.personsOf(results.map((result) => result.keyNumber));
        for (const result of results) expect(present.get(result.keyNumber)).toBe(result.personId);
      }
    }),
    runs(5),
  );
}, 240_000);
