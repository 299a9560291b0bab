import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mappingSchema, type MappingInput } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import { createHttpServer, type Platform } from '../../platform/index.ts';
import { createProfile, type Profile } from '../../profile/index.ts';
import { createIngest } from '../create-ingest.ts';
import { createImports, type Imports } from './create-imports.ts';
import { importRoutes } from './import-routes.ts';
import type { ImportRooms } from './load-batch.ts';
import { runImport } from './run-import.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;
let rooms: ImportRooms;
let imports: Imports;
let directory: string;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  rooms = { identity, profile, ingest: createIngest(platform, { identity, profile, wantedEvents: {} }) };
  imports = createImports(platform, rooms);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wutong-import-'));
});
afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const title = { en: 'Test', zh: '测试' };
const mappingOf = (
  name: string,
  files: MappingInput['files'],
  declare?: MappingInput['declare'],
): MappingInput => ({
  name,
  title,
  sourceId: name,
  asOf: '2026-01-01T00:00:00Z',
  files,
  ...(declare ? { declare } : {}),
});
const customer = { type: 'customer_number', value: 'id' };
const load = async (
  mapping: MappingInput,
  files: Record<string, string | Buffer>,
  changed: Partial<ImportRooms> = {},
) => {
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  await writeFile(join(directory, 'mapping.json'), JSON.stringify(mapping));
  return runImport(
    platform,
    { ...rooms, ...changed },
    { mappingFile: join(directory, 'mapping.json'), dataDirectory: directory },
  );
};
const attributesOf = async (customerNumber: string) => {
  const [found] = await identity.findPeople(customerNumber);
  return found && (await profile.attributesOf([found.personId])).get(found.personId);
};

describe('files', () => {
  test('GBK, semicolons, quotes, gzip', async () => {
    const text = '客户号;姓名;城市\nG100001;"张;三";杭州\nG100002;李四;\n';
    const summary = await load(
      mappingOf('gbk', [
        {
          file: 'a.csv.gz',
          encoding: 'gbk',
          delimiter: ';',
          records: [
            {
              record: 'person',
              keys: [{ type: 'customer_number', value: '客户号' }],
              attributes: { full_name: '姓名', city: '城市' },
            },
          ],
        },
      ]),
      { 'a.csv.gz': gzipSync(iconv.encode(text, 'gbk')) },
    );
    expect(summary).toMatchObject({ rows: 2, rejectedRows: 0 });
    expect(await attributesOf('G100001')).toEqual({ full_name: '张;三', city: '杭州' });
    expect(await attributesOf('G100002')).toEqual({ full_name: '李四' });
  });

  test.each([
    ['import_file_missing', {}, {}],
    ['import_column_missing', { 'x.csv': 'other\n1\n' }, {}],
    ['import_file_unreadable', { 'x.csv': Buffer.from('id,\xc3\x28\n1,2\n', 'latin1') }, {}],
    ['import_file_unreadable', { 'x.csv': 'id,"age\n1,2\n' }, {}],
    ['import_file_unreadable', { 'x.csv': gzipSync('id,age\n1,2\n').subarray(0, 20) }, {}],
    ['import_file_unreadable', { 'x.csv': Buffer.from('\uFEFFid,age\n1,2\n', 'utf16le') }, {}],
    ['import_file_unreadable', { 'x.csv': 'id,age\r1,2\r' }, {}],
    ['mapping_invalid', { 'x.csv': 'id\n1\n' }, { delimiter: 'two' }],
  ])('%s', async (code, files, change) => {
    const records = [{ record: 'person', keys: [customer], attributes: { age: 'age' } }];
    const mapping = mappingOf('bad', [{ file: 'x.csv', records, ...change }] as MappingInput['files']);
    await expect(load(mapping, files)).rejects.toMatchObject({ code });
  });

  test.each([
    ['csv', 'utf-8'],
    ['csv', 'gbk'],
    ['ndjson', 'gb18030'],
  ] as const)('a row of %s with half a character in %s is rejected alone', async (format, encoding) => {
    const names = ['张三', '李四', '王五', encoding === 'utf-8' ? '赵\uFFFD' : '赵'].map((name) =>
      iconv.encode(name, encoding),
    );
    names[1] = names[1]!.subarray(0, -1);
    const lines = names.map((name, index) => {
      const [before, after] = format === 'csv' ? [`H${index},`, ''] : [`{"id":"H${index}","name":"`, '"}'];
      return Buffer.concat([Buffer.from(before), name, Buffer.from(`${after}\n`)]);
    });
    const records = [
      { record: 'person', keys: [customer], attributes: { [`name_${encoding.slice(0, 3)}`]: 'name' } },
    ];
    const mapping = mappingOf('half', [{ file: 'h', format, encoding, records }] as MappingInput['files']);
    const file = Buffer.concat([Buffer.from(format === 'csv' ? 'id,name\n' : ''), ...lines]);
    const summary = await load(mapping, { h: file });
    expect(summary).toMatchObject({ rows: 4, rejectedRows: 1, records: { person: 3 } });
    const rejected: string[] = [];
    for await (const line of imports.rejections(summary.importId, false)) rejected.push(line.trim());
    const place = `line ${format === 'csv' ? 3 : 2}`;
    expect(rejected.slice(1).map((line) => line.split(',').slice(0, 5).join())).toEqual([
      `h,2,1,import_row_unreadable,${place}: it holds bytes that are no text in ${encoding.toUpperCase()}`,
    ]);
  });

  test('what does not fit is rejected with its row and reason, the rest is loaded', async () => {
    const mapping = mappingOf(
      'errors',
      [
        {
          file: 'p.csv',
          records: [
            {
              record: 'person',
              keys: [customer],
              attributes: { born: { column: 'born', steps: [{ date: 'YYYYMMDD' }] }, score: 'score' },
            },
          ],
        },
      ],
      { attributes: [{ name: 'score', title, valueType: 'number' }] },
    );
    const rows = [
      'id,born,score',
      'X200001,19900101,5',
      'X200002,19901301,5',
      ',19900101,1',
      'X200003,19900101,high',
      'short',
    ];
    const summary = await load(mapping, { 'p.csv': rows.join('\n') });
    expect(summary).toMatchObject({ rows: 5, rejectedRows: 4, records: { person: 2 } });
    expect(await attributesOf('X200003')).toEqual({ born: '1990-01-01' });
    const lines: string[] = [];
    for await (const line of imports.rejections(summary.importId, true)) lines.push(line.trim());
    expect(lines).toEqual([
      'file,row,record,code,reason,cells',
      'p.csv,2,1,value_type_conflict,born: no such day,X200002,19901301,5',
      'p.csv,3,1,value_type_conflict,customer_number: no key of a person,,19900101,1',
      'p.csv,4,1,value_type_conflict,score: set does not fit number,X200003,19900101,high',
      'p.csv,5,1,import_row_unreadable,"has 1 cells, the header 3",short',
    ]);
    const masked: string[] = [];
    for await (const line of imports.rejections(summary.importId, false)) masked.push(line);
    expect(masked.join('')).not.toContain('X200002');
  });
});

test.each([
  ['a line for Excel above', 'sep=,\n', 0, 4],
  ['a title and a date above', '客户清单\n\n"制表：张三",,\n', 2, 6],
])(
  '%s is no header, a total below is nobody, columns of one name are told apart',
  async (name, above, titleRows, line) => {
    const records: MappingInput['files'][number]['records'] = [
      { record: 'person', keys: [customer], attributes: { level: 'level_2' } },
    ];
    for (const chunkBytes of [0, 1 << 20]) {
      const text = `${above}id,level,level\nEX1,1,2\n"EX"3,1,2\n合计,3,4\n`;
      await writeFile(join(directory, 'e.csv'), text);
      const mapping = mappingOf(`excel-${titleRows}-${chunkBytes}`, [{ file: 'e.csv', titleRows, records }]);
      await writeFile(join(directory, 'mapping.json'), JSON.stringify(mapping));
      const options = { mappingFile: join(directory, 'mapping.json'), dataDirectory: directory, chunkBytes };
      const summary = await runImport(platform, rooms, options);
      expect(summary, name).toMatchObject({ rows: 3, rejectedRows: 2 });
      expect(await attributesOf('EX1')).toEqual({ level: '2' });
      const lines: string[] = [];
      for await (const line of imports.rejections(summary.importId, false)) lines.push(line.trim());
      expect(lines[1]).toBe(`e.csv,2,1,import_row_unreadable,line ${line}: text follows a closing quote`);
      expect(lines[2]).toMatch(/^e\.csv,3,/);
    }
  },
);

describe.each<[name: string, format: 'csv' | 'ndjson', text: string, rejected: string[]]>([
  [
    'CSV',
    'csv',
    'id,level\nBC1,1\n"BC2"x,2\nBC3,3\nBC4,"4\nBC5,5',
    [
      `2,1,import_row_unreadable,line 3: text follows a closing quote,"""BC2""x,2"`,
      `4,1,import_row_unreadable,line 5: a quote opens here that is never closed,"BC4,""4"`,
    ],
  ],
  [
    'JSON lines',
    'ndjson',
    '{"id":"BJ1","level":1}\n{"id":"BJ2"\n\n{"id":"BJ3","level":3}\n[1]\n{"id":"BJ5","level":5}',
    [
      `2,1,import_row_unreadable,line 2: not JSON,"{""id"":""BJ2"""`,
      `4,1,import_row_unreadable,line 5: a JSON array and not an object,[1]`,
    ],
  ],
])('a broken row of %s', (_name, format, text, rejected) => {
  test('is rejected with its text, its line and the reason, and the rest is loaded', async () => {
    const records: MappingInput['files'][number]['records'] = [
      { record: 'person', keys: [customer], attributes: { level: 'level' } },
    ];
    const summary = await load(mappingOf(`broken-${format}`, [{ file: 'f', format, records }]), { f: text });
    expect(summary).toMatchObject({ rows: 5, rejectedRows: 2, records: { person: 3 } });
    const lines: string[] = [];
    for await (const line of imports.rejections(summary.importId, true)) lines.push(line.trim());
    expect(lines.slice(1)).toEqual(rejected.map((line) => `f,${line}`));
  });
});

test('a run that was cut off goes on where it stopped and loads every row once', async () => {
  const rows = Array.from({ length: 21_000 }, (_, i) => `R${300_000 + i},${i}`);
  const mapping = mappingOf(
    'resume',
    [
      {
        file: 'r.csv',
        records: [
          {
            record: 'person',
            keys: [customer],
            attributes: { rank: { column: 'rank', steps: [{ number: true }] } },
          },
          {
            record: 'detail',
            type: 'resumed',
            id: 'id',
            owner: { person: [customer] },
            fields: { rank: { column: 'rank', steps: [{ number: true }] } },
          },
        ],
      },
    ],
    {
      detailTypes: [{ name: 'resumed', title, fields: [{ name: 'rank', title, valueType: 'number' }] }],
    },
  );
  const files = { 'r.csv': ['id,rank', ...rows].join('\n') };
  let batches = 0;
  const cutOff: ImportRooms['profile'] = {
    ...profile,
    // The second batch's persons are committed, its details are not: the worst moment.
    writeFacts: (operations) => {
      if (++batches === 2) throw new Error('killed');
      return profile.writeFacts(operations);
    },
  };
  await expect(load(mapping, files, { profile: cutOff })).rejects.toThrow('killed');
  const summary = await load(mapping, files);
  expect(summary).toMatchObject({ resumed: true, rows: 21_000, records: { person: 21_000, detail: 21_000 } });
  const [counted] = await platform.clickhouse.query(
    `select toUInt32(count()) as n, toUInt32(uniqExact(person_id)) as people, sum(rank) as ranks from detail_resumed final`,
  );
  expect(counted).toEqual({ n: 21_000, people: 21_000, ranks: (21_000 * 20_999) / 2 });
});

test('through the endpoints: the body is read as it comes, errors come back as CSV', async () => {
  const server = createHttpServer(platform);
  importRoutes(server, platform, imports);
  await makeUser(platform, { name: 'dora', displayName: 'Dora', role: 'data_engineer' }, 'token-of-dora');
  const headers = { authorization: 'Bearer token-of-dora' };
  const mapping = mappingOf('wire', [
    { file: 'p', records: [{ record: 'person', keys: [customer], attributes: { level: 'level' } }] },
  ]);
  const created = await server.fastify.inject({
    method: 'POST',
    url: '/api/v1/imports',
    headers,
    payload: { mapping },
  });
  const { importId } = created.json<{ importId: string }>();
  const sent = await server.fastify.inject({
    method: 'POST',
    url: `/api/v1/imports/${importId}/files?file=p`,
    headers: { ...headers, 'content-type': 'text/csv' },
    payload: Readable.from([gzipSync('id,level\nW500001,3\n,4\n')]),
  });
  expect(sent.json()).toMatchObject({ state: 'finished', rows: 2, rejectedRows: 1, records: { person: 1 } });
  const errors = await server.fastify.inject({ url: `/api/v1/imports/${importId}/errors`, headers });
  expect(errors.headers['content-type']).toContain('text/csv');
  expect(errors.body.trim().split('\r\n')).toEqual([
    'file,row,record,code,reason',
    'p,2,1,value_type_conflict,customer_number: no key of a person',
  ]);
  const unknown = await server.fastify.inject({ url: `/api/v1/imports/${platform.ids.newId()}`, headers });
  expect(unknown.json()).toMatchObject({ code: 'import_not_found' });
  await server.fastify.close();
});

test('over HTTP: a mapping, then its files as CSV or JSON lines, in any order', async () => {
  const mapping = mappingSchema.parse(
    mappingOf(
      'demo',
      [
        {
          file: 'companies',
          format: 'ndjson',
          records: [{ record: 'entity', type: 'firm', id: 'id', fields: { name: 'name' } }],
        },
        {
          file: 'people',
          format: 'ndjson',
          records: [
            {
              record: 'person',
              keys: [customer, { type: 'mobile', value: 'mobile' }],
              attributes: { tags: { column: 'tags', steps: [{ split: '\u001f' }] } },
            },
            {
              record: 'relation',
              type: 'works_for',
              when: [{ column: 'firm', present: true }],
              from: { person: [customer] },
              to: { entity: 'firm', id: 'firm' },
            },
            {
              record: 'consent',
              when: [{ column: 'agreed', present: true }],
              keys: [customer],
              purpose: { constant: 'marketing' },
              granted: 'agreed',
            },
          ],
        },
      ],
      {
        entityTypes: [{ name: 'firm', title, fields: [{ name: 'name', title, valueType: 'string' }] }],
        relationTypes: [{ name: 'works_for', title, from: 'person', to: 'firm' }],
        purposes: [{ purpose: 'marketing', version: 1, title }],
      },
    ),
  );
  const created = await imports.create(mapping);
  expect(created).toMatchObject({ state: 'waiting', rows: 0 });
  const body = (rows: object[]) =>
    Readable.from([Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))]);
  const first = await imports.receive(
    created.importId,
    'people',
    body([
      { id: 'H400001', mobile: '19912340001', tags: ['a', 'b'], firm: 'F1', agreed: true },
      { id: 'H400002', mobile: '19912340002', agreed: false },
    ]),
  );
  expect(first).toMatchObject({ state: 'waiting', rows: 2, rejectedRows: 0 });
  const second = await imports.receive(
    created.importId,
    'companies',
    body([{ id: 'F1', name: 'Plane Tree' }]),
  );
  expect(second).toMatchObject({
    state: 'finished',
    rows: 3,
    records: { person: 2, consent: 2, relation: 1, entity: 1 },
  });
  const [found] = await identity.findPeople('19912340001');
  const view = await profile.personView(found!.personId);
  expect(view.relations[0]!.end).toEqual({ type: 'firm', id: 'F1', title: 'Plane Tree' });
  expect(view.consents.filter((each) => each.valid).length).toBeGreaterThan(3);
  const { items } = await imports.list({ limit: 100 });
  expect(items.find((each) => each.importId === created.importId)).toMatchObject({ state: 'finished' });
  await rm(directory, { recursive: true });
});
