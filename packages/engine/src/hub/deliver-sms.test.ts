import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createHandsets,
  startSmsc,
  type Behaviour,
  type Handsets,
  type Smsc,
} from '../../../lab/src/simulators/index.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import {
  createHubRooms,
  insertTestRoute,
  insertTestSupplier,
  makeApprovedContent,
  makeReachablePeople,
  mobileOf,
  reservationsFor,
  until,
  type HubRooms,
} from '../../test/harness/hub-rooms.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createHub, type Hub, type Reservation } from './index.ts';

const HOUR_MS = 3_600_000;
let databases: TestDatabases;
let platform: ReturnType<typeof createTestPlatform>;
let rooms: HubRooms;
let people: number[];
let hub: Hub;
let handsets: Handsets;
let first: Smsc;
let second: Smsc;
let node = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  rooms = await createHubRooms(platform);
  await makeApprovedContent(rooms, platform, 'renewal_a');
  people = await makeReachablePeople(rooms, platform, 300);
});
afterAll(async () => {
  await rooms?.stop();
  await platform?.close();
  await databases?.drop();
});

beforeEach(() => {
  handsets = createHandsets();
  node++;
  platform.clock.advance(HOUR_MS);
});
afterEach(async () => {
  await hub?.stop();
  await first?.stop();
  await second?.stop();
  await platform.database.execute('delete from hub.supplier');
  await platform.database.execute('delete from hub.route');
});

/** Two suppliers at 70/30 and a hub that runs. */
async function startWorld(
  firstBehaviour: Partial<Behaviour> = {},
  secondBehaviour: Partial<Behaviour> = {},
  settings: Record<string, unknown> = {},
): Promise<void> {
  first = await startSmsc({
    name: 'first',
    systemId: 'wutong',
    password: 'secret',
    behaviour: firstBehaviour,
    handsets,
    seed: node,
  });
  second = await startSmsc({
    name: 'second',
    systemId: 'wutong',
    password: 'secret',
    behaviour: secondBehaviour,
    handsets,
    seed: node,
  });
  for (const [supplierId, smsc] of [
    ['first', first],
    ['second', second],
  ] as const) {
    await insertTestSupplier(platform, {
      supplierId,
      kind: 'smpp',
      channel: 'sms',
      settings: { host: '127.0.0.1', port: smsc.port, systemId: 'wutong', reconnectMs: 20, ...settings },
      secrets: { password: 'secret' },
    });
  }
  await insertTestRoute(platform, 'sms', { first: 70, second: 30 });
  hub = createHub(platform, rooms.needs);
  await hub.start();
}

async function reserve(count: number, step: Partial<Reservation> = {}): Promise<string> {
  const nodeId = `sms_${node}`;
  const reservations = reservationsFor(people.slice(0, count), { nodeId, purpose: 'service', ...step });
  await platform.database.transaction((transaction) => hub.reserve(transaction, reservations));
  return nodeId;
}

async function books(nodeId: string) {
  const [book] = await hub.books({ strategyId: 'renewal', nodeId });
  return book!;
}

describe('delivery by SMS', () => {
  test('shares hold exactly, everybody gets one message, the books balance', async () => {
    await startWorld();
    const nodeId = await reserve(200);
    await until(async () => (await books(nodeId)).delivered === 200, 'all delivered');
    expect(await books(nodeId)).toMatchObject({
      audience: 200,
      sent: 200,
      pending: 0,
      failed: 0,
      uncertain: 0,
      balanced: true,
    });
    expect([first.counts.accepted, second.counts.accepted]).toEqual([140, 60]);
    expect(handsets.total()).toBe(200);
    expect(handsets.doubles()).toEqual([]);
    expect(handsets.of(mobileOf(7))[0]!.text).toMatch(
      /^【梧桐银行】客户7，.*http:\/\/localhost:7500\/r\/\w+ 拒收请回复R$/,
    );
  });

  test('a reservation made twice is one message', async () => {
    await startWorld();
    await reserve(20);
    const nodeId = await reserve(20);
    await until(async () => (await books(nodeId)).delivered === 20, 'all delivered');
    expect((await books(nodeId)).audience).toBe(20);
    expect(handsets.total()).toBe(20);
  });

  test('the other supplier takes what the first rejects', async () => {
    await startWorld({ rejectShare: 1 });
    const nodeId = await reserve(50);
    await until(async () => (await books(nodeId)).delivered === 50, 'all delivered');
    expect(first.counts.rejected).toBe(35);
    expect(second.counts.accepted).toBe(50);
    expect(handsets.doubles()).toEqual([]);
  });

  test('rejected by both is failed, with its reason', async () => {
    await startWorld({ rejectShare: 1 }, { rejectShare: 1 });
    const nodeId = await reserve(10);
    await until(async () => (await books(nodeId)).failed === 10, 'all failed');
    expect(await books(nodeId)).toMatchObject({ audience: 10, pending: 0, sent: 0, balanced: true });
    expect(first.counts.submits + second.counts.submits).toBe(20);
  });

  test('the other supplier takes what the first gives no receipt for in time', async () => {
    await startWorld({ noReceiptShare: 1 });
    const nodeId = await reserve(20, {
      cascade: { onReject: true, noReceiptAfterMs: HOUR_MS, maximumAttempts: 2, nextChannels: [] },
    });
    await until(async () => (await books(nodeId)).sent === 20, 'all accepted');
    await until(async () => (await books(nodeId)).delivered === 6, 'the share of the second');
    expect(second.counts.accepted).toBe(6);
    platform.clock.advance(HOUR_MS + 1);
    await until(async () => (await books(nodeId)).delivered === 20, 'all delivered');
    expect(second.counts.accepted).toBe(20);
    expect(handsets.doubles()).toEqual([]);
    expect(await books(nodeId)).toMatchObject({ sent: 20, pending: 0, balanced: true });
  });

  test('duplicate, late, early and out-of-order receipts change nothing', async () => {
    const receipts = {
      duplicateReceiptShare: 0.25,
      lateShare: 0.25,
      earlyReceiptShare: 0.25,
      outOfOrderShare: 0.25,
    };
    await startWorld(receipts, receipts);
    const nodeId = await reserve(120);
    await until(async () => (await books(nodeId)).delivered === 120, 'all delivered');
    await until(() => first.waiting() + second.waiting() === 0, 'all receipts taken');
    expect(await books(nodeId)).toMatchObject({ audience: 120, sent: 120, delivered: 120, balanced: true });
    const [orphans] = await platform.database.query<{ n: number }>(
      'select count(*) as n from hub.receipt where attempt_id is null',
    );
    expect(orphans!.n).toBe(0);
    expect(handsets.doubles()).toEqual([]);
  });

  test.each(['decimal', 'padded', 'upper'] as const)(
    'receipt ids written %s are matched',
    async (receiptIds) => {
      await startWorld({ receiptIds }, { receiptIds });
      const nodeId = await reserve(100);
      await until(async () => (await books(nodeId)).delivered === 100, 'all delivered');
    },
  );

  test('a lost answer is uncertain, never sent again, and settled by its receipt', async () => {
    await startWorld({ lostAnswerShare: 1 }, { lostAnswerShare: 1 }, { responseTimeoutMs: 400 });
    const nodeId = await reserve(30);
    await until(async () => (await books(nodeId)).delivered === 30, 'the receipts find their messages');
    expect(first.counts.submits + second.counts.submits).toBe(30);
    expect(handsets.doubles()).toEqual([]);
    expect(await books(nodeId)).toMatchObject({ sent: 30, uncertain: 0, balanced: true });
  });

  test('a connection that breaks in mid-stream leaves nobody with two messages', async () => {
    await startWorld({ answerDelayMs: 5 }, { answerDelayMs: 5 });
    const nodeId = await reserve(300);
    await until(() => first.counts.submits > 40, 'under way');
    first.breakConnections();
    second.breakConnections();
    await until(async () => (await books(nodeId)).pending === 0, 'nothing pending');
    await until(() => first.waiting() + second.waiting() === 0, 'all receipts taken');
    await until(
      async () => (await books(nodeId)).delivered === handsets.total(),
      'the books know of every delivery',
    );
    expect(handsets.doubles()).toEqual([]);
    expect(await books(nodeId)).toMatchObject({ audience: 300, balanced: true });
  });

  test('a throttling supplier gets its messages later, none is lost or doubled', async () => {
    await startWorld({ throttleAbove: 60 }, { throttleAbove: 60 });
    const nodeId = await reserve(150);
    await until(async () => (await books(nodeId)).delivered === 150, 'all delivered');
    expect(first.counts.throttled + second.counts.throttled).toBeGreaterThan(0);
    expect(handsets.doubles()).toEqual([]);
    expect((await books(nodeId)).failed).toBe(0);
  });

  test('a long message is delivered when all its parts are', async () => {
    await makeApprovedContent(
      rooms,
      platform,
      'long',
      { sms: { text: `【梧桐银行】${'到期提醒'.repeat(40)}{{ person.name }}` } },
      'service',
    );
    await startWorld();
    const nodeId = await reserve(10, { contentId: 'long' });
    await until(async () => (await books(nodeId)).delivered === 10, 'all delivered');
    expect(first.counts.submits + second.counts.submits).toBe(30);
    expect(handsets.of(mobileOf(3))[0]!.text).toBe(`【梧桐银行】${'到期提醒'.repeat(40)}客户3`);
  });

  test('a paused supplier sends nothing; withdrawn messages are suppressed', async () => {
    await startWorld();
    await platform.database.execute("update hub.supplier set state = 'paused'");
    await new Promise((resolve) => setTimeout(resolve, 700)); // the directory is read every half second
    const nodeId = await reserve(20);
    const withdrawn = await platform.database.transaction((transaction) =>
      hub.withdraw(
        transaction,
        { strategyId: 'renewal', nodeId, personIds: people.slice(0, 5) },
        'goal_reached',
      ),
    );
    expect(withdrawn).toBe(5);
    expect(await books(nodeId)).toMatchObject({
      pending: 15,
      suppressed: { goal_reached: 5 },
      balanced: true,
    });
    expect(first.counts.submits + second.counts.submits).toBe(0);
    await platform.database.execute("update hub.supplier set state = 'active'");
    await until(async () => (await books(nodeId)).delivered === 15, 'the rest delivered');
    expect(handsets.total()).toBe(15);
  });

  test('a held strategy goes on where it stopped', async () => {
    await startWorld();
    await platform.database.transaction((transaction) => hub.hold(transaction, 'renewal', true));
    const nodeId = await reserve(20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await books(nodeId)).pending).toBe(20);
    await platform.database.transaction((transaction) => hub.hold(transaction, 'renewal', false));
    await until(async () => (await books(nodeId)).delivered === 20, 'all delivered');
    expect(handsets.doubles()).toEqual([]);
  });

  test('what waited too long fails as expired', async () => {
    await startWorld();
    await first.close();
    await second.close();
    const nodeId = await reserve(10, { expiresAt: platform.clock.now() + HOUR_MS });
    platform.clock.advance(2 * HOUR_MS);
    await until(async () => (await books(nodeId)).failed === 10, 'all expired');
    expect(await books(nodeId)).toMatchObject({ pending: 0, balanced: true });
    await first.open();
    await second.open();
  });

  test('receipts that waited at the supplier during our outage come before any cascade', async () => {
    await startWorld({ receiptDelayMs: [1_500, 1_600] }, { receiptDelayMs: [1_500, 1_600] });
    const nodeId = await reserve(40, {
      cascade: { onReject: true, noReceiptAfterMs: HOUR_MS, maximumAttempts: 2, nextChannels: [] },
    });
    await until(async () => (await books(nodeId)).sent === 40, 'all accepted');
    await hub.stop();
    const acknowledged = (): number => first.counts.receiptsAcknowledged + second.counts.receiptsAcknowledged;
    await until(() => first.waiting() + second.waiting() + acknowledged() === 40, 'receipts wait');
    platform.clock.advance(5 * HOUR_MS);
    hub = createHub(platform, rooms.needs);
    await hub.start();
    await until(async () => (await books(nodeId)).delivered === 40, 'receipts taken');
    expect(first.counts.submits + second.counts.submits).toBe(40);
    expect(handsets.doubles()).toEqual([]);
  });
});
