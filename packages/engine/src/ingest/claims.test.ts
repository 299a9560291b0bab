import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile } from '../profile/index.ts';
import { claimWeeks, weekNumber } from './claim-weeks.ts';
import { createIngest } from './create-ingest.ts';
import type { Ingest } from './index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

it('a second sending up to 7 days later looks where the first one claimed, also by a clock a day off', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
      fc.integer({ min: -DAY_MS + 1, max: 7 * DAY_MS }),
      (first, later) => {
        const { week, others } = claimWeeks(first + later, false);
        expect([week, ...others]).toContain(claimWeeks(first, false).week);
      },
    ),
    { numRuns: 5_000 },
  );
});

describe('claims in the database', () => {
  let databases: TestDatabases;
  let platforms: (Platform & { clock: ManualClock })[];
  let identity: Identity;
  let processes: Ingest[];

  beforeAll(async () => {
    databases = await createTestDatabases();
    platforms = [createTestPlatform(databases), createTestPlatform(databases)];
    identity = createIdentity(platforms[0]!);
    await identity.start();
    processes = platforms.map((platform) =>
      createIngest(platform, { identity, profile: createProfile(platform, identity), wantedEvents: {} }),
    );
    await processes[0]!.sources.create({ sourceId: 'app', name: 'App' }, 'test');
  });

  afterAll(async () => {
    await identity.stop();
    for (const platform of platforms) await platform.close();
    await databases.drop();
  });

  /** How many of the records are stored; each says a time of its own, whatever it said before. */
  async function send(by: number, messageIds: readonly string[], agoMs = 0): Promise<number> {
    const time = platforms[by]!.clock.now() - agoMs;
    const keys = [{ type: 'customer_number', value: '10001' }];
    const outcome = await processes[by]!.append(
      'app',
      messageIds.map((messageId) => ({
        kind: 'event',
        messageId,
        time,
        keys,
        link: 'none',
        event: 'opened',
        properties: {},
      })),
    );
    expect(outcome.stored + outcome.duplicate).toBe(messageIds.length);
    return outcome.stored;
  }
  const setClocks = (at: number): void => {
    for (const { clock } of platforms) clock.advance(at - clock.now());
  };
  const partitions = (): Promise<{ name: string }[]> =>
    platforms[0]!.database.query(
      `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
       where inhparent = 'ingest.claim'::regclass`,
    );

  it('a record is stored once in 7 days, whatever time it says and whoever takes it', async () => {
    const storedAt = new Map<string, number>();
    let at = platforms[0]!.clock.now();
    const step = fc.record({
      waits: fc.integer({ min: 0, max: 60 * HOUR_MS }),
      by: fc.constantFrom(0, 1),
      message: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      agoMs: fc.integer({ min: 0, max: 9 * DAY_MS }),
    });
    for (const { waits, by, message, agoMs } of fc.sample(step, { numRuns: 60, seed: 20_261_129 })) {
      at += waits;
      setClocks(at);
      const stored = await send(by, [message], agoMs);
      const before = storedAt.get(message);
      if (before === undefined || at - before > 14 * DAY_MS) expect(stored).toBe(1);
      else if (at - before <= 7 * DAY_MS) expect(stored).toBe(0);
      if (stored === 1) storedAt.set(message, at);
    }
    const [row] = await platforms[0]!.clickhouse.query<{ events: number }>(
      'SELECT count() AS events FROM event',
    );
    expect(row!.events).toBeGreaterThan(12);
  });

  it('at the turn of a week, two processes with the same records store them once', async () => {
    const turn = (weekNumber(platforms[0]!.clock.now()) + 2) * WEEK_MS;
    setClocks(turn - 1);
    platforms[1]!.clock.advance(2);
    const ids = Array.from({ length: 40 }, (_, index) => `turn-${index}`);
    // Requests one after the other in each process, both processes at once, each in its own week.
    const counts = await Promise.all(
      [0, 1].map(async (by) => {
        let stored = 0;
        for (const id of ids) {
          const sent = await send(by, [id]).catch((error: { code?: string }) => {
            // The first sending is still under way: come again.
            expect(error.code).toBe('collection_unavailable');
            return 0;
          });
          stored += sent;
        }
        return stored;
      }),
    );
    const again = (await send(0, ids)) + (await send(1, ids));
    expect(counts[0]! + counts[1]! + again).toBe(ids.length);
  });

  it('a clock that runs ahead alone makes nobody forget', async () => {
    const at = platforms[0]!.clock.now();
    await send(0, ['kept']);
    platforms[1]!.clock.advance(40 * DAY_MS);
    await send(1, ['ahead']);
    platforms[0]!.clock.advance(DAY_MS);
    expect(await send(0, ['kept'])).toBe(0);
    expect(platforms[0]!.clock.now()).toBe(at + DAY_MS);
    // Both give signs of life at the later time: now what lies before is dropped.
    await platforms[0]!.database.execute('delete from ingest.process');
    setClocks(at + 50 * DAY_MS);
    await send(0, ['later']);
    expect((await partitions()).length).toBeLessThanOrEqual(5);
    expect(await send(0, ['kept'])).toBe(1);
  });
});
