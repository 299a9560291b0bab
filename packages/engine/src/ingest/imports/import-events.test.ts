import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MappingInput } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile, type Profile } from '../../profile/index.ts';
import { createIngest, type Ingest } from '../create-ingest.ts';
import { runImport } from './run-import.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;
let ingest: Ingest;
let directory: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
  directory = await mkdtemp(join(tmpdir(), 'wutong-events-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const title = { en: 'Test', zh: '测试' };
const FILE = 'events.csv';
const HEADER = 'customer,event,time,amount,place';

/** `named`: each row says its own message id, so that it is claimed by itself; otherwise rows are claimed together. */
function mappingOf(sourceId: string, named: boolean): MappingInput {
  const messageId = { messageId: { template: `m/${FILE}#{#}.0`, steps: [] } };
  return {
    name: 'm',
    title,
    sourceId,
    files: [
      {
        file: FILE,
        records: [
          {
            record: 'event',
            event: 'event',
            keys: [{ type: 'customer_number', value: 'customer' }],
            time: 'time',
            properties: { amount: { column: 'amount', steps: [{ number: true }] }, place: 'place' },
            ...(named ? messageId : {}),
          },
        ],
      },
    ],
  };
}

/** Events stored by chunks. */
let stagedEvents = 0;

async function load(
  sourceId: string,
  named: boolean,
  lines: readonly string[],
  changed: { ingest?: Ingest; chunkBytes?: number } = {},
) {
  await writeFile(join(directory, FILE), [HEADER, ...lines].join('\n'));
  await writeFile(join(directory, 'mapping.json'), JSON.stringify(mappingOf(sourceId, named)));
  const to = changed.ingest ?? ingest;
  const append: typeof to.staged.append = async (...given) => {
    const stored = await to.staged.append(...given);
    stagedEvents += stored ?? 0;
    return stored;
  };
  const rooms = { identity, profile, ingest: { ...to, staged: { ...to.staged, append } } };
  const { chunkBytes } = changed;
  const options = {
    mappingFile: join(directory, 'mapping.json'),
    dataDirectory: directory,
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
  };
  return runImport(platform, rooms, options);
}

async function found(sourceId: string, importId: string) {
  const rejections = await platform.database.query(
    'select row_number, record, code, detail from imports.rejection where run_id = $1 order by 1, 2, 3, 4',
    [importId],
  );
  const events = await platform.clickhouse.query(
    `select event, person_id, key_number, time, properties, toString(JSONAllPathsWithTypes(properties)) as types
     from event where source_id = '${sourceId}' order by all`,
  );
  const ledger = await platform.database.query(
    'select received, stored, duplicate, rejected from ingest.ledger where source_id = $1',
    [sourceId],
  );
  return { rejections, events, ledger };
}

/** One in so many cells is something that only a single row can be asked about. */
const mostly = (sure: readonly string[], unsure: readonly string[]) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...sure) },
    { weight: 1, arbitrary: fc.constantFrom(...unsure) },
  );
const row = fc
  .tuple(
    mostly(['100001', '100002', '100003', '100004'], ['null', '']),
    mostly(['opened', 'opened', 'paid', '到店'], ['']),
    mostly(['2025-03-01', '2025-03-01 10:20:30.125', '1740000000000'], ['soon', '', '1960-01-01']),
    mostly(['1', '2.5', '-3', '', '-0', '12345678901234'], ['much', '1e3']),
    mostly(['杭州', '', `"a, ""b"""`], ['2025-01-01', 'x'.repeat(200)]),
  )
  .map((cells) => cells.join(','));

test(
  'rows that are claimed together come out as rows that are claimed one by one',
  { timeout: 240_000 },
  async () => {
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 200, size: 'max' }),
        fc.array(row, { maxLength: 200, size: 'max' }),
        fc.constantFrom(200, 700, 3000),
        async (first, second, chunkBytes) => {
          const suffix = turn++;
          // The second file is longer or shorter and says other things in the same rows: those are known by place.
          for (const lines of [first, first.concat(second), second]) {
            const outcomes = [];
            for (const way of ['together', 'singly']) {
              const sourceId = `${way}-${suffix}`;
              const summary = await load(sourceId, way === 'singly', lines, { chunkBytes });
              const { rows, rejectedRows } = summary;
              const records = Object.entries(summary.records).filter(([, number]) => number > 0);
              outcomes.push({ rows, rejectedRows, records, ...(await found(sourceId, summary.importId)) });
            }
            expect(outcomes[0]).toEqual(outcomes[1]);
          }
        },
      ),
      { numRuns: Number(process.env['WUTONG_BULK_RUNS'] ?? 3), seed: 20_260_301, endOnFailure: true },
    );
    expect(stagedEvents).toBeGreaterThan(50);
  },
);

test('a run killed between the events and their mark stores each once', { timeout: 60_000 }, async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `20${at % 50},opened,2025-03-01,${at},here`);
  let isKilled = false;
  const meet: Profile['meet'] = (transaction, people) => {
    if (isKilled) return profile.meet(transaction, people);
    isKilled = true;
    throw new Error('killed');
  };
  const killed = createIngest(platform, { identity, profile: { ...profile, meet }, wantedEvents: {} });
  await expect(load('cut', false, lines, { ingest: killed, chunkBytes: 0 })).rejects.toThrow('killed');
  // While nobody knows what became of the batch, its rows are refused, not doubled.
  await expect(load('cut', false, lines, { chunkBytes: 0 })).rejects.toMatchObject({
    code: 'collection_unavailable',
  });
  await killed.recover();
  const summary = await load('cut', false, lines, { chunkBytes: 0 });
  expect(summary).toMatchObject({ resumed: true, rows: 500, records: { 'duplicate event': 500 } });
  const [counted] = await platform.clickhouse.query(
    `select count() as events, sum(properties.amount.:Float64) as amounts from event where source_id = 'cut'`,
  );
  expect(counted).toEqual({ events: 500, amounts: (500 * 499) / 2 });
});

test('a chunk killed between its events and their mark stores each once', { timeout: 60_000 }, async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `20${at % 50},opened,2025-03-01,${at},here`);
  // What others wait for is asked after the insert.
  let isKilled = false;
  const wanted = (): ReadonlySet<string> => {
    if (isKilled) return new Set(['opened']);
    isKilled = true;
    throw new Error('killed');
  };
  const killed = createIngest(platform, { identity, profile, wantedEvents: { test: wanted } });
  await expect(load('cut-chunk', false, lines, { ingest: killed, chunkBytes: 2_000 })).rejects.toThrow(
    'killed',
  );
  expect(isKilled).toBe(true);
  await expect(load('cut-chunk', false, lines, { chunkBytes: 2_000 })).rejects.toMatchObject({
    code: 'collection_unavailable',
  });
  await killed.recover();
  const before = stagedEvents;
  const summary = await load('cut-chunk', false, lines, { ingest: killed, chunkBytes: 2_000 });
  expect(summary).toMatchObject({ resumed: true, rows: 500 });
  expect(summary.records['duplicate event']).toBeGreaterThan(10);
  expect(summary.records['event']! + summary.records['duplicate event']!).toBe(500);
  expect(stagedEvents - before).toBeGreaterThan(100);
  const [counted] = await platform.clickhouse.query(
    `select count() as events, sum(properties.amount.:Float64) as amounts from event where source_id = 'cut-chunk'`,
  );
  expect(counted).toEqual({ events: 500, amounts: (500 * 499) / 2 });
  const [waiting] = await platform.database.query(
    `select count(*)::int as events, count(distinct event_id)::int as ids from ingest.inbox where source_id = 'cut-chunk'`,
  );
  expect(waiting).toEqual({ events: 500, ids: 500 });
  const [ledger] = await platform.database.query(
    `select stored from ingest.ledger where source_id = 'cut-chunk'`,
  );
  expect(ledger).toEqual({ stored: 500 });
});

test('a rejected row that was replayed by itself is not stored again with its file', async () => {
  const lines = [
    '300001,opened,2025-03-01,1,a',
    'null,opened,2025-03-01,2,b',
    '300003,opened,2025-03-01,3,c',
  ];
  expect(await load('replay', false, lines)).toMatchObject({ rejectedRows: 1, records: { event: 2 } });
  const time = Date.parse('2025-03-01T00:00:00+08:00');
  const keys = [{ type: 'customer_number', value: '300002' }];
  const event = { kind: 'event', event: 'opened', keys, link: 'none', time } as const;
  await ingest.append('replay', [{ ...event, messageId: `m/${FILE}#2.0`, properties: { amount: 2 } }]);
  const repaired = [lines[0]!, '300002,opened,2025-03-01,2,b', lines[2]!];
  expect((await load('replay', false, repaired)).records).toMatchObject({ event: 0, 'duplicate event': 3 });
});
