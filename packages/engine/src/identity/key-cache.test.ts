import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { beginWriting } from '../../test/harness/begin-writing.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { openDatabase, type Platform, type Transaction } from '../platform/index.ts';
import { createIdentity, type Identity, type LinkKind } from './index.ts';

/** What a process remembers is never older than the batch that asks, however answers overtake one another. */
let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let other: Identity;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  other = createIdentity(platform);
  await identity.prepare();
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

type Through = (transaction: Transaction) => Transaction;

/** Person of the first of some keys, `type=value` each. */
async function resolve(
  keys: string,
  by: Identity,
  link: LinkKind = 'none',
  through: Through = (transaction) => transaction,
): Promise<number> {
  const pairs = keys.split(' ').map((pair) => pair.split('=') as [string, string]);
  const record = {
    keys: pairs.map(([type, value]) => ({ type, value })),
    link,
    at: 1_000_000,
    sourceId: 'test',
    messageId: keys,
  };
  const [found] = await platform.database.transaction((transaction) =>
    by.resolve(through(transaction), [record]),
  );
  return found!.personId;
}

/** Holds the answer of the first statement that holds some words: PostgreSQL has given it, nobody has read it. */
function holding(words: string) {
  let onAnswer = (): void => undefined;
  let release = (): void => undefined;
  const answered = new Promise<void>((done) => (onAnswer = done));
  const gate = new Promise<void>((done) => (release = done));
  const through: Through = (transaction) => ({
    ...transaction,
    async query(text, values) {
      const rows = await transaction.query(text, values);
      if (!text.includes(words)) return rows as never;
      onAnswer();
      await gate;
      return rows as never;
    },
  });
  return { through, answered, release: () => release() };
}

it('an answer that is read after a later one does not bring back who a key was', async () => {
  const customer = await resolve('customer_number=KC1001', other);
  const before = await resolve('mobile=13900010001', other);
  expect(before).not.toBe(customer);
  const slow = holding('from identity.key where fingerprint');
  const first = resolve('mobile=13900010001', identity, 'none', slow.through);
  await slow.answered;
  await resolve('customer_number=KC1001 mobile=13900010001', other, 'bind');
  // Takes the move in, of a key that nothing is known of.
  await resolve('cookie=another-one', identity);
  slow.release();
  expect(await first).toBe(before);
  expect(await resolve('mobile=13900010001', identity)).toBe(customer);
});

it('moves that are read late do not undo those that came after them', async () => {
  const two = await resolve('customer_number=KC2002', other);
  await resolve('mobile=13900020001', identity);
  expect(await resolve('mobile=13900020001', identity)).toBeGreaterThan(two);
  await resolve('customer_number=KC2002 mobile=13900020001', other, 'bind');
  const slow = holding('identity.person_change');
  const first = resolve('cookie=first-one', identity, 'none', slow.through);
  await slow.answered;
  await resolve('customer_number=KC2001 id_number=330106198001011234', other, 'bind');
  await resolve('customer_number=KC2002 mobile=13900020001', other, 'unbind');
  await resolve('customer_number=KC2001 mobile=13900020001', other, 'bind');
  await resolve('cookie=second-one', identity);
  const last = holding('identity.person_change');
  const third = resolve('mobile=13900020001', identity, 'none', last.through);
  await last.answered;
  slow.release();
  await first;
  last.release();
  expect(await third).toBe(await resolve('mobile=13900020001', createIdentity(platform)));
  expect(await third).not.toBe(two);
});

it('what it has taken in it is not told again, also while a neighbour has a transaction open', async () => {
  const server = openDatabase(inject('databaseUrl'));
  const neighbour = await beginWriting(server);
  const told: number[] = [];
  const counting: Through = (transaction) => ({
    ...transaction,
    async query(text, values) {
      const rows = await transaction.query(text, values);
      if (text.includes('as recent')) told.push((rows as unknown as Told[])[0]?.moves?.length ?? 0);
      return rows as never;
    },
  });
  await resolve('cookie=told-1', identity, 'none', counting);
  const customer = await resolve('customer_number=KC3001', identity, 'none', counting);
  await resolve('mobile=13900030001', identity, 'none', counting);
  await resolve('customer_number=KC3001 mobile=13900030001', other, 'bind');
  const visitor = await resolve('cookie=told-2', identity, 'none', counting);
  await resolve('customer_number=KC3002', identity, 'none', counting);
  // Its own move too, by a transaction that is not the newest: it takes it in with the next batch.
  await platform.database.transaction(async (transaction) => {
    await transaction.query('select pg_current_xact_id()');
    await server.transaction((later) => later.query('select pg_current_xact_id()'));
    const keys = [
      { type: 'customer_number', value: 'KC3002' },
      { type: 'cookie', value: 'told-2' },
    ];
    const record = { keys, link: 'bind', at: 1_000_000, sourceId: 'test', messageId: 'own' } as const;
    await identity.resolve(transaction, [record]);
  });
  told.length = 0;
  for (let batch = 0; batch < 3; batch++) await resolve('cookie=told-1', identity, 'none', counting);
  expect(told).toEqual([1, 0, 0]);
  expect(await resolve('mobile=13900030001', identity)).toBe(customer);
  expect(await resolve('customer_number=KC3002', identity)).toBe(visitor);
  await neighbour.end();
  await server.close();
});

type Told = { moves: unknown[] | null };
