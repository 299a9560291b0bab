import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { audienceApi } from '@wutong/contract';
import { startCutProxy, type CutProxy } from '../../test/harness/cut-proxy.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createIngest } from '../ingest/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile } from '../profile/index.ts';
import { createAudience, type Audience } from './index.ts';
import { createSegments, type Segments } from './manage-segments.ts';
import { createCatalogueReader } from './read-catalogue.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ASKER = { userId: '00000000-0000-0000-0000-000000000001', permissions: new Set(['segment.write']) };

let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let line: CutProxy;
let identity: Identity;
let segments: Segments;
/** Sources that have brought everything. */
const ready = new Set<string>();
const running: Audience[] = [];

beforeAll(async () => {
  databases = await createTestDatabases();
  line = await startCutProxy(databases.clickhouseUrl);
  platform = createTestPlatform({ ...databases, clickhouseUrl: line.url });
  identity = createIdentity(platform);
  await identity.start();
  const profile = createProfile(platform, identity);
  const sources = { catalogue: () => profile.catalogue(), plannedEvents: async () => [] };
  segments = createSegments(platform, createCatalogueReader(platform, sources));
});
afterAll(async () => {
  for (const audience of running) await audience.stop();
  await identity?.stop();
  await platform?.close();
  await line?.close();
  await databases?.drop();
});

/** A server's audience, as it starts: on the same databases as those before it. */
async function startServer(): Promise<Audience> {
  const profile = createProfile(platform, identity);
  const ingest = {
    plan: createIngest(platform, { identity, profile, wantedEvents: {} }).plan,
    sourceReadiness: async (sourceIds: readonly string[]) =>
      sourceIds.map((sourceId) => ({ sourceId, ready: ready.has(sourceId) })),
  };
  const audience = createAudience(platform, { identity, profile, ingest });
  running.push(audience);
  await audience.start();
  return audience;
}

const stateOf = async (segmentId: string) => {
  const [row] = await platform.database.query<{ runs: number; due_at: number | null }>(
    `select (select count(*)::int from audience.segment_run r where r.segment_id = s.segment_id) as runs, due_at
     from audience.segment s where segment_id = $1`,
    [segmentId],
  );
  return row!;
};
const runsOf = async (segmentId: string): Promise<number> => (await stateOf(segmentId)).runs;
/** Nothing is due any more: every loop has had its turn. */
const settled = () =>
  vi.waitFor(async () => {
    const [row] = await platform.database.query<{ due: number }>(
      'select count(*)::int as due from audience.segment where due_at <= $1 and not archived',
      [platform.clock.now()],
    );
    expect(row!.due).toBe(0);
  }, 20_000);

async function create(segmentId: string, schedule: audienceApi.Schedule): Promise<void> {
  await segments.create(
    { segmentId, name: segmentId, description: '', folder: '', kind: 'rule', text: 'person', schedule },
    ASKER,
  );
}

it('computes when a late source is ready, although somebody asked for a run meanwhile', async () => {
  const audience = await startServer();
  await create('late', { every: 'source_ready', at: '00:30', sources: ['core'] });
  await settled();
  expect(await runsOf('late')).toBe(1);
  await audience.computeSegments(['late']);
  platform.clock.advance(MINUTE_MS);
  await settled();
  expect(await runsOf('late')).toBe(2);
  ready.add('core');
  platform.clock.advance(MINUTE_MS);
  await settled();
  expect(await runsOf('late')).toBe(3);
  // Once a day.
  platform.clock.advance(MINUTE_MS);
  await settled();
  expect(await runsOf('late')).toBe(3);
});

it('makes up for what was missed while no server ran: once, and nothing that was put away', async () => {
  await create('daily', { every: 'day', at: '03:00' });
  await create('minutely', { every: 'minutes', minutes: 1 });
  await create('away', { every: 'day', at: '03:00' });
  await segments.archive('away', true, ASKER);
  await settled();
  const before = await Promise.all(['daily', 'minutely', 'away', 'late'].map(runsOf));
  await running.pop()!.stop();
  platform.clock.advance(3 * DAY_MS);
  await startServer();
  await settled();
  const after = await Promise.all(['daily', 'minutely', 'away', 'late'].map(runsOf));
  expect(after.map((runs, index) => runs - before[index]!)).toEqual([1, 1, 0, 1]);
  expect((await stateOf('daily')).due_at).toBeGreaterThan(platform.clock.now());
});

it('tries again at once, not the next day, what failed because ClickHouse was away', async () => {
  await running.pop()!.stop();
  await segments.compute(['daily']);
  const before = await runsOf('daily');
  platform.clock.advance(DAY_MS);
  line.cut();
  await expect(segments.compute(['daily'])).rejects.toThrow();
  expect((await stateOf('daily')).due_at).toBeLessThan(platform.clock.now());
  line.mend();
  await startServer();
  await settled();
  expect(await runsOf('daily')).toBe(before + 1);
});
