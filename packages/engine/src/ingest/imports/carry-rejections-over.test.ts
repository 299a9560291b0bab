import { randomUUID } from 'node:crypto';
import type { importsApi, ingestApi, MappingInput } from '@wutong/contract';
import { mappingSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { createPostgresBefore } from '../../../test/harness/older-postgres.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { migratePostgres, type Platform } from '../../platform/index.ts';
import { createImports } from './create-imports.ts';
import { importRoutes } from './import-routes.ts';

const CARRYING = '0019-rejected-rows.sql';
/** The night before New Year in UTC. */
const STARTED_AT = Date.UTC(2025, 11, 31, 15, 0, 0);

/** An import of the older version: its mapping as it was stored, and what it rejected. */
const OLD_RUNS = {
  people: { runId: randomUUID(), source: 'old_people' },
  bare: { runId: randomUUID(), source: 'old_bare' },
};
/** Rows as they were kept: one line a problem, each with a box of its own. */
const OLD_REJECTIONS = [
  ['people', 'p.csv', 2, 1, 4, 'key_refused', 'mobile: not a mobile number', ['OR2', '杭州', 'low', '12']],
  ['people', 'p.csv', 2, 0, 9, 'value_type_conflict', 'score: not a number', ['OR2', '杭州', 'low', '12']],
  ['people', 'p.csv', 3, 0, 1, 'import_row_unreadable', 'line 4: quote', ['"OR3,苏州']],
  ['people', 'p.csv', 4, 0, 2, 'import_row_unreadable', 'has 2 cells, the header 4', ['OR4', '宁波']],
  ['people', 'e.ndjson', 1, 0, 1, 'value_type_conflict', 'customer_number: no key of a person', ['', 'OR7']],
  ['bare', 'gone.csv', 1, 0, 1, 'value_type_conflict', 'score: not a number', ['OB1', 'high']],
] as const;

const title = { en: 'Old', zh: '旧' };
const customer = { type: 'customer_number', value: 'id' };
const MAPPING: MappingInput = {
  name: 'old_people',
  title,
  sourceId: 'old_people',
  declare: { attributes: [{ name: 'score', title, valueType: 'number' }] },
  files: [
    {
      file: 'p.csv',
      header: ['id', 'city', 'score', 'phone'],
      records: [
        { record: 'person', keys: [customer], attributes: { city: 'city', score: 'score' } },
        { record: 'person', keys: [customer, { type: 'mobile', value: 'phone' }], attributes: {} },
      ],
    },
    {
      file: 'e.ndjson',
      format: 'ndjson',
      records: [{ record: 'person', keys: [customer], attributes: { score: 'score' } }],
    },
  ],
};

let databases: TestDatabases;
let platform: Platform;
let room: IngestServer;
let old: Awaited<ReturnType<typeof createPostgresBefore>>;

beforeAll(async () => {
  databases = await createTestDatabases();
  old = await createPostgresBefore(CARRYING);
  platform = createTestPlatform({ ...databases, databaseUrl: old.url });
  await fillOld();
  await migratePostgres(platform.database);
  room = await startIngestServer(platform, {
    routes: (http, rooms) => importRoutes(http, platform, createImports(platform, rooms)),
  });
  // What the import itself had declared.
  await room.profile.declare(mappingSchema.parse(MAPPING).declare);
  await makeUser(platform, { name: 'administrator', role: 'administrator' }, 'token-of-administrator');
});
afterAll(async () => {
  await room.stop();
  await platform.close();
  await databases.drop();
  await old.drop();
});

async function fillOld(): Promise<void> {
  const { database, secrets } = platform;
  const mappings = { people: mappingSchema.parse(MAPPING), bare: { name: 'old_bare', files: [] } };
  for (const key of ['people', 'bare'] as const) {
    const { runId, source } = OLD_RUNS[key];
    await database.execute(
      `insert into imports.run (run_id, name, source_id, mapping, fingerprint, state, as_of, started_at)
       values ($1, $2, $2, $3::jsonb, $2, 'finished', $4, $4)`,
      [runId, source, JSON.stringify(mappings[key]), STARTED_AT],
    );
  }
  for (const [position, file] of ['p.csv', 'e.ndjson'].entries())
    await database.execute(
      'insert into imports.file (run_id, file, position, rows_done, rows_rejected) values ($1, $2, $3, 5, 3)',
      [OLD_RUNS.people.runId, file, position],
    );
  for (const [key, file, row, record, position, code, detail, cells] of OLD_REJECTIONS)
    await database.execute('insert into imports.rejection values ($1, $2, $3, $4, $5, $6, $7, $8)', [
      OLD_RUNS[key].runId,
      file,
      row,
      record,
      position,
      code,
      detail,
      secrets.encrypt(JSON.stringify(cells)),
    ]);
}

type Opened = ingestApi.RejectedRecord & { raw: string; opened: ingestApi.OpenedRow };

async function ask<Body>(path: string, method = 'GET', body?: object): Promise<Body> {
  const answer = await fetch(`${room.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: 'Bearer token-of-administrator',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
}
const rowsOf = async (key: 'people' | 'bare'): Promise<ingestApi.RejectedRecord[]> => {
  const path = `/rejected?importId=${OLD_RUNS[key].runId}`;
  const { items } = await ask<{ items: ingestApi.RejectedRecord[] }>(path);
  return items.toSorted((one, other) => one.file!.localeCompare(other.file!) || one.row! - other.row!);
};
const open = (rejectedId: string): Promise<Opened> => ask<Opened>(`/rejected/${rejectedId}`);

test('what an older version rejected becomes one rejected record a row, with its problems in order', async () => {
  const said = ({ file, row, format, code, details }: ingestApi.RejectedRecord) => ({
    place: `${file} ${row} ${format}`,
    code,
    problems: (details as { problems: { record: number; detail: string }[] }).problems.map(
      ({ record, detail }) => `${record} ${detail}`,
    ),
  });
  const rows = await rowsOf('people');
  expect(rows.map(said)).toEqual([
    {
      place: 'e.ndjson 1 ndjson',
      code: 'value_type_conflict',
      problems: ['0 customer_number: no key of a person'],
    },
    {
      place: 'p.csv 2 csv',
      code: 'value_type_conflict',
      problems: ['0 score: not a number', '1 mobile: not a mobile number'],
    },
    { place: 'p.csv 3 csv', code: 'import_row_unreadable', problems: ['0 line 4: quote'] },
    { place: 'p.csv 4 csv', code: 'import_row_unreadable', problems: ['0 has 2 cells, the header 4'] },
  ]);
  for (const row of rows)
    expect(row).toMatchObject({
      unit: 'row',
      state: 'waiting',
      sourceId: 'old_people',
      receivedAt: new Date(STARTED_AT).toISOString(),
      day: '2025-12-31',
    });
  const run = await ask<{ waitingRows: number }>(`/imports/${OLD_RUNS.people.runId}`);
  expect(run.waitingRows).toBe(4);
});

test('the boxes of old rows are opened, repaired and replayed', async () => {
  const [, wrong, broken, short] = await rowsOf('people');
  const opened = await open(wrong!.rejectedId);
  expect(opened.opened.cells.map(({ column, value }) => `${column}=${value}`)).toEqual([
    'id=OR2',
    'city=杭州',
    'score=low',
    'phone=12',
  ]);
  expect(opened.opened.problems.map(({ columns }) => columns)).toEqual([['score'], ['phone']]);
  // A line that broke its format is a text; one of too few cells is written out as a line.
  expect((await open(broken!.rejectedId)).raw).toBe('"OR3,苏州');
  expect((await open(short!.rejectedId)).raw).toBe('OR4,宁波');
  const cells = { score: '8', phone: '13800001234' };
  await ask(`/rejected/${wrong!.rejectedId}`, 'PUT', { cells });
  await ask(`/rejected/${broken!.rejectedId}`, 'PUT', { raw: 'OR3,苏州,3,' });
  const rejectedIds = [wrong!.rejectedId, broken!.rejectedId];
  const replayed = await ask<object>('/rejected/replay', 'POST', { rejectedIds });
  expect(replayed).toMatchObject({ replayed: 2, stored: 2, rejectedAgain: 0 });
  const [person] = await room.identity.findPeople('OR2');
  const attributes = await room.profile.attributesOf([person!.personId]);
  expect(attributes.get(person!.personId)).toMatchObject({ city: '杭州', score: 8 });
});

test('lines of JSON keep the names of their cells when their mapping is corrected', async () => {
  const path = `/imports/${OLD_RUNS.people.runId}/mapping`;
  const { mapping, files } = await ask<importsApi.MappingToCorrect>(path);
  expect(files[1]).toEqual({ columns: ['id', 'score'], rows: [['', 'OR7']] });
  const record = { record: 'person', keys: [{ type: 'customer_number', value: 'score' }], attributes: {} };
  const corrected = { ...mapping, files: [mapping.files[0], { ...mapping.files[1], records: [record] }] };
  await ask(path, 'PUT', { mapping: corrected });
  const [row] = await rowsOf('people');
  expect((await open(row!.rejectedId)).opened.cells).toEqual([
    { column: 'id', value: '' },
    { column: 'score', value: 'OR7' },
  ]);
  const replayed = await ask<object>('/rejected/replay', 'POST', { rejectedIds: [row!.rejectedId] });
  expect(replayed).toMatchObject({ replayed: 1, stored: 1 });
});

test('a row of a run that names no such file is still there to be seen, and says why it stays', async () => {
  const [row] = await rowsOf('bare');
  expect(row).toMatchObject({ format: 'csv', file: 'gone.csv', row: 1, code: 'value_type_conflict' });
  expect((await open(row!.rejectedId)).opened).toMatchObject({
    obstacle: 'import_gone',
    cells: [
      { column: 'column_1', value: 'OB1' },
      { column: 'column_2', value: 'high' },
    ],
  });
});
