import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ingestApi, importsApi, MappingInput } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { startIngestServer, type IngestServer } from '../../../test/harness/ingest-server.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { replayable } from '../rejected-store.ts';
import { createImports } from './create-imports.ts';
import { importRoutes } from './import-routes.ts';
import { createRejectedRows } from './replay-rows.ts';
import { runImport } from './run-import.ts';

let databases: TestDatabases;
let platform: Platform;
let room: IngestServer;
let directory: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  room = await startIngestServer(platform, {
    routes: (server, rooms) => importRoutes(server, platform, createImports(platform, rooms)),
  });
  for (const role of ['administrator', 'data_engineer', 'marketer', 'manager'] as const) {
    const userId = await platform.access.createUser({
      name: role,
      displayName: role,
      password: 'long enough a password',
      role,
    });
    await platform.access.ensureToken(userId, 'test', `token-of-${role}`);
  }
  directory = await mkdtemp(join(tmpdir(), 'wutong-rejected-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await room.stop();
  await platform.close();
  await databases.drop();
});

async function ask<Body>(
  method: string,
  path: string,
  body?: object | string,
  role = 'administrator',
): Promise<{ status: number; body: Body & { code?: string; details?: Record<string, unknown> } }> {
  const isFile = typeof body === 'string';
  const answer = await fetch(`${room.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer token-of-${role}`,
      ...(body ? { 'content-type': isFile ? 'text/csv' : 'application/json' } : {}),
    },
    ...(body ? { body: isFile ? body : JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as never };
}

type Rejected = ingestApi.RejectedRecord;
type Opened = Rejected & { raw: string; opened: ingestApi.OpenedRow };
interface Replayed {
  replayed: number;
  stored: number;
  duplicate: number;
  rejectedAgain: number;
  reasons: object[];
  more: boolean;
}

const title = { en: 'Test', zh: '测试' };
const customer = { type: 'customer_number', value: 'id' };
type Records = MappingInput['files'][number]['records'];
const score = { name: 'score', title, valueType: 'number' } as const;
const PEOPLE: Records = [
  { record: 'person', keys: [customer], attributes: { city: 'city', score: 'score' } },
];
const EVENTS: Records = [
  { record: 'event', event: 'event', keys: [customer], time: 'time', properties: { amount: 'amount' } },
];

const mappingOf = (
  sourceId: string,
  records: Records,
  change: Partial<MappingInput['files'][number]> = {},
): MappingInput => ({
  name: sourceId,
  title,
  sourceId,
  asOf: '2026-01-01T00:00:00Z',
  files: [{ file: 'f', records, ...change }],
  declare: { attributes: [score] },
});

/** Imports a file over HTTP. */
async function load(mapping: MappingInput, content: string): Promise<importsApi.Import> {
  const made = await ask<importsApi.Import>('POST', '/imports', { mapping });
  expect(made.status).toBe(200);
  const { file } = mapping.files[0]!;
  const sent = await ask<importsApi.Import>(
    'POST',
    `/imports/${made.body.importId}/files?file=${file}`,
    content,
  );
  expect(sent.status).toBe(200);
  return sent.body;
}

const list = async (filter: string): Promise<{ items: Rejected[]; codes: object[] }> =>
  (await ask<{ items: Rejected[]; codes: object[] }>('GET', `/rejected?${filter}`)).body;
const rowsOf = async (importId: string, state = 'waiting'): Promise<Rejected[]> =>
  (await list(`importId=${importId}&state=${state}`)).items.toSorted((one, other) => one.row! - other.row!);
const open = async (rejectedId: string): Promise<Opened> =>
  (await ask<Opened>('GET', `/rejected/${rejectedId}`)).body;
const repair = (rejectedId: string, body: object) => ask<Rejected>('PUT', `/rejected/${rejectedId}`, body);
const replay = async (body: object): Promise<Replayed> =>
  (await ask<Replayed>('POST', '/rejected/replay', body)).body;
const readImport = async (importId: string): Promise<importsApi.Import> =>
  (await ask<importsApi.Import>('GET', `/imports/${importId}`)).body;
const ledgerOf = async (sourceId: string): Promise<object[]> =>
  (await ask<{ items: object[] }>('GET', `/sources/${sourceId}/ledger`)).body.items;
const attributesOf = async (customerNumber: string) => {
  const [found] = await room.identity.findPeople(customerNumber);
  return found && (await room.profile.attributesOf([found.personId])).get(found.personId);
};
const eventsOf = (sourceId: string) =>
  platform.clickhouse.query<{ event: string; event_id: string; person_id: number }>(
    `select event, toString(event_id) as event_id, person_id from event where source_id = '${sourceId}' order by event, event_id`,
  );

describe('a rejected row', () => {
  test('is opened by column, repaired and replayed as if it had been right in its file', async () => {
    const run = await load(
      mappingOf('repaired', PEOPLE),
      'id,city,score\nRA1,杭州,5\nRA2,苏州,high\n,宁波,7\n',
    );
    expect(run).toMatchObject({ rejectedRows: 2, waitingRows: 2, replayedRows: 0, records: { person: 2 } });
    const [wrong, nameless] = await rowsOf(run.importId);
    expect(wrong).toMatchObject({
      unit: 'row',
      format: 'csv',
      file: 'f',
      row: 2,
      code: 'value_type_conflict',
    });
    const opened = await open(wrong!.rejectedId);
    expect(opened).toMatchObject({ raw: '', opened: { importName: 'repaired' } });
    expect(opened.opened.cells).toEqual([
      { column: 'id', value: 'RA2' },
      { column: 'city', value: '苏州' },
      { column: 'score', value: 'high' },
    ]);
    expect(opened.opened.problems).toMatchObject([{ record: 0, columns: ['score'] }]);
    expect((await open(nameless!.rejectedId)).opened.problems).toMatchObject([{ columns: ['id'] }]);

    expect((await repair(wrong!.rejectedId, { cells: { score: '8' } })).body.state).toBe('repaired');
    expect(await replay({ rejectedIds: [wrong!.rejectedId] })).toEqual({
      replayed: 1,
      stored: 1,
      duplicate: 0,
      rejectedAgain: 0,
      reasons: [],
      more: false,
    });
    expect(await attributesOf('RA2')).toEqual({ city: '苏州', score: 8 });
    expect(await replay({ rejectedIds: [wrong!.rejectedId] })).toMatchObject({ replayed: 0 });
    expect(await repair(wrong!.rejectedId, { cells: { score: '9' } })).toMatchObject({
      status: 409,
      body: { code: 'rejected_settled' },
    });
    expect(await readImport(run.importId)).toMatchObject({
      rejectedRows: 2,
      waitingRows: 1,
      replayedRows: 1,
    });
    const errors = await fetch(`${room.url}/api/v1/imports/${run.importId}/errors`, {
      headers: { authorization: 'Bearer token-of-administrator' },
    });
    const lines = (await errors.text()).trim().split('\r\n');
    expect(lines.slice(1)).toEqual(['f,3,1,value_type_conflict,customer_number: no key of a person,,宁波,7']);
    const discarded = await ask('POST', '/rejected/discard', { rejectedIds: [nameless!.rejectedId] });
    expect(discarded.body).toEqual({ discarded: 1 });
    expect(await readImport(run.importId)).toMatchObject({ waitingRows: 0, discardedRows: 1 });
  });

  test('that is still wrong waits on with its new reason, and others get their turn before it', async () => {
    const run = await load(mappingOf('still_bad', PEOPLE), 'id,city,score\nSB1,,low\n,,2\nSB3,,high\n');
    const [first, second] = await rowsOf(run.importId);
    await repair(first!.rejectedId, { cells: { id: '', score: '1' } });
    expect(await replay({ rejectedIds: [first!.rejectedId] })).toMatchObject({
      stored: 0,
      rejectedAgain: 1,
      reasons: [{ code: 'value_type_conflict', count: 1 }],
    });
    const [again] = await rowsOf(run.importId, 'repaired');
    expect(again).toMatchObject({
      rejectedId: first!.rejectedId,
      details: { problems: [{ record: 0, detail: 'customer_number: no key of a person' }] },
    });
    expect(again!.triedAt).toBeDefined();
    const turn = await replayable(platform.database, {
      rejectedIds: undefined,
      filter: { importId: run.importId },
      limit: 2,
      limitBytes: 1_000_000,
    });
    expect(turn.map((row) => row.row_number)).toEqual([2, 3]);
    const small = { rejectedIds: undefined, filter: { importId: run.importId }, limit: 9, limitBytes: 1 };
    expect(await replayable(platform.database, small)).toHaveLength(1);
    expect(second!.triedAt).toBeUndefined();
  });

  test('is found by import, reason and what is said of it, not by what is in it', async () => {
    const run = await load(mappingOf('searched', PEOPLE), 'id,city,score\nSE1,SECRET%,low\nshort\n,,2\n');
    const found = async (search: string): Promise<number[]> =>
      (await list(`importId=${run.importId}&search=${encodeURIComponent(search)}`)).items.map(
        ({ row }) => row!,
      );
    const pages: number[] = [];
    for (let cursor = ''; pages.length < 4;) {
      const page = await ask<{ items: Rejected[]; nextCursor?: string }>(
        'GET',
        `/rejected?importId=${run.importId}&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(...page.body.items.map(({ row }) => row!));
      if (!page.body.nextCursor) break;
      cursor = page.body.nextCursor;
    }
    expect(pages).toEqual([3, 2, 1]);
    expect((await ask('GET', '/rejected?cursor=1_x')).status).toBe(400);
    expect(await found('NO KEY of a person')).toEqual([3]);
    expect(await found('2')).toEqual([2]);
    expect(await found('SECRET')).toEqual([]);
    expect(await found('%')).toEqual([]);
    expect(await found("'; drop table ingest.rejected; --")).toEqual([]);
    const { items, codes } = await list(`importId=${run.importId}&code=import_row_unreadable`);
    expect(items.map(({ row }) => row)).toEqual([2]);
    expect(codes).toEqual([{ code: 'import_row_unreadable', count: 1 }]);
    const kept = await platform.database.query<{ raw_box: string }>(
      'select raw_box from ingest.rejected where import_id = $1',
      [run.importId],
    );
    for (const { raw_box: box } of kept) expect(box).toMatch(/^v1\./);
  });

  test('whose person was merged meanwhile belongs to the merged one', async () => {
    const run = await load(mappingOf('merged', PEOPLE), 'id,city,score\nME1,,1\nME2,,2\nME1,,low\n');
    const both = mappingOf('merging', [
      {
        record: 'person',
        keys: [customer, { type: 'customer_number', value: 'other' }],
        link: 'bind',
        attributes: {},
      },
    ]);
    await load(both, 'id,other\nME1,ME2\n');
    const [row] = await rowsOf(run.importId);
    await repair(row!.rejectedId, { cells: { city: '绍兴', score: '2' } });
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 1 });
    expect(await attributesOf('ME1')).toMatchObject({ city: '绍兴' });
  });
});

describe('a row that breaks the format of its file', () => {
  test.each([
    [
      'ndjson',
      '{"id":"BJ1","city":"a"}\n{"id":"BJ2","city":"b"\n{"id":"BJ3","city":"c"}\n',
      '{"id":"BJ2","city":"b"',
    ],
    ['csv', 'id,city\nBJ1,a\nBJ2,"b\nBJ3,c\n', 'BJ2,"b'],
  ] as const)(
    'of %s is one rejected row, and is repaired as a line or by column',
    async (format, text, line) => {
      const records: Records = [{ record: 'person', keys: [customer], attributes: { city: 'city' } }];
      const run = await load(mappingOf(`broken_${format}`, records, { format }), text);
      expect(run).toMatchObject({ rows: 3, rejectedRows: 1, records: { person: 2 } });
      const [row] = await rowsOf(run.importId);
      const opened = await open(row!.rejectedId);
      expect(opened.raw).toBe(line);
      expect(opened.opened.cells.map(({ column, value }) => [column, value])).toEqual(
        expect.arrayContaining([
          ['id', ''],
          ['city', ''],
        ]),
      );
      expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({
        rejectedAgain: 1,
        reasons: [{ code: 'import_row_unreadable', count: 1 }],
      });
      for (const raw of [line, `${line}\n${line}`, '[1]', 'x'.repeat(5_000)])
        expect(await repair(row!.rejectedId, { raw })).toMatchObject({
          status: 422,
          body: { code: 'import_row_unreadable' },
        });
      const mended = format === 'csv' ? 'BJ2,b' : `${line}}`;
      expect((await repair(row!.rejectedId, { raw: mended })).status).toBe(200);
      expect((await open(row!.rejectedId)).opened.cells).toContainEqual({ column: 'id', value: 'BJ2' });
      await repair(row!.rejectedId, { cells: { id: `BJ2${format}` } });
      expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 1, rejectedAgain: 0 });
      expect(await attributesOf(`BJ2${format}`)).toEqual({ city: 'b' });
    },
  );
});

describe('events', () => {
  const HEADER = 'id,event,time,amount';

  test('refused by a strict source are replayed in bulk once the plan knows them, and the books balance', async () => {
    await ask('POST', '/sources', { sourceId: 'strict_rows', name: 'strict', mode: 'strict' });
    const lines = [
      HEADER,
      'EV1,branch_visit,2026-01-01,1',
      'EV2,branch_visit,2026-01-01,2',
      'EV3,other,2026-01-01,3',
    ];
    const run = await load(mappingOf('strict_rows', EVENTS), lines.join('\n'));
    // One rejected row each, and not a rejected record beside it.
    const waiting = await list('sourceId=strict_rows&state=waiting');
    expect(waiting.items.map(({ unit }) => unit)).toEqual(['row', 'row', 'row']);
    expect(waiting.codes).toEqual([{ code: 'not_in_plan', count: 3 }]);
    expect(await ledgerOf('strict_rows')).toMatchObject([{ received: 3, rejected: 3, balanced: true }]);
    await ask('PUT', '/tracking-plan/branch_visit', { title: '到店' });
    await ask('PUT', '/tracking-plan/branch_visit/properties/amount', { type: 'string', piiClass: 'none' });
    const filter = { importId: run.importId, code: 'not_in_plan' };
    expect(await replay({ filter })).toMatchObject({
      replayed: 3,
      stored: 2,
      rejectedAgain: 1,
      reasons: [{ code: 'not_in_plan', count: 1 }],
    });
    expect(await eventsOf('strict_rows')).toHaveLength(2);
    expect(await ledgerOf('strict_rows')).toMatchObject([
      { received: 6, stored: 2, rejected: 4, balanced: true },
    ]);
    const audit = await platform.database.query<{ actor: string }>(
      "select actor from platform.audit where action = 'rejected.replay' and detail ->> 'stored' = '2'",
    );
    expect(audit.length).toBeGreaterThan(0);
  });

  test('of a replay that was killed after they were stored are duplicates of themselves', async () => {
    const run = await load(
      mappingOf('killed', EVENTS),
      [HEADER, 'KI1,visit,2026-01-01,1', 'KI2,visit,never,2'].join('\n'),
    );
    const [row] = await rowsOf(run.importId);
    await repair(row!.rejectedId, { cells: { time: '2026-01-02' } });
    const killed = createRejectedRows({
      platform,
      rooms: {
        identity: room.identity,
        profile: room.profile,
        ingest: {
          async append(...given) {
            await room.ingest.append(...given);
            throw new Error('killed');
          },
        },
      },
    });
    const choice = { rejectedIds: [row!.rejectedId], filter: {}, limit: 1, limitBytes: 1_000 };
    await expect(killed.replay(await replayable(platform.database, choice))).rejects.toThrow('killed');
    expect(await rowsOf(run.importId, 'repaired')).toHaveLength(1);
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 0, duplicate: 1 });
    expect(await rowsOf(run.importId, 'replayed')).toHaveLength(1);
    expect(await eventsOf('killed')).toHaveLength(2);
    // The corrected file as a whole finds all of them there.
    const whole = [HEADER, 'KI1,visit,2026-01-01,1', 'KI2,visit,2026-01-02,2'].join('\n');
    expect(await load(mappingOf('killed', EVENTS), whole)).toMatchObject({ rejectedRows: 0 });
    expect(await eventsOf('killed')).toHaveLength(2);
  });

  test('two replays at once store each once', async () => {
    const run = await load(
      mappingOf('at_once', EVENTS),
      [HEADER, 'AO1,visit,never,1', 'AO2,visit,never,2'].join('\n'),
    );
    for (const { rejectedId } of await rowsOf(run.importId))
      await repair(rejectedId, { cells: { time: '2026-01-02' } });
    const filter = { importId: run.importId };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask<Replayed>('POST', '/rejected/replay', { filter })),
    );
    for (const { status, body } of answers) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(body.code).toBe('import_running');
    }
    const stored = answers.reduce((sum, { status, body }) => sum + (status === 200 ? body.stored : 0), 0);
    expect(stored).toBe(2);
    expect(await eventsOf('at_once')).toHaveLength(2);
    expect(await rowsOf(run.importId, 'replayed')).toHaveLength(2);
  });

  test('replayed while their import is broken off are stored once when it goes on', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `GO${index},visit,${index === 3 ? 'never' : '2026-01-01'},1`,
    );
    await writeFile(join(directory, 'f'), [HEADER, ...lines].join('\n'));
    await writeFile(join(directory, 'mapping.json'), JSON.stringify(mappingOf('going_on', EVENTS)));
    const options = {
      mappingFile: join(directory, 'mapping.json'),
      dataDirectory: directory,
      chunkBytes: 300,
    };
    const { identity, profile, ingest } = room;
    let chunks = 0;
    const breaking = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (++chunks > 3) throw new Error('cut off');
      return work();
    };
    const cut = {
      ...ingest,
      append: (...given: Parameters<typeof ingest.append>) => breaking(() => ingest.append(...given)),
      staged: {
        ...ingest.staged,
        append: (...given: Parameters<typeof ingest.staged.append>) =>
          breaking(() => ingest.staged.append(...given)),
      },
    };
    await expect(runImport(platform, { identity, profile, ingest: cut }, options)).rejects.toThrow('cut off');
    const { items } = await list('sourceId=going_on');
    expect(items).toMatchObject([{ row: 4 }]);
    await repair(items[0]!.rejectedId, { cells: { time: '2026-01-03' } });
    expect(await replay({ rejectedIds: [items[0]!.rejectedId] })).toMatchObject({ stored: 1 });
    const summary = await runImport(platform, { identity, profile, ingest }, options);
    expect(summary).toMatchObject({ resumed: true, rows: 40, rejectedRows: 1 });
    expect(await eventsOf('going_on')).toHaveLength(40);
    expect(await readImport(summary.importId)).toMatchObject({ waitingRows: 0, replayedRows: 1 });
  });
});

describe('a corrected mapping', () => {
  const flagged = (values: Record<string, string>): Records => [
    {
      record: 'person',
      keys: [customer],
      attributes: { city: { column: 'city', steps: [{ map: values, otherwise: 'reject' }] } },
    },
  ];

  test('takes the rows it was corrected for, and no other rows than those of its import', async () => {
    const mapping = mappingOf('corrected', flagged({ HZ: '杭州' }));
    const run = await load(mapping, 'id,city,more\nCO1,HZ,1\nCO2,SZ,2\nCO3,XX,3\n');
    expect(run).toMatchObject({ waitingRows: 2 });
    const path = `/imports/${run.importId}/mapping`;
    for (const [other, code] of [
      [{ ...mapping, name: 'another' }, 'mapping_invalid'],
      [{ ...mapping, asOf: '2026-02-01T00:00:00Z' }, 'mapping_invalid'],
      [mappingOf('corrected', flagged({}), { delimiter: ';' }), 'mapping_invalid'],
      [mappingOf('corrected', [{ record: 'entity', type: 'shop', id: 'id', fields: {} }]), 'mapping_invalid'],
      [
        mappingOf('corrected', [{ record: 'person', keys: [customer], attributes: { city: 'absent' } }]),
        'import_column_missing',
      ],
    ] as const)
      expect(await ask('PUT', path, { mapping: other })).toMatchObject({ status: 422, body: { code } });
    const better = mappingOf('corrected', flagged({ HZ: '杭州', SZ: '苏州' }));
    expect((await ask('PUT', path, { mapping: better })).status).toBe(200);
    const read = await ask<{ mapping: MappingInput }>('GET', path);
    expect(read.body.mapping.files[0]!.records).toMatchObject(better.files[0]!.records);
    expect(await replay({ filter: { importId: run.importId } })).toMatchObject({
      stored: 1,
      rejectedAgain: 1,
    });
    expect(await attributesOf('CO2')).toEqual({ city: '苏州' });
    expect(await attributesOf('CO3')).toBeUndefined();
  });
});

describe('what cannot be', () => {
  test('a row whose import is gone keeps its reason and says why it stays', async () => {
    const run = await load(mappingOf('gone', PEOPLE), 'id,city,score\nGN1,,low\n');
    const [row] = await rowsOf(run.importId);
    await platform.database.query('delete from imports.run where run_id = $1', [run.importId]);
    expect((await open(row!.rejectedId)).opened).toMatchObject({
      obstacle: 'import_gone',
      cells: [{ column: 'column_1', value: 'GN1' }, {}, { value: 'low' }],
    });
    expect(await repair(row!.rejectedId, { cells: { column_1: 'GN2' } })).toMatchObject({
      status: 409,
      body: { code: 'import_replay_impossible' },
    });
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({
      stored: 0,
      reasons: [{ code: 'import_replay_impossible', count: 1 }],
    });
    expect((await list(`importId=${run.importId}`)).items).toMatchObject([
      { state: 'waiting', code: row!.code },
    ]);
  });

  test('a row of a file that looks things up in others says so', async () => {
    const lookups = { places: { file: 'l.csv', key: 'code', columns: ['name'] } };
    const mapping = mappingOf('looked_up', PEOPLE, { file: 'looking.csv', lookups });
    await writeFile(join(directory, 'l.csv'), 'code,name\nHZ,杭州\n');
    await writeFile(join(directory, 'looking.csv'), 'id,city,score\nLU1,,low\n');
    await writeFile(join(directory, 'mapping.json'), JSON.stringify(mapping));
    const options = { mappingFile: join(directory, 'mapping.json'), dataDirectory: directory };
    const { importId } = await runImport(platform, room, options);
    const [row] = await rowsOf(importId);
    expect((await open(row!.rejectedId)).opened).toMatchObject({ obstacle: 'lookups' });
    expect(await replay({ filter: { importId } })).toMatchObject({
      reasons: [{ code: 'import_replay_impossible', count: 1 }],
    });
  });

  test('hostile cells and choices are refused or rejected alone', async () => {
    const run = await load(mappingOf('hostile', PEOPLE), 'id,city,score\nHO1,,low\nHO2,,low\n');
    const [one, other] = await rowsOf(run.importId);
    const { rejectedId } = one!;
    for (const [body, status, code] of [
      [{ cells: { nowhere: 'x' } }, 422, 'import_column_missing'],
      [{ cells: { __proto__x: 'x' } }, 422, 'import_column_missing'],
      [{ cells: { city: 5 } }, 400, 'invalid_request'],
      [{ cells: { city: 'x' }, raw: 'x' }, 400, 'invalid_request'],
      [{}, 400, 'invalid_request'],
      [{ raw: 'a,b' }, 422, 'import_row_unreadable'],
    ] as const)
      expect(await repair(rejectedId, body)).toMatchObject({ status, body: { code } });
    expect((await ask('POST', '/rejected/replay', { filter: { import: run.importId } })).status).toBe(400);
    expect((await ask('GET', '/rejected?importId=none')).status).toBe(400);
    await repair(rejectedId, { cells: { city: 'a\u0000b\ud800', score: '1' } });
    await repair(other!.rejectedId, { cells: { score: '1' } });
    const replayed = await replay({ filter: { importId: run.importId } });
    expect(replayed.stored + replayed.rejectedAgain).toBe(2);
    expect(await attributesOf('HO2')).toEqual({ score: 1 });
  });

  test('cells are for those who may open personal data, repairs for those who may change sources', async () => {
    const run = await load(mappingOf('permitted', PEOPLE), 'id,city,score\nPE1,,low\n');
    const [row] = await rowsOf(run.importId);
    const path = `/rejected/${row!.rejectedId}`;
    expect((await ask('GET', path, undefined, 'manager')).status).toBe(403);
    const change = { cells: { score: '1' } };
    const choice = { rejectedIds: [row!.rejectedId] };
    expect((await ask('PUT', path, change, 'marketer')).status).toBe(403);
    expect((await ask('POST', '/rejected/replay', choice, 'marketer')).status).toBe(403);
    const listed = await ask(`GET`, `/rejected?importId=${run.importId}`, undefined, 'marketer');
    expect(listed.status).toBe(200);
    const masked = await ask<Opened>('GET', path, undefined, 'data_engineer');
    expect(masked).toMatchObject({ status: 200, body: { isMasked: true, raw: '' } });
    expect(JSON.stringify(masked.body)).not.toContain('PE1');
    expect(masked.body.opened.problems).toMatchObject([{ columns: ['score'] }]);
    // The others stay what they are, unseen.
    expect((await ask('PUT', path, change, 'data_engineer')).status).toBe(200);
    const opened = await open(row!.rejectedId);
    expect(opened).toMatchObject({ state: 'repaired', isMasked: false });
    expect(opened.opened.cells.map(({ value }) => value)).toEqual(['PE1', '', '1']);
    const audit = await platform.database.query<{ action: string }>(
      'select action from platform.audit where object = $1 order by action',
      [row!.rejectedId],
    );
    expect(audit.map(({ action }) => action)).toEqual(['rejected.open', 'rejected.repair']);
  });
});
