import { analysisSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { ClickHouse, Platform } from '../../platform/index.ts';
import { testNeeds } from '../insight-world.ts';
import { runAnalysis } from './run-analysis.ts';

const EVENTS = 600_000;
const PEOPLE = 60_000;
const HOUR_MS = 3_600_000;

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await platform.clickhouse.command(
    `insert into event (person_id, key_number, time, received_at, event, event_id, source_id)
     select person, person, at, at, ['login', 'search', 'view', 'buy'][1 + intDiv(hash, 7919) % 4], generateUUIDv4(number), 'app'
     from (select number, cityHash64(number) as hash, hash % {people:UInt64} as person,
       fromUnixTimestamp64Milli({from:Int64} + intDiv(hash, 104729) % {hours:Int64}, 'UTC') as at from numbers({events:UInt64}))`,
    { people: PEOPLE, from: TEST_START_MS, hours: 100 * HOUR_MS, events: EVENTS },
  );
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

/** The same ClickHouse with a bound of memory for each query, and grouping that goes to disk at a part of it: only tables in parts do. */
function bounded(memoryBytes: number, spillBytes: number): ClickHouse {
  const inner = platform.clickhouse;
  const query: ClickHouse['query'] = (sql, parameters, settings) =>
    inner.query(sql, parameters, {
      ...settings,
      max_memory_usage: String(memoryBytes),
      max_bytes_before_external_group_by: String(spillBytes),
      max_bytes_ratio_before_external_group_by: 0,
      group_by_two_level_threshold: '1',
      group_by_two_level_threshold_bytes: '1',
      max_block_size: '8192',
      preferred_block_size_bytes: '100000',
    });
  return Object.assign(Object.create(inner) as ClickHouse, { query });
}

const period = {
  from: new Date(TEST_START_MS).toISOString(),
  to: new Date(TEST_START_MS + 100 * HOUR_MS).toISOString(),
};
const steps = [{ event: 'login' }, { event: 'view' }, { event: 'buy' }];
const windowMs = 24 * HOUR_MS;
const questions = [
  { kind: 'funnel', period, steps, windowMs },
  { kind: 'funnel', period, steps, windowMs, timeToConvert: true },
  { kind: 'path', period, gapMs: 12 * HOUR_MS },
  { kind: 'retention', period, start: { event: 'login' }, returning: { event: 'buy' }, periods: 3 },
];

async function ask(question: object, clickhouse: ClickHouse): Promise<object> {
  const asking = { platform: { ...platform, clickhouse }, needs: testNeeds({}) };
  const answer = await runAnalysis(asking, analysisSchema.parse(question));
  return { ...answer, tookMs: 0, asOf: '' };
}

const spilled = async () => {
  const [row] = await platform.clickhouse.query<{ parts: number }>(
    "select sum(value) as parts from system.events where event = 'ExternalAggregationWritePart'",
  );
  return Number(row!.parts);
};

test.each(questions)('$kind over its bound goes on on disk, with the same answer', async (question) => {
  const before = await spilled();
  const expected = await ask(question, platform.clickhouse);
  expect(await spilled()).toBe(before);
  expect(await ask(question, bounded(150_000_000, 1_000_000))).toEqual(expected);
  expect(await spilled()).toBeGreaterThan(before);
});

/**
 * Not on shards: one that fails drops its connection to the other, and 26.7.2 without a server around it ends at a
 * reset it reads (`Terminate called for uncaught exception: Connection reset by peer, while reading from socket`).
 */
const isSharded = process.env['WUTONG_TEST_SHARDS'] !== undefined;

test.skipIf(isSharded)('what not even a disk helps is refused with a code', async () => {
  for (const question of questions) {
    await expect(ask(question, bounded(1_000_000, 0))).rejects.toMatchObject({ code: 'analysis_too_large' });
  }
});
