import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity, type LinkKind } from '../identity/index.ts';
import type { Platform, Transaction } from '../platform/index.ts';
import { createProfile, type Operation, type Profile } from './index.ts';

/** A batch that resolved its persons before a merge writes what it has to say after it. */
let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.prepare();
  profile = createProfile(platform, identity);
  await profile.declare({
    purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
  });
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const at = Date.UTC(2026, 0, 1);

async function resolve(transaction: Transaction, keys: Record<string, string>, link: LinkKind = 'none') {
  const record = {
    keys: Object.entries(keys).map(([type, value]) => ({ type, value })),
    link,
    at,
    sourceId: 'test',
    messageId: JSON.stringify(keys),
  };
  const [found] = await identity.resolve(transaction, [record]);
  return found!;
}

const say = (
  transaction: Transaction,
  who: { personId: number; keyNumber: number },
  values: Record<string, unknown>,
  later = 0,
) =>
  profile.apply(transaction, [
    { kind: 'attributes', action: 'set', ...who, values, at: at + later, sourceId: 'core', messageId: 'm' },
  ]);

const refuse = (who: { personId: number; keyNumber: number }): Operation => ({
  kind: 'consent',
  ...who,
  purpose: 'marketing',
  channel: 'sms',
  granted: false,
  at,
  sourceId: 'app',
  messageId: 'm',
});

const inOne = <Result>(work: (transaction: Transaction) => Promise<Result>) =>
  platform.database.transaction(work);

test.each([
  ['known', true],
  ['of whom nothing was said before', false],
])('what is said of a person %s who is merged meanwhile goes to the merged one', async (name, isKnown) => {
  const device = { device: `MW-${name}-1` };
  const number = { customer_number: `MW-${isKnown ? 1 : 2}` };
  const customer = await inOne((transaction) => resolve(transaction, number));
  const visitor = await inOne((transaction) => resolve(transaction, device));
  await inOne((transaction) => say(transaction, customer, { city: 'Hangzhou' }));
  if (isKnown) await inOne((transaction) => say(transaction, visitor, { theme: 'light' }));
  await profile.mirror();
  await inOne(async (transaction) => {
    const before = await resolve(transaction, device);
    expect(before.personId).toBe(visitor.personId);
    await inOne((other) => resolve(other, { ...number, ...device }, 'bind'));
    await profile.mirror();
    await say(transaction, before, { theme: 'dark', tries: 3 }, 1);
    await profile.apply(transaction, [refuse(before)]);
  });
  await vi.waitFor(async () => {
    await profile.mirror();
    const people = [customer.personId, visitor.personId];
    const found = await profile.attributesOf(people);
    expect([...found]).toEqual([[customer.personId, { city: 'Hangzhou', theme: 'dark', tries: 3 }]]);
    const consents = await profile.consentsOf(platform.database, people);
    expect([...consents.keys()]).toEqual([customer.personId]);
    const rows = await platform.clickhouse.query<{ person_id: number }>(
      'select person_id from person final where person_id in {people:Array(UInt64)}',
      { people },
    );
    expect(rows.map((row) => Number(row.person_id))).toEqual([customer.personId]);
  }, 20_000);
});
