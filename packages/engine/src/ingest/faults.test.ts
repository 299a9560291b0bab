import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile } from '../../test/harness/bundle-file.ts';
import { startCutProxy } from '../../test/harness/cut-proxy.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer } from '../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { manualClock, type Platform } from '../platform/index.ts';

const LEASE_MS = 2_000;
const KILLS = 3;
const SENDERS = 4;
const REQUESTS_A_SENDER = 30;
const EVENTS_A_REQUEST = 40;

let databases: TestDatabases;
let platform: Platform;

const realTime = () => ({ ...manualClock(0), now: () => Date.now() });

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases, { clock: realTime() });
});

afterAll(async () => {
  await platform.close();
  await databases.drop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function startCollector(port: number): Promise<ChildProcess> {
  const script = await bundleFile('collector');
  const child = spawn(
    process.execPath,
    [script, databases.databaseUrl, databases.clickhouseUrl, String(port), String(LEASE_MS)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout!, 'data');
  return child;
}

/** Sends like an SDK: again and again until 200. */
async function sendUntilAcked(url: string, key: string, records: object[]): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ records }),
    }).catch(() => undefined);
    await answer?.text().catch(() => undefined);
    if (answer?.status === 200) return;
    if (answer && answer.status !== 503) throw new Error(`answered ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const person = (name: string): object[] => [{ type: 'customer_number', value: name }];
const events = (prefix: string, count: number): object[] =>
  Array.from({ length: count }, (_, number) => ({
    kind: 'event',
    messageId: `${prefix}-${number}`,
    time: Date.now(),
    keys: person(`${prefix.split('-')[0]!}-${number % 10}`),
    event: 'wanted',
    properties: { test: prefix.split('-')[0], number },
  }));

async function storedOf(test: string): Promise<{ rows: number; distinct: number }> {
  const [row] = await platform.clickhouse.query<{ rows: number; distinct: number }>(
    `select count() as rows, uniqExact(event_id) as distinct from event where properties.test.:String = {test:String}`,
    { test },
  );
  return row!;
}

describe('faults', () => {
  it('kill -9 in the middle of batches: nothing acked is missing, nothing is there twice', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    let collector = await startCollector(port);
    // It settles batches too, so it must want the same events.
    const observer = await startIngestServer(platform, {
      leaseMs: LEASE_MS,
      wantedEvents: { canvas: () => new Set(['wanted']) },
    });
    const { key } = await observer.ingest.sources.create({ sourceId: 'killed', name: 'Killed' }, 'test');
    try {
      let done = false;
      const senders = Array.from({ length: SENDERS }, async (_, sender) => {
        for (let number = 0; number < REQUESTS_A_SENDER; number++) {
          const counted = {
            kind: 'attributes',
            messageId: `visit-${sender}-${number}`,
            keys: person('counted'),
            operation: 'increment',
            attributes: { visits: 1 },
          };
          const records = [...events(`kill-${sender}-${number}`, EVENTS_A_REQUEST), counted];
          await sendUntilAcked(url, key, records);
        }
      });
      const finished = Promise.all(senders).then(() => (done = true));
      for (let kill = 0; kill < KILLS && !done; kill++) {
        await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 600));
        collector.kill('SIGKILL');
        await once(collector, 'exit');
        collector = await startCollector(port);
      }
      await finished;
      const sent = SENDERS * REQUESTS_A_SENDER * EVENTS_A_REQUEST;
      const requests = SENDERS * REQUESTS_A_SENDER;
      await expect.poll(() => storedOf('kill')).toEqual({ rows: sent, distinct: sent });
      const inbox = await platform.database.query(
        'select count(*) as rows, count(distinct event_id) as distinct from ingest.inbox',
      );
      expect(inbox).toEqual([{ rows: sent, distinct: sent }]);
      const [found] = await observer.identity.findPeople('counted');
      const attributes = await observer.profile.attributesOf([found!.personId]);
      expect(attributes.get(found!.personId)).toMatchObject({ visits: requests });
      const [ledger] = await platform.database.query<Record<string, number>>(
        `select received - stored - duplicate - rejected as difference, stored from ingest.ledger where source_id = 'killed'`,
      );
      expect(ledger).toEqual({ difference: 0, stored: sent + requests });
      expect(await platform.database.query('select * from ingest.batch')).toEqual([]);
    } finally {
      collector.kill('SIGKILL');
      await observer.stop();
    }
  }, 180_000);

  it('two processes that get the same records at the same time store them once', async () => {
    const others = createTestPlatform(databases, { clock: realTime() });
    const rooms = await Promise.all([startIngestServer(platform), startIngestServer(others)]);
    const { key } = await rooms[0].ingest.sources.create({ sourceId: 'twice', name: 'Twice' }, 'test');
    const batches = Array.from({ length: 20 }, (_, number) => events(`twice-${number}`, 50));
    await Promise.all(rooms.flatMap((room) => batches.map((batch) => sendUntilAcked(room.url, key, batch))));
    expect(await storedOf('twice')).toEqual({ rows: 1_000, distinct: 1_000 });
    const ledger = await platform.database.query(
      `select received, stored, duplicate from ingest.ledger where source_id = 'twice'`,
    );
    expect(ledger).toEqual([{ received: 2_000, stored: 1_000, duplicate: 1_000 }]);
    for (const room of rooms) await room.stop();
    await others.close();
  });

  it('ClickHouse away: clients are told to come back, and collection resumes alone', async () => {
    const proxy = await startCutProxy(databases.clickhouseUrl);
    const far = createTestPlatform({ ...databases, clickhouseUrl: proxy.url }, { clock: realTime() });
    const room = await startIngestServer(far);
    const { key } = await room.ingest.sources.create({ sourceId: 'away', name: 'Away' }, 'test');
    await sendUntilAcked(room.url, key, events('away-0', 10));

    proxy.cut();
    const refused = await fetch(`${room.url}/sa?token=${key}`, {
      method: 'POST',
      body: JSON.stringify([
        { type: 'track', event: 'a', distinct_id: 'device-4711', _track_id: 1, properties: {} },
      ]),
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    const waiting = sendUntilAcked(room.url, key, events('away-1', 10));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    proxy.mend();
    await waiting;
    expect(await storedOf('away')).toEqual({ rows: 20, distinct: 20 });

    // The rows arrive, the answers do not: sent again by us, by recovery and by the client, still once.
    proxy.loseAnswers();
    const deaf = sendUntilAcked(room.url, key, events('away-2', 10));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    proxy.mend();
    await deaf;
    expect(await storedOf('away')).toEqual({ rows: 30, distinct: 30 });
    const [ledger] = await platform.database.query<Record<string, number>>(
      `select received - stored - duplicate - rejected as difference, stored from ingest.ledger where source_id = 'away'`,
    );
    expect(ledger).toEqual({ difference: 0, stored: 30 });
    await room.stop();
    await far.close();
    await proxy.close();
  });

  it('ClickHouse answers nobody: clients are told to come back before they give up by themselves', async () => {
    const proxy = await startCutProxy(databases.clickhouseUrl);
    const far = createTestPlatform({ ...databases, clickhouseUrl: proxy.url }, { clock: realTime() });
    const room = await startIngestServer(far);
    const { key } = await room.ingest.sources.create({ sourceId: 'slow', name: 'Slow' }, 'test');
    proxy.stall();
    const began = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async (_, number) => {
        const answer = await fetch(`${room.url}/api/v1/collect`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify({ records: events(`slow-${number}`, 10) }),
        });
        return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
      }),
    );
    expect(answers).toEqual(
      Array.from({ length: 5 }, () => ({ status: 503, retryAfter: expect.any(String) })),
    );
    expect(Date.now() - began).toBeLessThan(10_000);
    proxy.mend();
    for (let number = 0; number < 5; number++)
      await sendUntilAcked(room.url, key, events(`slow-${number}`, 10));
    expect(await storedOf('slow')).toEqual({ rows: 50, distinct: 50 });
    const [ledger] = await platform.database.query<Record<string, number>>(
      `select received - stored - duplicate - rejected as difference, stored from ingest.ledger where source_id = 'slow'`,
    );
    expect(ledger).toEqual({ difference: 0, stored: 50 });
    await room.stop();
    await far.close();
    await proxy.close();
  });

  it('answers of PostgreSQL are lost: what was committed all the same is stored and counted once', async () => {
    const proxy = await startCutProxy(databases.databaseUrl);
    const far = createTestPlatform({ ...databases, databaseUrl: proxy.url }, { clock: realTime() });
    const room = await startIngestServer(far, { leaseMs: LEASE_MS });
    const { key } = await room.ingest.sources.create({ sourceId: 'unheard', name: 'Unheard' }, 'test');
    let sending = true;
    const senders = Array.from({ length: SENDERS }, async (_, sender) => {
      let number = 0;
      for (; sending || number < 5; number++)
        await sendUntilAcked(room.url, key, events(`unheard-${sender}-${number}`, 10));
      return number;
    });
    for (let round = 0; round < 6; round++) {
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 150));
      proxy.loseAnswers();
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 30));
      proxy.mend();
    }
    sending = false;
    const sent = (await Promise.all(senders)).reduce((sum, requests) => sum + requests * 10, 0);
    await expect.poll(() => storedOf('unheard')).toEqual({ rows: sent, distinct: sent });
    await expect
      .poll(() => platform.database.query('select * from ingest.batch'), { timeout: 10_000 })
      .toEqual([]);
    const [ledger] = await platform.database.query<Record<string, number>>(
      `select received - stored - duplicate - rejected as difference, stored from ingest.ledger where source_id = 'unheard'`,
    );
    expect(ledger).toEqual({ difference: 0, stored: sent });
    await room.stop();
    await far.close();
    await proxy.close();
  }, 60_000);

  it('a network forgets its lines to PostgreSQL: collection resumes alone on new ones', async () => {
    const proxy = await startCutProxy(databases.databaseUrl);
    const far = createTestPlatform({ ...databases, databaseUrl: proxy.url }, { clock: realTime() });
    const room = await startIngestServer(far);
    const { key } = await room.ingest.sources.create({ sourceId: 'forgotten', name: 'Forgotten' }, 'test');
    await sendUntilAcked(room.url, key, events('forgotten-0', 10));
    const sending = sendUntilAcked(room.url, key, events('forgotten-1', 10));
    proxy.forget();
    // What PostgreSQL works on may take as long as it likes.
    const long = platform.database.query(`select 'done' as said from pg_sleep(9)`);
    await sending;
    await sendUntilAcked(room.url, key, events('forgotten-2', 10));
    expect(await storedOf('forgotten')).toEqual({ rows: 30, distinct: 30 });
    expect(await long).toEqual([{ said: 'done' }]);
    await room.stop();
    await far.close();
    await proxy.close();
  }, 60_000);
});
