import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCutProxy, type CutProxy } from '../../test/harness/cut-proxy.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { manualClock, type Platform } from '../platform/index.ts';
import { createLife } from './process-life.ts';

// Two processes whose clocks disagree: one is stepped, or its machine stood still. Nothing may be stored twice.

/** Long, so that a busy machine never looks like a standstill. */
const LEASE_MS = 20_000;
/** Some rounds of recovery. */
const WHILE_MS = 2_000;
const HOUR_MS = 3_600_000;
let databases: TestDatabases;
let proxy: CutProxy;
let slowPlatform: Platform;
let otherPlatform: Platform;
let slow: IngestServer;
let other: IngestServer;
let key: string;
let otherClockMs = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  proxy = await startCutProxy(databases.clickhouseUrl);
  const clock = manualClock(0);
  slowPlatform = createTestPlatform(
    { ...databases, clickhouseUrl: proxy.url },
    { clock: { ...clock, now: () => Date.now() } },
  );
  otherPlatform = createTestPlatform(databases, {
    clock: { ...clock, now: () => Date.now() + otherClockMs },
  });
  slow = await startIngestServer(slowPlatform, { leaseMs: LEASE_MS });
  other = await startIngestServer(otherPlatform, { leaseMs: LEASE_MS });
  ({ key } = await other.ingest.sources.create({ sourceId: 'clocks', name: 'Clocks' }, 'test'));
});

afterAll(async () => {
  await slow?.stop();
  await other?.stop();
  await slowPlatform?.close();
  await otherPlatform?.close();
  await proxy?.close();
  await databases?.drop();
});

async function send(server: IngestServer, name: string): Promise<number> {
  const records = Array.from({ length: 20 }, (_, number) => ({
    kind: 'event',
    messageId: `${name}-${number}`,
    keys: [{ type: 'customer_number', value: `C${number}` }],
    event: name,
  }));
  const answer = await fetch(`${server.url}/api/v1/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ records }),
  });
  await answer.text();
  return answer.status;
}

async function sendUntilAcked(server: IngestServer, name: string): Promise<void> {
  while ((await send(server, name)) !== 200) await delay(100);
}

const storedOf = async (name: string): Promise<unknown> =>
  (
    await otherPlatform.clickhouse.query(
      'select count() as rows, uniqExact(event_id) as records from event where event = {name:String}',
      { name },
    )
  )[0];

it.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('a clock stepped %s by an hour takes no batch from a process that lives', async (name, step) => {
  proxy.stall();
  const waiting = send(slow, name);
  await expect
    .poll(async () => (await otherPlatform.database.query('select 1 from ingest.batch')).length, {
      timeout: 30_000,
    })
    .toBe(1);
  otherClockMs = step;
  await delay(WHILE_MS);
  proxy.mend();
  await waiting;
  await sendUntilAcked(slow, name);
  otherClockMs = 0;
  expect(await storedOf(name)).toEqual({ rows: 20, records: 20 });
});

it('a batch begun before a process stood still for a lease may not insert after it', async () => {
  const leaseMs = 4_000;
  const life = createLife(otherPlatform, leaseMs);
  const before = await life.prepare();
  expect(before.holds()).toBe(true);
  await life.beat();
  expect(before.holds()).toBe(true);
  await delay(leaseMs);
  await life.beat();
  expect(before.holds()).toBe(false);
  expect((await life.prepare()).holds()).toBe(true);
  await life.signOff();
});
