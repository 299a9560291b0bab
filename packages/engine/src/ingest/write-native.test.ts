import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { eventIdOf } from './event-id.ts';
import { writeNative } from './write-native.ts';
import { writeRow, type EventRow } from './write-row.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  await platform.clickhouse.command('create table event_json as event');
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const BATCH = '018f2b6e-0000-7000-8000-00000000beef';
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('客户 😀', '2026-01-01', '2026-01-01 10:00:00', '12', 'true', '[1]', '{"a":1}', '\ud800'),
);
const scalar = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const properties = fc.dictionary(
  fc.constantFrom('amount', 'channel', '金额', '$lib', 'on', 'inner'),
  fc.oneof(
    { weight: 8, arbitrary: scalar },
    fc.array(text, { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b'), scalar, { maxKeys: 2 }),
  ),
  { maxKeys: 5 },
);
const rows = fc.array(
  fc.record({
    event: text,
    time: fc.oneof(
      fc.integer({ min: -2e12, max: 4e12 }),
      fc.integer({ min: -2_000, max: 2_000 }),
      fc.integer({ min: -2e9, max: 2e9 }).map((time) => time / 1_000),
    ),
    properties,
  }),
  { minLength: 1, maxLength: 60 },
);

const stored = (table: string): Promise<unknown> =>
  platform.clickhouse.query(
    `select *, toString(JSONAllPathsWithTypes(properties)) as types from ${table} order by event_id`,
  );

test('a block of columns stores the same as rows of JSON', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const events = given.map((row, index): EventRow => ({
        ...row,
        personId: index * 3_000_000_007,
        keyNumber: index,
        receivedAt: 1_767_225_600_123,
        eventId: eventIdOf('test', String(index)),
        sourceId: 'test',
      }));
      for (const table of ['event', 'event_json'])
        await platform.clickhouse.command(`truncate table ${table}`);
      const block = writeNative(events, BATCH);
      expect(block).toBeDefined();
      await insert('event', 'Native', block!);
      await insert(
        'event_json',
        'JSONEachRow',
        Buffer.from(events.map((row) => writeRow(row, BATCH)).join('')),
      );
      expect(await stored('event')).toEqual(await stored('event_json'));
      const times = await platform.clickhouse.query<{ time: number }>(
        'select toUnixTimestamp64Milli(time) as time from event_json order by key_number',
      );
      expect(times.map(({ time }) => time)).toEqual(given.map(({ time }) => Math.round(time) + 0));
    }),
    { numRuns: 25, seed: 20_260_201, endOnFailure: true },
  );
});

test('lists of numbers and of objects are left to JSON', () => {
  const row = {
    personId: 1,
    keyNumber: 1,
    time: 0,
    receivedAt: 0,
    event: 'e',
    eventId: BATCH,
    sourceId: 's',
  };
  expect(writeNative([{ ...row, properties: { list: [1, 2] } }], BATCH)).toBeUndefined();
  expect(writeNative([{ ...row, properties: { list: [{ a: 1 }] } }], BATCH)).toBeUndefined();
});

async function insert(table: string, format: string, bytes: Buffer): Promise<void> {
  const { stream } = await platform.clickhouse.client.exec({
    query: `insert into ${table} format ${format}`,
    values: Readable.from([bytes], { objectMode: false }),
    clickhouse_settings: {
      input_format_try_infer_dates: 0,
      input_format_try_infer_datetimes: 0,
      date_time_input_format: 'basic',
      max_partitions_per_insert_block: '0',
    },
  });
  for await (const piece of stream) void piece;
}
