import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../test/harness/databases.ts';
import { createTestPlatform } from '../test/harness/platform.ts';
import { keepDemoTime, readDemoClock } from './demo-clock.ts';
import type { Platform } from './platform/index.ts';

const DAY_MS = 86_400_000;
const RATE = 7_000;

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});
beforeEach(() => platform.database.execute("delete from platform.setting where name like 'clock.%'"));

const setting = (name: string, value: unknown): Promise<number> =>
  platform.database.execute('insert into platform.setting (name, value) values ($1, $2::jsonb)', [
    name,
    JSON.stringify(value),
  ]);

it('goes on where a demo stopped, never back, and at the same speed', async () => {
  const now = Date.now();
  const startMs = now - 9 * DAY_MS;
  await setting('clock.anchor', { virtualMs: startMs, realMs: now - 60_000, rate: RATE });
  await setting('clock.alive', now - 50_000);
  const clock = await readDemoClock(platform.database, undefined);
  const stoppedAt = startMs + 10_000 * RATE;
  expect(clock!.now()).toBeGreaterThanOrEqual(stoppedAt);
  expect(clock!.now()).toBeLessThan(stoppedAt + 3_000 * RATE);
  expect(clock!.rate).toBe(RATE);
});

it('leaves the time alone that another process keeps, and the one that has caught up', async () => {
  const now = Date.now();
  const kept = { virtualMs: now - 9 * DAY_MS, realMs: now - 10_000, rate: RATE };
  await setting('clock.anchor', kept);
  await setting('clock.alive', now - 500);
  expect((await readDemoClock(platform.database, undefined))!.anchor).toEqual(kept);

  await platform.database.execute('delete from platform.setting');
  const old = { virtualMs: now - 20 * DAY_MS, realMs: now - 10 * DAY_MS, rate: RATE };
  await setting('clock.anchor', old);
  await setting('clock.alive', now - 9 * DAY_MS);
  expect((await readDemoClock(platform.database, undefined))!.rate).toBe(1);
});

it('notes that it lives while its time runs fast', async () => {
  const clock = (await readDemoClock(platform.database, Date.now() - 9 * DAY_MS))!;
  clock.setRate(RATE);
  const stop = keepDemoTime(platform.database, clock);
  const before = Date.now();
  const alive = async (): Promise<number> =>
    (
      await platform.database.query<{ value: number }>(
        "select value from platform.setting where name = 'clock.alive'",
      )
    )[0]?.value ?? 0;
  await expect.poll(alive, { timeout: 5_000 }).toBeGreaterThanOrEqual(before);
  await stop();
});
