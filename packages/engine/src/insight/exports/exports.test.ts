import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { analysisSchema, type Catalogue } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBufferPromise, type Entry } from 'yauzl';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { makeUser } from '../../../test/harness/make-user.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import { createHttpServer, type HttpServer, type Platform } from '../../platform/index.ts';
import { runAnalysis } from '../analyses/run-analysis.ts';
import { createInsight } from '../index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { number, suppressSmall, text } from './table.ts';
import { tableOfAnswer } from './table-of-answer.ts';
import { writeCsv } from './write-csv.ts';
import { writeWorkbook } from './write-workbook.ts';

let databases: TestDatabases;
let platform: Platform;
let server: HttpServer;
const tokens = { an: 'token-of-an-12', mei: 'token-of-mei-1', bo: 'token-of-bo-12' };

const attribute = (name: string, pii: 'none' | 'sensitive' | 'identifying', valueType = 'string') =>
  ({ name, title: { zh: name, en: name }, valueType, pii, column: `\`${name}\``, learnt: false }) as const;
const catalogue = {
  version: 1,
  attributes: [
    attribute('city', 'none'),
    attribute('wealth', 'sensitive'),
    attribute('id_number', 'identifying'),
  ],
  entityTypes: [],
  relationTypes: [],
  detailTypes: [],
  purposes: [],
} as unknown as Catalogue;
const needs = testNeeds({ profile: { catalogue: async () => catalogue } });

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  for (const [name, role] of [
    ['an', 'administrator'],
    ['mei', 'marketer'],
    ['bo', 'manager'],
  ] as const) {
    await makeUser(platform, { name, role }, tokens[name]);
  }
  server = createHttpServer(platform);
  createInsight(platform, needs).routes(server);
  await platform.clickhouse.command(
    'alter table person add column city Nullable(String), add column wealth Nullable(String), add column id_number Nullable(String)',
  );
  // Nine in one city with little, three with much: too few to be told of.
  const people = Array.from({ length: 12 }, (_, person) => person + 1);
  await platform.clickhouse.insert(
    'person',
    people.map((person) => ({
      person_id: person,
      key_number: person,
      version: 1,
      city: person === 1 ? '=SUM(A1), "北京"\n' : '上海',
      wealth: person > 9 ? 'much' : 'little',
    })),
  );
  await insertEvents(
    platform,
    people.flatMap((person) => [
      { person, event: 'view', time: TEST_START_MS - 2_000 },
      { person, event: 'view', time: TEST_START_MS - 1_500 },
      ...(person <= 6 ? [{ person, event: 'buy', time: TEST_START_MS - 1_000 }] : []),
    ]),
  );
});
afterAll(async () => {
  await server?.fastify.close();
  await platform?.close();
  await databases?.drop();
});

const post = (url: string, payload: object, user: keyof typeof tokens = 'mei') =>
  server.fastify.inject({
    method: 'POST',
    url: `/api/v1/analyses/${url}`,
    headers: { authorization: `Bearer ${tokens[user]}` },
    payload,
  });
const period = { lastDays: 1 };
const byWealth = { by: { kind: 'attribute', attribute: 'wealth' } };
const funnel = { kind: 'funnel', period, steps: [{ event: 'view' }, { event: 'buy' }], breakdown: byWealth };

/** Texts of the parts of an .xlsx file. */
async function readParts(file: Buffer): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(file);
  const parts = new Map<string, string>();
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    parts.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
  }
  return parts;
}

test('groups of few people are left out of personal breakdowns, whatever is measured', async () => {
  const csv = await post('export', { analysis: funnel });
  expect(csv.body.replace('\u{feff}', '').split('\r\n')).toEqual([
    'group,step,title,people,rate,step_rate',
    // Twelve people viewed, as the funnel without groups says: nine would tell of the others, and so would a rate.
    'little,1,view,—,—,—',
    'little,2,buy,6,—,—',
    'much,1,view,<5,<5,<5',
    'much,2,buy,0,0,0',
    '',
  ]);
  // Six events of three people are not six people.
  const trend = { kind: 'trend', period, series: [{ event: 'view' }], breakdown: byWealth };
  expect((await post('export', { analysis: trend })).body).toContain(',—,<5\r\n');
  // The city is nobody's secret.
  const byCity = { ...trend, breakdown: { by: { kind: 'attribute', attribute: 'city' } } };
  expect((await post('export', { analysis: byCity })).body).toContain(',22,2\r\n');
  const byNumber = { ...trend, breakdown: { by: { kind: 'attribute', attribute: 'id_number' } } };
  expect((await post('export', { analysis: byNumber })).json()).toMatchObject({ code: 'analysis_invalid' });
});

test('a part of a group is not told by the group: a distribution by times, a trend by longer times', async () => {
  const table = {
    columns: [text('group', '分组'), text('low', '从'), number('people', '人数')],
    areParts: true,
    rows: [
      ['little', '1', 3],
      ['little', '2', 8],
      ['little', '3', 20],
      ['much', '1', 9],
      ['much', '2', 9],
      ['much', '3', 30],
    ],
    people: [3, 8, 20, 9, 9, 30].map((people) => [undefined, undefined, people]),
  };
  const shown = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row[2]);
  // 31 have little, as another question says: without the eight, the three are not what is left of them.
  expect(shown(suppressSmall(table, 5).table.rows)).toEqual(['<5', '—', 20, '—', '—', 30]);
  const { areParts: _, ...whole } = table;
  expect(shown(suppressSmall(whole, 5).table.rows)).toEqual(['<5', 8, 20, '—', 9, 30]);
  const trend = {
    columns: [text('bucket', '时间'), { ...number('views', 'views'), whole: '0' }],
    areParts: true,
    rows: [
      ['d1', 4],
      ['d2', 30],
      ['d3', 40],
    ],
    people: [4, 15, 20].map((people) => [undefined, people]),
  };
  expect(suppressSmall(trend, 5).table.rows.map((row) => row[1])).toEqual(['<5', '—', 40]);
});

test('Excel: numbers are numbers, times are times of the bank, and a sheet says what was asked', async () => {
  const trend = {
    kind: 'trend',
    period,
    series: [{ event: 'view', title: '=浏览' }],
    timeZone: 'Asia/Tokyo',
  };
  const response = await post('export', { analysis: trend, format: 'xlsx' });
  expect(response.headers['content-disposition']).toBe('attachment; filename="trend.xlsx"');
  const parts = await readParts(response.rawPayload);
  const [sheet, told] = [parts.get('xl/worksheets/sheet1.xml')!, parts.get('xl/worksheets/sheet2.xml')!];
  const strings = [...parts.get('xl/sharedStrings.xml')!.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(
    (each) => each[1],
  );
  expect(strings).toEqual(expect.arrayContaining(['时间', '=浏览', '事件分析', 'Asia/Tokyo', 'mei']));
  // 2026-03-02 00:00 in Tokyo is day 46083 of Excel; twenty-four views.
  expect(sheet).toMatch(/<c r="A2"[^>]*><v>46083<\/v>/);
  expect(sheet).toMatch(/<c r="B2"[^>]*><v>24<\/v>/);
  expect(sheet).not.toContain('<f>');
  expect(told).toContain('<row r="5"');
});

test('Excel: what no sheet can hold is left out or cut', async () => {
  const table = {
    columns: [text('a', 'A\u0001')],
    rows: [['\u0000\u001f\ud800x'], ['<&>"'], ['长'.repeat(40_000)], [Number.NaN], [null]],
  };
  const parts = await readParts(await writeWorkbook(table, [['d', 'x'.repeat(70_000)]], 'UTC'));
  const strings = [...parts.get('xl/sharedStrings.xml')!.matchAll(/<t[^>]*>([^<]*)</g)].map(
    (each) => each[1]!,
  );
  expect(strings.slice(0, 2).map((each) => each.replace('\ufffd', ''))).toEqual(['A', 'x']);
  expect(Math.max(...strings.map((each) => each.length))).toBe(32_767);
});

test('people behind a number: streamed, attributes by permission, in the audit', async () => {
  const of = { kind: 'trend', analysis: { period, series: [{ event: 'buy' }] }, cell: { series: 0 } };
  const response = await post('people/export', { of, attributes: ['city'] });
  expect(response.body.split('\r\n').slice(0, 3)).toEqual([
    '\u{feff}person_id,city',
    `1,"'=SUM(A1), ""北京""`.concat('\n"'),
    '2,上海',
  ]);
  expect(response.body.trim().split('\r\n')).toHaveLength(7);
  const sensitive = { of, attributes: ['wealth'] };
  expect((await post('people/export', sensitive)).json()).toMatchObject({ code: 'permission_denied' });
  expect((await post('people/export', sensitive, 'an')).body).toContain('1,little');
  expect((await post('people/export', { of, attributes: ['id_number'] }, 'an')).json()).toMatchObject({
    code: 'analysis_invalid',
  });
  expect((await post('people/export', { of }, 'bo')).statusCode).toBe(403);
  const entries = await platform.database.transaction((transaction) =>
    platform.audit.list(transaction, { limit: 10, action: 'report.export' }),
  );
  expect(entries.filter((entry) => entry.object === 'people')).toHaveLength(2);
});

test('CSV: quotes and formulas; a table of each kind; the rule of small groups', async () => {
  expect(
    writeCsv({
      columns: ['a', 'b'],
      rows: [
        ['x,"y"', '=1+1'],
        [null, 2.5],
        ['＝1+1', '\n@SUM(A1)'],
      ],
    }),
  ).toBe('\u{feff}a,b\r\n"x,""y""",\'=1+1\r\n,2.5\r\n\'＝1+1,"\'\n@SUM(A1)"\r\n');
  const people = [[4], [5], [0], [undefined]];
  const table = { columns: [text('a', 'a')], rows: [[4], [5], [0], ['x']], people };
  expect(suppressSmall(table, 5)).toMatchObject({ hidden: 1, table: { rows: [['<5'], [5], [0], ['x']] } });
  const [one, steps] = [{ event: 'view' }, [{ event: 'view' }, { event: 'buy' }]];
  const questions = [
    { kind: 'trend', series: [one] },
    { kind: 'funnel', steps },
    { kind: 'retention', start: one, returning: one },
    { kind: 'path' },
    { kind: 'distribution', event: one },
    { kind: 'interval', first: one, next: one },
    { kind: 'attribution', touches: [one], conversion: one },
    { kind: 'lifetime_value', start: one, value: one },
    { kind: 'session' },
    { kind: 'recency', event: one, valueProperty: 'amount' },
  ] as const;
  for (const question of questions) {
    const analysis = analysisSchema.parse({ period, ...question });
    if (analysis.kind === 'report') throw new Error('reports are written by themselves');
    const answer = (await runAnalysis({ platform, needs }, analysis)) as Parameters<typeof tableOfAnswer>[1];
    const made = tableOfAnswer(analysis.kind, answer);
    expect(made.rows.length, question.kind).toBeGreaterThan(0);
    for (const row of [...made.rows, ...(made.people ?? [])]) {
      expect(row.length, question.kind).toBe(made.columns.length);
    }
  }
});

test('a million people are written with flat memory', async () => {
  const of = { kind: 'trend', analysis: { period, series: [{ event: 'mass' }] }, cell: { series: 0 } };
  await platform.clickhouse.command(
    `insert into event (person_id, key_number, time, received_at, event, event_id, source_id, batch_id)
     select number + 1, number + 1, fromUnixTimestamp64Milli({at:Int64}, 'UTC'), fromUnixTimestamp64Milli({at:Int64}, 'UTC'),
       'mass', generateUUIDv4(), 'app', generateUUIDv4() from numbers(1000000)`,
    { at: TEST_START_MS - 1_000 },
  );
  const address = await server.fastify.listen({ port: 0, host: '127.0.0.1' });
  let [bytes, lines] = [0, 0];
  // What is held after each tenth: what is merely not collected yet grows as the collector likes.
  const held: number[] = [];
  const response = await fetch(`${address}/api/v1/analyses/people/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.mei}`, 'content-type': 'application/json' },
    body: JSON.stringify({ of, attributes: ['city'] }),
  });
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines++;
    if (lines >= (held.length + 1) * 100_000) held.push(heldMegabytes());
  }
  expect(lines).toBe(1_000_002);
  expect(bytes).toBeGreaterThan(7_000_000);
  expect(held).toHaveLength(10);
  expect(Math.max(...held) - held[0]!).toBeLessThan(16);
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MiB that this process holds when all that can go is gone. */
function heldMegabytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
