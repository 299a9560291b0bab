import type { identityApi, ResponseOf } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { makeUser } from '../../test/harness/make-user.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createHttpServer, type HttpServer, type ManualClock, type Platform } from '../platform/index.ts';
import { createIdentity, type Identity } from './index.ts';

type History = ResponseOf<typeof identityApi.readMergeHistory>;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let identity: Identity;
let server: HttpServer;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  server = createHttpServer(platform);
  identity.routes(server);
  await makeUser(platform, { name: 'mei', displayName: '梅', role: 'administrator' }, 'token-of-mei');
});
afterAll(async () => {
  await server.fastify.close();
  await identity.stop();
  await platform.close();
  await databases.drop();
});

/** Links keys (`type=value`) a minute after the step before; persons of the keys. */
async function bind(...pairs: string[]): Promise<number> {
  platform.clock.advance(60_000);
  const keys = pairs.map((pair) => ({ type: pair.split('=')[0]!, value: pair.split('=')[1]! }));
  const record = {
    keys,
    link: 'bind',
    at: platform.clock.now(),
    sourceId: 'core',
    messageId: pairs.join(),
  } as const;
  const [resolution] = await platform.database.transaction((transaction) =>
    identity.resolve(transaction, [record]),
  );
  return resolution!.personId;
}
const personOf = async (type: string, value: string): Promise<number> =>
  (await identity.personOfKey({ type, value }))!;
const keyOf = async (type: string, value: string): Promise<number> => {
  const keys = (await identity.keysOf([await personOf(type, value)])).get(await personOf(type, value))!;
  return keys.find((key) => key.type === type && key.open() === value)!.keyNumber;
};
async function historyOf(personId: number): Promise<History> {
  const url = `/api/v1/people/${personId}/merge-history`;
  const response = await server.fastify.inject({ url, headers: { authorization: 'Bearer token-of-mei' } });
  expect(response.statusCode).toBe(200);
  return response.json<History>();
}
/** Kinds and sources of what explains the newest move of a key. */
const reasonsOf = (history: History, keyNumber: number): string[] =>
  history.changes
    .find((change) => change.keyNumber === keyNumber)!
    .evidence.map(({ kind, retracted, sourceId, actor }) =>
      [kind, retracted && 'retracted', actor ?? sourceId].filter(Boolean).join(' '),
    );

it('shows a recycled number to who lost it and to who has it, with the statement that took it', async () => {
  await bind('customer_number=R-1', 'email=r1@example.com');
  await bind('customer_number=R-1', 'mobile=13911112222');
  await bind('customer_number=R-2', 'mobile=13911112222');
  const mobile = await keyOf('mobile', '13911112222');
  const [before, after] = [
    await personOf('customer_number', 'R-1'),
    await personOf('customer_number', 'R-2'),
  ];
  expect(before).not.toBe(after);
  const mine = await historyOf(before);
  const theirs = await historyOf(after);
  const left = mine.changes.find((change) => change.keyNumber === mobile && change.newPersonId === after);
  expect(left).toMatchObject({ oldPersonId: before, cause: 'ingest', key: { type: 'mobile' } });
  expect(left!.evidence.map(({ keys }) => keys.map((key) => key.type).sort())).toEqual([
    ['customer_number', 'mobile'],
  ]);
  expect(theirs.changes.find((change) => change.sequence === left!.sequence)).toEqual(left);
  // What the other does later is no matter of the one who lost the number.
  await bind('customer_number=R-2', 'cookie=later');
  const cookie = await keyOf('cookie', 'later');
  expect((await historyOf(before)).changes.some((change) => change.keyNumber === cookie)).toBe(false);
});

it('shows an un-merge to both sides, with the decision and what it took back', async () => {
  await bind('mobile=13922223333', 'customer_number=U-1');
  await bind('email=u1@example.com', 'customer_number=U-1');
  const personId = await personOf('customer_number', 'U-1');
  const email = await keyOf('email', 'u1@example.com');
  platform.clock.advance(60_000);
  await identity.unmerge({ personId, keyNumbers: [email], actor: 'mei', reason: 'another family' });
  const alone = await personOf('email', 'u1@example.com');
  const stayed = await personOf('customer_number', 'U-1');
  for (const side of [alone, stayed]) {
    expect(reasonsOf(await historyOf(side), email)).toEqual(['apart mei', 'bind retracted core']);
  }
});

it('follows those who stay when the key that named the person leaves', async () => {
  await bind('email=first@example.com', 'customer_number=F-1');
  await bind('cookie=f1', 'customer_number=F-1');
  const named = await personOf('customer_number', 'F-1');
  const cookie = await keyOf('cookie', 'f1');
  platform.clock.advance(60_000);
  await identity.unmerge({ personId: named, keyNumbers: [cookie], actor: 'mei', reason: 'a tablet' });
  platform.clock.advance(60_000);
  const email = await keyOf('email', 'first@example.com');
  await identity.unmerge({ personId: named, keyNumbers: [email], actor: 'mei', reason: 'not theirs' });
  const customer = await personOf('customer_number', 'F-1');
  expect(customer).not.toBe(named);
  const { changes } = await historyOf(customer);
  // The cookie left while the customer was still known by the number of the e-mail address.
  expect(changes.map((change) => change.keyNumber)).toContain(cookie);
  expect(changes[0]).toMatchObject({ oldPersonId: named, newPersonId: customer, cause: 'unmerge' });
  expect((await historyOf(named)).changes[0]).toEqual(changes[0]);
});
