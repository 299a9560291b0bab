import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHandsets, startSmsc, type Smsc } from '../../../lab/src/simulators/index.ts';
import { bundleFile } from '../../test/harness/bundle-file.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import {
  createHubRooms,
  insertTestRoute,
  insertTestSupplier,
  makeApprovedContent,
  makeReachablePeople,
  reservationsFor,
  until,
  type HubRooms,
} from '../../test/harness/hub-rooms.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';

const PEOPLE = 2_000;
const KILLS = 5;
let databases: TestDatabases;
let platform: ReturnType<typeof createTestPlatform>;
let rooms: HubRooms;
const handsets = createHandsets();
const smscs: Smsc[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases, { startMs: Date.now() });
  rooms = await createHubRooms(platform);
  await makeApprovedContent(rooms, platform, 'renewal_a');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const smsc of smscs) await smsc.stop();
  await rooms?.stop();
  await platform?.close();
  await databases?.drop();
});

async function startProcess(): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [await bundleFile('hub'), databases.databaseUrl, databases.clickhouseUrl],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

test(
  'killed again and again in mid-delivery, nobody gets two messages and the books balance',
  { timeout: 180_000 },
  async () => {
    const people = await makeReachablePeople(rooms, platform, PEOPLE);
    for (const name of ['first', 'second']) {
      const smsc = await startSmsc({
        name,
        systemId: 'wutong',
        password: 'secret',
        handsets,
        behaviour: {
          rejectShare: 0.05,
          undeliverableShare: 0.03,
          answerDelayMs: 2,
          duplicateReceiptShare: 0.05,
        },
      });
      smscs.push(smsc);
      await insertTestSupplier(platform, {
        supplierId: name,
        kind: 'smpp',
        channel: 'sms',
        settings: { host: '127.0.0.1', port: smsc.port, systemId: 'wutong', reconnectMs: 20 },
        secrets: { password: 'secret' },
        ratePerSecond: 400,
      });
    }
    await insertTestRoute(platform, 'sms', { first: 70, second: 30 });
    const reservations = reservationsFor(people, { nodeId: 'sms', purpose: 'service' });
    await platform.database.transaction((transaction) => rooms.hub.reserve(transaction, reservations));

    const submits = (): number => smscs.reduce((sum, smsc) => sum + smsc.counts.submits, 0);
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = await startProcess();
      await until(() => submits() >= (PEOPLE / (KILLS + 2)) * kill, `under way for the ${kill}. time`);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await startProcess();
    const books = async () => (await rooms.hub.books({ strategyId: 'renewal' }))[0]!;
    await until(async () => (await books()).pending === 0, 'nothing pending', 60_000);
    await until(() => smscs.every((smsc) => smsc.waiting() === 0), 'all receipts taken');
    // Both at one moment: what one supplier could not deliver is pending again until the other one has it.
    let book = await books();
    await until(async () => {
      book = await books();
      return book.pending === 0 && book.delivered === handsets.total();
    }, 'the books know of every delivery');

    expect(handsets.doubles()).toEqual([]);
    expect(book.balanced).toBe(true);
    expect(book.audience).toBe(PEOPLE);
    expect(book.sent + book.failed + book.uncertain).toBe(PEOPLE);
    // What was in the hand of a killed process and never left it: a bounded handful for each kill.
    expect(book.uncertain).toBeLessThan(KILLS * 300);
  },
);
