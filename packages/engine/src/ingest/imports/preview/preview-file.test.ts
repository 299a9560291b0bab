import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import writeExcelFile from 'write-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../../test/harness/platform.ts';
import { makeZip } from '../../../../test/harness/make-zip.ts';
import type { Platform } from '../../../platform/index.ts';
import { previewFile, type PreviewChoice } from './preview-file.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const preview = (content: string | Buffer, choice: Partial<PreviewChoice> = {}) =>
  previewFile(Readable.from([typeof content === 'string' ? Buffer.from(content) : content]), {
    whole: true,
    ...choice,
  });
const namesOf = ({ columns }: Awaited<ReturnType<typeof preview>>) => columns.map(({ name }) => name);

describe('texts', () => {
  test('what a spreadsheet wrote in scientific notation has lost digits, what it did not has not', async () => {
    const head = await preview(
      'id,mobile,rate,weight,code\nC1,1.38E+10,1.5E-3,1.25E+2,1e16\nC2,13812345679,0.2,3,2E5\n',
    );
    expect(head.columns.filter(({ digitsLost }) => digitsLost).map(({ name }) => name)).toEqual(['mobile']);
  });

  test('GBK is seen by what is not UTF-8', async () => {
    // 客户号,姓名 and C1,张三 in GBK.
    const head = await preview(Buffer.from('bfcdbba7bac52cd0d5c3fb0a43312cd5c5c8fd0a', 'hex'));
    expect(head).toMatchObject({
      format: 'csv',
      encoding: 'gb18030',
      delimiter: ',',
      rows: [['C1', '张三']],
    });
    expect(namesOf(head)).toEqual(['客户号', '姓名']);
  });

  test('the mark of UTF-8 before a text in GBK is no part of the first name', async () => {
    const text = iconv.encode('客户号,姓名\nC1,张三\n', 'gbk');
    const head = await preview(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text]));
    expect(head).toMatchObject({ encoding: 'gb18030', rows: [['C1', '张三']], titleRows: 0 });
    expect(namesOf(head)).toEqual(['客户号', '姓名']);
  });

  test('half a character does not make another encoding of a file', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `C${row},王小明,杭州市西湖区\n`).join('');
    for (const encoding of ['utf8', 'gbk'] as const) {
      const name = iconv.encode('张三', encoding);
      const line = Buffer.concat([Buffer.from('C0,'), name.subarray(0, -1), Buffer.from(',x\n')]);
      const bytes = Buffer.concat([
        iconv.encode('客户号,姓名,地址\n', encoding),
        line,
        iconv.encode(rows, encoding),
      ]);
      const head = await preview(bytes);
      expect(head.encoding).toBe(encoding === 'utf8' ? 'utf-8' : 'gb18030');
      expect(head.rows.slice(0, 2)).toEqual([
        ['C0', '张\uFFFD', 'x'],
        ['C0', '王小明', '杭州市西湖区'],
      ]);
      await expect(
        preview(bytes, { encoding: encoding === 'utf8' ? 'gb18030' : 'utf-8' }),
      ).rejects.toMatchObject({
        details: { problem: 'wrong_encoding' },
      });
    }
    const lost = await preview('a,b\n1,\uFFFD\n');
    expect(lost).toMatchObject({ encoding: 'utf-8', rows: [['1', '\uFFFD']] });
  });

  test('a packed file that was cut off, a semicolon, quotes over lines', async () => {
    const lines = Array.from({ length: 40_000 }, (_, row) => `${row};${Math.sin(row)}\n`).join('');
    const bytes = gzipSync(`a;b\n1;"x;\n""y"""\n${lines}`);
    const head = await preview(bytes.subarray(0, 100_000), { whole: false });
    expect(head).toMatchObject({ gzip: true, delimiter: ';' });
    expect(head.rows[0]).toEqual(['1', 'x;\n"y"']);
    expect(head.rows).toHaveLength(200);
  });

  test('JSON lines and files without a header', async () => {
    const json = await preview('{"a":1,"b":"x"}\n{"a":2,"c":null}\n');
    expect(json).toMatchObject({
      format: 'ndjson',
      rows: [
        ['1', 'x', ''],
        ['2', '', ''],
      ],
    });
    const odd = await preview('\uFEFF{"a":["x","y"],"b":{"c":1}}\r\n[1,2]\r\n"text"\r\n{"a":[]}\r\n');
    expect(namesOf(odd)).toEqual(['a', 'b']);
    expect(odd.rows).toEqual([
      ['x\u001fy', '{"c":1}'],
      ['', ''],
    ]);
    const bare = await preview('C1,13800001111\nC2,13800002222\n');
    expect(bare.hasHeader).toBe(false);
    expect(namesOf(bare)).toEqual(['column_1', 'column_2']);
  });

  test('kinds of columns', async () => {
    const rows = [
      'a,b,c,d,e,f',
      '1,007,2026-01-02,2026-01-02 10:00,yes,',
      '-2.5,1,2026/1/3,2026-01-03T11:00:00Z,no,',
    ];
    const head = await preview(rows.join('\n'));
    expect(head.columns.map(({ kind }) => kind)).toEqual([
      'number',
      'text',
      'date',
      'datetime',
      'boolean',
      'empty',
    ]);
    expect(head.columns[0]!.samples).toEqual(['1', '-2.5']);
    const written = await preview(
      'a;b;c;d;e\n1,234.50;2026年3月2日;20260302;3/2/2026;1,2,3\n(5.00);2026年12月1日;20261231;31/12/2026;12%\n',
    );
    expect(written.columns.map(({ kind }) => kind)).toEqual(['number', 'date', 'date', 'date', 'text']);
  });
});

test('an archive is told from a workbook', async () => {
  await expect(preview(makeZip({ 'a.csv': 'id\n1\n' }))).rejects.toMatchObject({
    details: { problem: 'archive' },
  });
});

test.each([
  [
    'twice or no name',
    'id,name,name,\n1,a,b,\n',
    ['id', 'name', 'name_2', 'column_4'],
    [['1', 'a', 'b', '']],
  ],
  ['the line for Excel', 'sep=;\nid;name\n1;a,b\n', ['id', 'name'], [['1', 'a,b']]],
  [
    'rows alone',
    '张三,,男\n李四,,男\n',
    ['column_1', 'column_2', 'column_3'],
    [
      ['张三', '', '男'],
      ['李四', '', '男'],
    ],
  ],
  [
    'under a title and a date',
    '客户清单;;\n\n制表：张三\n客户号;余额;余额\nC1;"1,234.50";12%\nC2;2.00;5%\n',
    ['客户号', '余额', '余额_2'],
    [
      ['C1', '1,234.50', '12%'],
      ['C2', '2.00', '5%'],
    ],
  ],
])('a header: %s', async (_name, text, columns, rows) => {
  const head = await preview(text);
  expect(head.columns.map(({ name }) => name)).toEqual(columns);
  expect(head.rows).toEqual(rows);
});

test('a workbook: its sheets, and the rows of each', async () => {
  const born = { type: Date, format: 'yyyy-mm-dd', value: new Date(Date.UTC(1990, 4, 17)) };
  const bytes = (await writeExcelFile([
    {
      sheet: '客户',
      data: [
        [{ value: '客户号' }, { value: '出生日期' }],
        [{ value: 'C1' }, born],
      ],
    },
    { sheet: 'Accounts', data: [[{ value: 'account' }], [{ value: 'A1' }], [{ value: 'A2' }]] },
  ] as never).toBuffer()) as Buffer;
  const first = await preview(bytes);
  expect(first).toMatchObject({
    format: 'xlsx',
    sheets: ['客户', 'Accounts'],
    sheet: '客户',
    rows: [['C1', '1990-05-17']],
  });
  expect(first.columns[1]).toMatchObject({ name: '出生日期', kind: 'date' });
  const second = await preview(bytes, { sheet: 'Accounts' });
  expect(second).toMatchObject({ sheet: 'Accounts', rows: [['A1'], ['A2']] });
  expect(await preview(bytes, { sheet: 'Accounts', hasHeader: false })).toMatchObject({ hasHeader: false });
});

test('a workbook whose numbers lost digits says in which column', async () => {
  const bytes = (await writeExcelFile([
    [{ value: 'id' }, { value: 'card' }],
    [
      { type: Number, value: 123456789012345 },
      { type: Number, value: 6222021234567890000 },
    ],
  ] as never).toBuffer()) as Buffer;
  expect((await preview(bytes)).columns.map(({ name, digitsLost }) => [name, digitsLost])).toEqual([
    ['id', false],
    ['card', true],
  ]);
});

test('a hidden first sheet is not the one that is shown, and merged cells are counted', async () => {
  const row = (number: number, text: string): string =>
    `<row r="${number}"><c r="A${number}" t="inlineStr"><is><t>${text}</t></is></c></row>`;
  const sheet = (text: string, after = ''): string =>
    `<worksheet><sheetData>${row(1, 'id')}${row(2, text)}</sheetData>${after}</worksheet>`;
  const bytes = makeZip({
    '_rels/.rels': '<Relationships/>',
    'xl/workbook.xml':
      '<workbook><sheets><sheet name="Codes" state="hidden" r:id="r1"/><sheet name="客户" r:id="r2"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="a.xml"/><Relationship Id="r2" Type="x/worksheet" Target="b.xml"/></Relationships>',
    'xl/a.xml': sheet('hidden'),
    'xl/b.xml': sheet(
      'C1',
      '<mergeCells count="2"><mergeCell ref="A2:A5"/><mergeCell ref="B1:C1"/></mergeCells>',
    ),
  });
  const seen = await preview(bytes);
  expect(seen).toMatchObject({
    sheet: '客户',
    sheets: ['Codes', '客户'],
    hiddenSheets: ['Codes'],
    mergedCells: 2,
    rows: [['C1']],
  });
  expect(await preview(bytes, { sheet: 'Codes' })).toMatchObject({ rows: [['hidden']], mergedCells: 0 });
});

test('a Parquet file that ClickHouse wrote', async () => {
  const stream = await platform.clickhouse.client.exec({
    query: `select concat('C', toString(number)) as customer, number / 4 as amount, toDate('2026-01-02') as day
      from numbers(1000) format Parquet`,
  });
  const pieces: Buffer[] = [];
  for await (const piece of stream.stream) pieces.push(piece as Buffer);
  const head = await preview(Buffer.concat(pieces));
  expect(head).toMatchObject({ format: 'parquet', hasHeader: true, sheets: [] });
  expect(head.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['customer', 'text'],
    ['amount', 'number'],
    ['day', 'date'],
  ]);
  expect(head.rows).toHaveLength(200);
});

test.each([
  ['', 'empty'],
  ['PK\u0003\u0004xx', 'damaged'],
  ['PAR1xxxxxxxxxxxx', 'damaged'],
  ['\u0000\u0001\u0002', 'binary'],
  ['\uFEFF<table><tr><td>id</td></tr></table>\n', 'web_page'],
  ['id,name\r1,a\r', 'line_ends'],
  ['[{"id":1},\n{"id":2}]', 'json_document'],
  ['{\n"id":1\n}', 'json_document'],
])('%j is refused by name', async (content, problem) => {
  await expect(preview(content)).rejects.toMatchObject({
    code: 'import_file_unreadable',
    details: { problem },
  });
});
