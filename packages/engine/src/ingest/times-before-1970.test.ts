import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { runImport } from './imports/run-import.ts';

let databases: TestDatabases;
let platform: Platform;
let room: IngestServer;
let key: string;
let directory: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  room = await startIngestServer(platform);
  ({ key } = await room.ingest.sources.create({ sourceId: 'old', name: 'Old' }, 'test'));
  const title = { en: 'Test', zh: '测试' };
  await room.profile.declare({
    attributes: [{ name: 'born_at', title, valueType: 'datetime' }],
    detailTypes: [{ name: 'account', title, owner: 'person', fields: [] }],
  });
  directory = await mkdtemp(join(tmpdir(), 'wutong-times-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await room.stop();
  await platform.close();
  await databases.drop();
});

/** Whole milliseconds around the edges where signs and fractions get lost. */
const instant = fc.oneof(
  fc.integer({ min: -999, max: -1 }),
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.integer({ min: Date.UTC(1930, 0, 1), max: -1 }),
);

const storedTimes = async (event: string): Promise<number[]> => {
  const rows = await platform.clickhouse.query<{ at: number }>(
    `select toUnixTimestamp64Milli(time) as at from event where event = {event:String}
     order by toUInt32(properties.place::String)`,
    { event },
  );
  return rows.map(({ at }) => at);
};

/** One person, one record of each kind for each time. `list` makes the batch go to ClickHouse as JSON. */
const recordsOf = (times: readonly number[], turn: string, list: object): object[] =>
  times.flatMap((ms, place) => {
    const keys = [{ type: 'customer_number', value: `${turn}-${place}` }];
    const time = place % 2 === 0 ? ms : new Date(ms).toISOString();
    return [
      { kind: 'event', time, historical: true, keys, event: turn, properties: { place, ...list } },
      { kind: 'attributes', keys, attributes: { born_at: time } },
      { kind: 'detail', keys, detailType: 'account', detailId: `${turn}-${place}`, happenedAt: time },
    ];
  });

async function checkCollected(times: readonly number[], turn: string, list: object): Promise<void> {
  const response = await fetch(`${room.url}/api/v1/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ records: recordsOf(times, turn, list) }),
  });
  expect(await response.json()).toMatchObject({ stored: times.length * 3, rejected: 0 });
  expect(await storedTimes(turn)).toEqual(times);
  const stored = (column: string, table: string, where: string): Promise<unknown> =>
    platform.clickhouse.query(
      `select toUnixTimestamp64Milli(assumeNotNull(${column})) as at from ${table} final where ${where}`,
    );
  const people = await Promise.all(times.map((_, place) => room.identity.findPeople(`${turn}-${place}`)));
  for (const [place, ms] of times.entries()) {
    const personId = people[place]![0]!.personId;
    await expect
      .poll(() => stored('born_at', 'person', `person_id = ${personId}`), { timeout: 20_000 })
      .toEqual([{ at: ms }]);
    await expect
      .poll(() => stored('time', 'detail_account', `detail_id = '${turn}-${place}'`), { timeout: 20_000 })
      .toEqual([{ at: ms }]);
  }
}

async function checkImported(times: readonly number[], turn: string): Promise<void> {
  const cell = (ms: number): string => new Date(ms).toISOString();
  const lines = times.map((ms, place) => `${turn}-${place},${turn},${cell(ms)},${place}`);
  await writeFile(join(directory, 'old.csv'), ['customer,event,time,place', ...lines].join('\n'));
  const record = {
    record: 'event',
    event: 'event',
    keys: [{ type: 'customer_number', value: 'customer' }],
    time: 'time',
    properties: { place: { column: 'place', steps: [{ number: true }] } },
  };
  const mapping = {
    name: turn,
    title: { en: 'Old', zh: '旧' },
    sourceId: 'old',
    files: [{ file: 'old.csv', records: [record] }],
  };
  await writeFile(join(directory, 'mapping.json'), JSON.stringify(mapping));
  const options = { mappingFile: join(directory, 'mapping.json'), dataDirectory: directory };
  expect(await runImport(platform, room, options)).toMatchObject({ rejectedRows: 0 });
  expect(await storedTimes(turn)).toEqual(times);
}

test('times before 1970 keep sign and value on every way in', { timeout: 180_000 }, async () => {
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(instant, { minLength: 1, maxLength: 8 }), async (times) => {
      turn++;
      await checkCollected(times, `columns-${turn}`, {});
      await checkCollected(times, `json-${turn}`, { list: [1, 2] });
      await checkImported(times, `file-${turn}`);
    }),
    { numRuns: 6, seed: 1970, endOnFailure: true, examples: [[[-1, -500, -999, -1_000, -1_001, 0]]] },
  );
});
