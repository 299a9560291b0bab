import { Readable } from 'node:stream';
import writeExcelFile from 'write-excel-file/node';
import { fileMappingSchema, type FileMapping, type MappingInput, mappingSchema } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { makeZip } from '../../../test/harness/make-zip.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile } from '../../profile/index.ts';
import { createIngest } from '../create-ingest.ts';
import { createImports, type Imports } from './create-imports.ts';
import { isBroken } from './file-row.ts';
import { readRows } from './read-rows.ts';
import { isDateCode } from './xlsx/read-styles.ts';
import { dateText } from './xlsx/parse-sheet.ts';

async function rowsOf(
  bytes: Buffer,
  file: Partial<FileMapping> & { format: 'xlsx' | 'parquet' },
  needed: string[] = [],
): Promise<{ columns: readonly string[]; rows: (readonly string[])[]; lost: string[] | undefined }> {
  const { columns, blocks, lostDigits } = await readRows(
    Readable.from([bytes]),
    { file: 'f', encoding: 'utf-8', delimiter: ',', header: undefined, sheet: undefined, ...file },
    needed,
  );
  const rows: (readonly string[])[] = [];
  for await (const block of blocks)
    rows.push(...block.map((row) => (isBroken(row) ? [`line ${row.line}: ${row.reason}`] : row)));
  return { columns, rows, lost: lostDigits?.() };
}

async function collected<Piece>(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (targets: Record<string, [type: string, target: string]>): string =>
  `<Relationships>${Object.entries(targets)
    .map(
      ([id, [type, target]]) =>
        `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`;
/** As some writers do it: prefixes, absolute targets, texts within the cells. */
const handMade = (sheet: string, more: Record<string, string> = {}): Buffer =>
  makeZip({
    '_rels/.rels': relations({ a: ['officeDocument', '/book/main.xml'] }),
    'book/main.xml': `<x:workbook xmlns:r="r"><x:sheets><x:sheet name="One" r:id="s1"/></x:sheets></x:workbook>`,
    'book/_rels/main.xml.rels': relations({
      s1: ['worksheet', '/book/one.xml'],
      t: ['sharedStrings', 'texts.xml'],
    }),
    'book/one.xml': `<x:worksheet><x:sheetData>${sheet}</x:sheetData></x:worksheet>`,
    'book/texts.xml':
      '<sst><si><r><t>张</t></r><r><t>三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></si><si><t>a_x000D_&amp;</t></si></sst>',
    ...more,
  });

describe('Excel', () => {
  it('reads what another library wrote: texts, numbers, dates, booleans, a named sheet', async () => {
    const date = { type: Date, format: 'yyyy-mm-dd' };
    const bytes = await writeExcelFile([
      {
        sheet: '客户',
        data: [
          [
            { value: 'id' },
            { value: '姓名' },
            { value: 'amount' },
            { value: 'day' },
            { value: 'at' },
            { value: 'yes' },
          ],
          [
            { value: 'C1' },
            { value: '张三 & <李四>' },
            { type: Number, value: 0.1 + 0.2 },
            { ...date, value: new Date(Date.UTC(2026, 1, 28)) },
            { ...date, format: 'yyyy-mm-dd hh:mm', value: new Date(Date.UTC(2026, 1, 28, 13, 45, 30)) },
            { type: Boolean, value: true },
          ],
          [{ value: 'C2' }, null, { type: Number, value: 13800001111 }],
        ],
      },
      { sheet: 'other', data: [[{ value: 'x' }], [{ type: Number, value: -1.5e-7 }]] },
    ] as never).toBuffer();
    expect(await rowsOf(bytes as Buffer, { format: 'xlsx' }, ['id'])).toEqual({
      columns: ['id', '姓名', 'amount', 'day', 'at', 'yes'],
      lost: [],
      rows: [
        ['C1', '张三 & <李四>', '0.3', '2026-02-28', '2026-02-28 13:45:30', 'true'],
        ['C2', '', '13800001111', '', '', ''],
      ],
    });
    expect((await rowsOf(bytes as Buffer, { format: 'xlsx', sheet: 'other' })).rows).toEqual([['-1.5e-7']]);
    await expect(rowsOf(bytes as Buffer, { format: 'xlsx', sheet: 'none' })).rejects.toMatchObject({
      code: 'import_file_unreadable',
      details: { reason: 'it has no sheet none; its sheets: 客户, other' },
    });
    await expect(rowsOf(bytes as Buffer, { format: 'xlsx' }, ['absent'])).rejects.toMatchObject({
      code: 'import_column_missing',
    });
  });

  it('leaves out the title above the names of the columns, and counts empty rows for none', async () => {
    const bytes = (await writeExcelFile([
      [null],
      [{ value: '2026 客户清单' }],
      [null, { value: '单位：元' }],
      [{ value: 'id' }, { value: 'amount' }],
      [{ value: 'C1' }, { value: '1' }],
    ] as never).toBuffer()) as Buffer;
    const read = await rowsOf(bytes, { format: 'xlsx', titleRows: 2 }, ['id', 'amount']);
    expect(read).toMatchObject({ columns: ['id', 'amount'], rows: [['C1', '1']] });
  });

  it('reads prefixes, gaps, rich text, inline texts, errors; empty rows do not count', async () => {
    const sheet = `<x:row r="2"><x:c r="B2" t="s"><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is><x:t>n</x:t></x:is></x:c></x:row>
      <x:row r="3"/><x:row r="5"><x:c r="A5"><x:v>1</x:v></x:c><x:c r="C5" t="s"><x:v>0</x:v></x:c><x:c r="D5" s="1"/></x:row>
      <x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>f</x:v></x:c><x:c><x:v>2</x:v></x:c><x:c><x:v>9</x:v></x:c></x:row>`;
    expect(await rowsOf(handMade(sheet), { format: 'xlsx', header: ['a', 'b', 'c'] })).toMatchObject({
      rows: [
        ['', 'a\r&', 'n'],
        ['1', '', '张三'],
        ['#N/A', 'f', '2', '9'],
      ],
    });
  });

  it('rejects a row with a formula that was never computed, where the column is read', async () => {
    const sheet = `<x:row r="1"><x:c t="str"><x:v>id</x:v></x:c><x:c t="str"><x:v>sum</x:v></x:c><x:c t="str"><x:v>other</x:v></x:c></x:row>
      <x:row r="2"><x:c><x:v>1</x:v></x:c><x:c><x:f>A2*2</x:f><x:v>2</x:v></x:c><x:c><x:f>A2</x:f><x:v/></x:c></x:row>
      <x:row r="4"><x:c><x:v>2</x:v></x:c><x:c><x:f>A4*2</x:f><x:v></x:v></x:c></x:row>
      <x:row r="5"><x:c><x:v>3</x:v></x:c><x:c t="str"><x:f>""</x:f><x:v></x:v></x:c><x:c><x:v>7</x:v></x:c></x:row>`;
    const reason = 'the formula in B4 has no value; open the file in Excel and save it';
    expect((await rowsOf(handMade(sheet), { format: 'xlsx' }, ['id', 'sum'])).rows).toEqual([
      ['1', '2', ''],
      [`line 4: ${reason}`],
      ['3', '', '7'],
    ]);
  });

  it('keeps noughts that the format of a column puts in front, and every digit that is in the file', async () => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="0.00"/></numFmts>
      <cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`;
    const cell = (value: string, style = 0): string => `<x:c s="${style}"><x:v>${value}</x:v></x:c>`;
    const sheet = `<x:row>${cell('123', 1)}${cell('7', 2)}${cell('622202123456789012')}${cell('1234567', 1)}${cell('-5', 1)}</x:row>
      <x:row>${cell('0', 1)}${cell('1.5', 1)}${cell('6.2220212345678899E+17')}${cell('622202123456789000')}${cell('1E+300')}</x:row>`;
    const book = handMade(sheet, {
      'book/_rels/main.xml.rels': relations({
        s1: ['worksheet', '/book/one.xml'],
        s: ['styles', 'styles.xml'],
      }),
      'book/styles.xml': styles,
    });
    const header = ['padded', 'plain', 'program', 'cut', 'huge'];
    const { rows, lost } = await rowsOf(book, { format: 'xlsx', header });
    expect(rows).toEqual([
      ['000123', '7', '622202123456789012', '1234567', '-5'],
      ['000000', '1.5', '622202123456789000', '622202123456789000', '1e+300'],
    ]);
    expect(lost).toEqual(['program', 'cut', 'huge']);
  });

  it('refuses bombs, passwords, old files and cells out of bounds', async () => {
    const refused = (bytes: Buffer) =>
      rowsOf(bytes, { format: 'xlsx' }).then(
        () => 'read',
        (error: { details?: { reason?: string } }) => error.details?.reason,
      );
    const bomb = handMade(
      `<x:row><x:c t="inlineStr"><x:is><x:t>${'a'.repeat(40 * 1024 * 1024)}</x:t></x:is></x:c></x:row>`,
    );
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refused(bomb)).toMatch(/unpacks to \d+ bytes/);
    expect(await refused(handMade('<x:row><x:c r="ZZZZ1"><x:v>1</x:v></x:c></x:row>'))).toMatch(
      /out of bounds/,
    );
    expect(await refused(Buffer.from('d0cf11e0a1b11ae100000000', 'hex'))).toMatch(/old \.xls or protected/);
    expect(await refused(Buffer.from('a,b\n1,2\n'))).toMatch(/not an Excel file/);
    const entities =
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x:row><x:c t="inlineStr"><x:is><x:t>&b;</x:t></x:is></x:c></x:row>';
    expect((await rowsOf(handMade(entities), { format: 'xlsx', header: ['a'] })).rows).toEqual([['&b;']]);
  });

  it.each([
    ['yyyy"年"m"月"d"日"', true],
    ['[$-804]aaaa;@', true],
    ['m/d/yy h:mm', true],
    ['[h]:mm:ss', false],
    ['#,##0.00_);[Red](#,##0.00)', false],
    ['0.00E+00', false],
    ['General', false],
    ['"days" 0', false],
  ])('the format %s shows a date: %s', (code, expected) => expect(isDateCode(code)).toBe(expected));

  it.each([
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [61, false, '1900-03-01'],
    [45_000.5, false, '2023-03-15 12:00:00'],
    [0.75, false, '18:00:00'],
    [0, true, '1904-01-01'],
  ])('day %d (1904: %s) is %s', (serial, is1904, expected) =>
    expect(dateText(serial, is1904)).toBe(expected),
  );
});

describe('Parquet and the import', () => {
  let databases: TestDatabases;
  let platform: Platform;
  let identity: Identity;
  let imports: Imports;

  beforeAll(async () => {
    databases = await createTestDatabases();
    platform = createTestPlatform(databases);
    identity = createIdentity(platform);
    await identity.start();
    const profile = createProfile(platform, identity);
    const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
    imports = createImports(platform, { identity, profile, ingest });
  });
  afterAll(async () => {
    await identity.stop();
    await platform.close();
    await databases.drop();
  });

  async function parquet(sql: string, settings: Record<string, string | number> = {}): Promise<Buffer> {
    const answer = await platform.clickhouse.client.exec({
      query: `${sql} FORMAT Parquet`,
      clickhouse_settings: settings,
    });
    return Buffer.concat(await collected(answer.stream as AsyncIterable<Buffer>));
  }

  it.each(['zstd', 'snappy', 'lz4', 'gzip', 'brotli', 'none'])(
    'reads what ClickHouse wrote with %s',
    async (method) => {
      const sql = `select number as n, concat('客户', toString(number)) as name, toDecimal64(number / 4, 2) as amount,
      toDate('2026-02-28') + number as day, toDateTime64('2026-02-28 13:45:30.250', 3, 'UTC') as at,
      ['a', 'b'] as list, tuple(number + 1 as inner) as pack, if(number = 1, null, 1.5) as maybe, number = 2 as flag
      from numbers(12)`;
      const bytes = await parquet(sql, {
        output_format_parquet_compression_method: method,
        output_format_parquet_row_group_size: 5,
      });
      const needed = ['name', 'amount', 'day', 'at', 'list', 'pack.1', 'maybe', 'n'];
      const { rows } = await rowsOf(bytes, { format: 'parquet' }, needed);
      expect(rows).toHaveLength(12);
      expect(rows[1]).toEqual([
        '客户1',
        '0.25',
        '2026-03-01',
        '2026-02-28T13:45:30.250Z',
        'a\u001fb',
        '2',
        '',
        '1',
      ]);
      expect(rows[11]![7]).toBe('11');
    },
  );

  it('keeps every digit of decimals, as customer numbers of a warehouse are, and reads times of day', async () => {
    const bytes = await parquet(`select toDecimal128('12345678901234567890.12', 2) as wide,
      toDecimal128('-622202123456789012', 0) as number, toDecimal64('-0.05', 2) as small,
      toDecimal32('7.5', 1) as narrow, cast(null as Nullable(Decimal(38, 0))) as none,
      toDecimal256('622202123456789012345678901234567890123', 0) as widest`);
    const needed = ['wide', 'number', 'small', 'narrow', 'none', 'widest'];
    const { rows } = await rowsOf(bytes, { format: 'parquet' }, needed);
    expect(rows).toEqual([
      [
        '12345678901234567890.12',
        '-622202123456789012',
        '-0.05',
        '7.5',
        '',
        '622202123456789012345678901234567890123',
      ],
    ]);
  });

  it('reads columns without any value in every packing, and single precision as it was written', async () => {
    for (const method of ['lz4', 'zstd', 'snappy', 'gzip', 'brotli']) {
      const bytes = await parquet(
        `select cast(null as Nullable(String)) as none, toFloat32(0.1) as single, toFloat32(16777216) as whole,
         toFloat32(-1.5e-7) as small, toFloat32('nan') as nan from numbers(3)`,
        { output_format_parquet_compression_method: method },
      );
      const { rows } = await rowsOf(bytes, { format: 'parquet' }, [
        'none',
        'single',
        'whole',
        'small',
        'nan',
      ]);
      expect(rows[2]).toEqual(['', '0.1', '16777216', '-1.5e-7', 'NaN']);
    }
  });

  it('refuses damaged files', async () => {
    const bytes = await parquet('select 1 as a');
    const broken = Buffer.from(bytes);
    broken.writeUInt32LE(0x7fffffff, broken.length - 8);
    for (const file of [broken, bytes.subarray(0, 20), Buffer.from('PAR1')])
      await expect(rowsOf(file, { format: 'parquet' }, ['a'])).rejects.toMatchObject({
        code: 'import_file_unreadable',
      });
    await expect(rowsOf(bytes, { format: 'parquet' }, ['b'])).rejects.toMatchObject({
      code: 'import_column_missing',
    });
  });

  it('loads both like CSV, with the numbers of rejected rows', async () => {
    const excel = (await writeExcelFile([
      [{ value: 'id' }, { value: 'born' }, { value: 'card' }, { value: 'unused' }],
      [
        { value: 'X1' },
        { type: Date, format: 'yyyy/m/d', value: new Date(Date.UTC(1990, 4, 17)) },
        { type: Number, value: 6222021234567890000 },
        { type: Number, value: 6222021234567890000 },
      ],
      [{ value: 'X2' }, { value: 'unknown' }],
      [{ value: 'X3' }, null],
    ] as never).toBuffer()) as Buffer;
    const file = (name: string, format: 'xlsx' | 'parquet') =>
      fileMappingSchema.parse({
        file: name,
        format,
        records: [
          {
            record: 'person',
            keys: [{ type: 'customer_number', value: 'id' }],
            attributes: name === 'a.xlsx' ? { born: 'born', card: 'card' } : { born: 'born' },
          },
        ],
      });
    const mapping: MappingInput = {
      name: 'packed',
      title: { en: 'Packed', zh: '打包' },
      sourceId: 'packed',
      declare: { attributes: [{ name: 'born', title: { en: 'Born', zh: '出生' }, valueType: 'date' }] },
      files: [file('a.xlsx', 'xlsx'), file('b.parquet', 'parquet')],
    };
    const { importId } = await imports.create(mappingSchema.parse(mapping));
    await imports.receive(importId, 'a.xlsx', Readable.from([excel]));
    const rows = await parquet(
      `select concat('P', toString(number)) as id, toDate('2001-01-01') as born from numbers(3)`,
    );
    const done = await imports.receive(importId, 'b.parquet', Readable.from([rows]));
    const warnings = [{ file: 'a.xlsx', code: 'digits_lost', columns: ['card'] }];
    expect(done).toMatchObject({ state: 'finished', rows: 6, rejectedRows: 1, warnings });
    const errors = await collected(imports.rejections(importId, true));
    expect(errors[1]).toMatch(/^a\.xlsx,2,1,.+unknown/);
    expect(await identity.findPeople('X3')).toHaveLength(1);
    expect(await identity.findPeople('P2')).toHaveLength(1);
  });
});
