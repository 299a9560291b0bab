import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MappingInput } from '@wutong/contract';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile } from '../../profile/index.ts';
import { createIngest } from '../create-ingest.ts';
import type { ImportRooms } from './load-batch.ts';
import { runImport } from './run-import.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let rooms: ImportRooms;
let directory: string;
/** Chunks that were copied in bulk, at least in part. */
let copies = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  const profile = createProfile(platform, identity);
  const counted: ImportRooms['profile'] = {
    ...profile,
    writeStagedFacts: (facts) => {
      copies++;
      return profile.writeStagedFacts(facts);
    },
  };
  rooms = {
    identity,
    profile: counted,
    ingest: createIngest(platform, { identity, profile, wantedEvents: {} }),
  };
  directory = await mkdtemp(join(tmpdir(), 'wutong-bulk-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const title = { en: 'Test', zh: '测试' };
const COLUMNS = ['id', 'customer', 'firm', 'text', 'number', 'flag', 'state', 'day', 'time', 'said', 'short'];

/** One mapping with every step that goes in bulk; `suffix` tells the types of two ways apart. */
function mappingOf(suffix: string, shape: Shape): MappingInput {
  const field = (name: string, valueType: 'string' | 'number' | 'boolean' | 'date' | 'datetime') => ({
    name,
    title,
    valueType,
  });
  return {
    name: `bulk-${suffix}`,
    title,
    sourceId: 'bulk',
    asOf: '2026-01-01T00:00:00Z',
    declare: {
      entityTypes: [
        { name: `firm_${suffix}`, title, fields: [field('label', 'string'), field('large', 'boolean')] },
      ],
      detailTypes: [
        {
          name: `deal_${suffix}`,
          title,
          fields: [
            field('text', 'string'),
            field('number', 'number'),
            field('scaled', 'number'),
            field('flag', 'boolean'),
            field('state', 'string'),
            field('rank', 'number'),
            field('day', 'date'),
            field('short_day', 'date'),
            field('instant', 'datetime'),
          ],
        },
        { name: `site_${suffix}`, title, owner: `firm_${suffix}`, fields: [field('place', 'string')] },
      ],
    },
    files: [
      {
        file: 'bulk.csv',
        encoding: shape.encoding,
        delimiter: shape.delimiter,
        records: [
          {
            record: 'detail',
            type: `deal_${suffix}`,
            id: 'id',
            owner: {
              person: [{ type: 'customer_number', value: { column: 'customer', steps: [{ prefix: 'K' }] } }],
            },
            time: 'time',
            at: 'said',
            fields: {
              text: 'text',
              number: 'number',
              scaled: { column: 'number', steps: [{ number: true, scale: 0.01 }] },
              flag: { column: 'flag', steps: [{ boolean: true }] },
              state: {
                column: 'state',
                steps: [{ map: { N: 'held', R: null, M: '到期' }, otherwise: 'keep' }],
              },
              rank: { column: 'state', steps: [{ map: { N: 1, R: 2 }, otherwise: 'missing' }] },
              day: 'day',
              short_day: { column: 'short', steps: [{ date: 'YYMMDD', monthOffset: 50 }] },
              instant: 'time',
            },
          },
          {
            record: 'entity',
            type: `firm_${suffix}`,
            when: [{ column: 'firm', present: true }],
            id: { template: '{firm}{id}', steps: [{ case: 'upper' }] },
            fields: {
              label: { template: '{number}/{#}', steps: [{ slice: [1, 4] }] },
              large: { column: 'number', steps: [{ atLeast: 10 }] },
            },
          },
          {
            record: 'detail',
            type: `site_${suffix}`,
            when: [{ column: 'firm', notIn: ['', 'nowhere'] }],
            id: { template: '{firm}-{id}', steps: [] },
            owner: { entity: `firm_${suffix}`, id: { column: 'firm', steps: [{ case: 'upper' }] } },
            fields: { place: { column: 'text', steps: [{ missing: ['无'] }] } },
          },
        ],
      },
    ],
  };
}

interface Shape {
  readonly encoding: 'utf-8' | 'gbk';
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly mark: boolean;
  readonly closed: boolean;
}

const shapes = fc.record<Shape>({
  encoding: fc.constantFrom('utf-8', 'gbk'),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  closed: fc.boolean(),
});

/** Mostly good values, so that most rows go in bulk, and every kind of bad one. */
const mostly = (good: readonly string[], bad: readonly string[]) =>
  fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
const rows = fc.array(
  fc.record({
    cells: fc.tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 1, max: 150 }).map((number) => `d${number}`) },
        { weight: 1, arbitrary: fc.constantFrom('', '交易1', 'x'.repeat(220)) },
      ),
      mostly(['100001', '100002', '100003', '100004'], ['', '00000000', ' 100001']),
      mostly(['', 'acme', 'Plane', 'nowhere'], ['梧桐', 'ß']),
      mostly(
        ['plain', '杭州', '', '无', 'a b'],
        ['a"b', 'two\nlines', 'end\r', '  ', '\u001f', 'x,y;z|', '😀', '6222020200112233=25121010000'],
      ),
      mostly(
        ['12.5', '0', '-3', '100.01', '', '007', '0.1', '2.675'],
        ['-0', '1e3', '.5', '5.', ' 7', 'abc', '+4', '123456789012345678'],
      ),
      mostly(['yes', 'N', '1', '是', '', '否', 'TRUE'], [' yes', 'Ｙ']),
      mostly(['N', 'R', 'M', 'other', ''], ['"N"']),
      mostly(
        ['2025-02-28', '20240229', '2025/01/31', ''],
        ['2025-02-29', '1899-01-01', '2025-1-1', '2025-01-01 10:00', 'soon'],
      ),
      mostly(
        [
          '2025-03-01',
          '2025-03-01 10:20',
          '2025-03-01T10:20:30',
          '2025-03-01 10:20:30.5',
          '2025-03-01T10:20:30.289Z',
        ],
        [
          '',
          '1735689600123',
          '1986-06-01 12:00:00',
          '2025-02-30',
          '2025-03-01T10:20:30+08:00',
          '2025-03-01 25:00',
          '123',
        ],
      ),
      mostly(['', '2025-12-01', '1764547200000'], ['1960-01-01', 'late']),
      mostly(['500101', '995228', '', '006130'], ['000230', '12']),
    ),
    quoted: fc.integer({ min: 0, max: 2 ** COLUMNS.length - 1 }),
    isQuoted: fc.constantFrom(false, false, false, true),
    odd: mostly([''], ['short', 'long', 'empty', 'open', 'after']),
  }),
  { minLength: 20, maxLength: 80 },
);
interface Row {
  readonly cells: readonly string[];
  /** A bit for each cell that may stand in quotes. */
  readonly quoted: number;
  readonly isQuoted: boolean;
  readonly odd: string;
}

function csvOf(shape: Shape, given: readonly Row[]): Buffer {
  const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  const line = ({ cells, quoted, isQuoted, odd }: Row): string => {
    if (odd === 'empty') return '';
    if (odd === 'open') return `x${shape.delimiter}"y`;
    if (odd === 'after') return `"x"y${shape.delimiter}z`;
    const shown = odd === 'short' ? cells.slice(0, 3) : odd === 'long' ? [...cells, 'more'] : cells;
    return shown
      .map((cell, index) => {
        const must = cell.includes(shape.delimiter) || /["\r\n]/.test(cell);
        return must || (isQuoted && (quoted >> index) % 2 === 1) ? quote(cell) : cell;
      })
      .join(shape.delimiter);
  };
  const text =
    [COLUMNS.join(shape.delimiter), ...given.map(line)].join(shape.lineEnd) +
    (shape.closed ? shape.lineEnd : '');
  if (shape.encoding === 'gbk') return iconv.encode(text, 'gbk');
  return Buffer.from(shape.mark ? `\ufeff${text}` : text);
}

async function load(suffix: string, shape: Shape, bytes: Buffer, chunkBytes: number) {
  await writeFile(join(directory, 'bulk.csv'), bytes);
  await writeFile(join(directory, `${suffix}.json`), JSON.stringify(mappingOf(suffix, shape)));
  for (const table of [
    `deal_${suffix}`,
    `deal_${suffix}_history`,
    `site_${suffix}`,
    `site_${suffix}_history`,
  ])
    await platform.clickhouse.command(`truncate table if exists detail_${table}`);
  await platform.clickhouse.command(`truncate table if exists entity_firm_${suffix}`);
  const summary = await runImport(platform, rooms, {
    mappingFile: join(directory, `${suffix}.json`),
    dataDirectory: directory,
    chunkBytes,
  });
  const stored = async (table: string, order: string): Promise<unknown> =>
    withoutSuffix(await platform.clickhouse.query(`select * from ${table} final order by ${order}`));
  const withoutSuffix = (rowsFound: unknown): unknown =>
    JSON.parse(JSON.stringify(rowsFound).replaceAll(`_${suffix}`, '')) as unknown;
  const rejections = await platform.database.query(
    'select row_number, record, code, detail from imports.rejection where run_id = $1 order by 1, 2, 3, 4',
    [summary.importId],
  );
  return {
    summary: {
      rows: summary.rows,
      rejectedRows: summary.rejectedRows,
      records: withoutZeros(summary.records),
    },
    rejections: withoutSuffix(rejections),
    deals: await stored(`detail_deal_${suffix}`, 'detail_id'),
    states: await stored(`detail_deal_${suffix}_history`, 'detail_id, version'),
    firms: await stored(`entity_firm_${suffix}`, 'entity_id'),
    sites: await stored(`detail_site_${suffix}`, 'detail_id'),
  };
}

const withoutZeros = (records: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(records).filter(([, number]) => number > 0));

test('in bulk and row by row the same comes of any file', { timeout: 240_000 }, async () => {
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(shapes, rows, fc.constantFrom(300, 1_500, 1 << 20), async (shape, given, chunkBytes) => {
      const bytes = csvOf(shape, given);
      // By turns, so that new keys are met on either way.
      const bulkFirst = turn++ % 2 === 0;
      const first = bulkFirst
        ? await load('bulk', shape, bytes, chunkBytes)
        : await load('rows', shape, bytes, 0);
      const second = bulkFirst
        ? await load('rows', shape, bytes, 0)
        : await load('bulk', shape, bytes, chunkBytes);
      expect(bulkFirst ? first : second).toEqual(bulkFirst ? second : first);
    }),
    { numRuns: Number(process.env['WUTONG_BULK_RUNS'] ?? 6), seed: 20_260_101, endOnFailure: true },
  );
  expect(copies).toBeGreaterThan(20);
});

test('a row that is broken goes alone and leaves the others of its chunk in bulk', async () => {
  const shape: Shape = { encoding: 'utf-8', delimiter: ',', lineEnd: '\n', mark: false, closed: true };
  const good = (row: number): string => `b${row},100001,,"two\nlines",1,yes,N,2025-02-28,2025-03-01,,500101`;
  const lines = Array.from({ length: 40 }, (_, row) => good(row));
  lines[10] = '"open,100001';
  lines[20] = 'x,"y"z';
  lines[30] = `half\uFFFF${good(30)}`;
  const text = Buffer.from([COLUMNS.join(','), ...lines].join('\n'));
  // Half of a character in the place of one.
  const half = text.indexOf('\uFFFF');
  const bytes = Buffer.concat([text.subarray(0, half + 2), text.subarray(half + 3)]);
  copies = 0;
  const loaded = await load('bulk', shape, bytes, 1 << 20);
  expect(copies).toBeGreaterThan(0);
  expect(loaded.summary).toMatchObject({ rows: 40, rejectedRows: 3, records: { detail: 37 } });
  const broken = { record: 0, code: 'import_row_unreadable' };
  expect(loaded.rejections).toEqual([
    // The header and ten rows of two lines stand in front of it.
    { ...broken, row_number: 11, detail: 'line 22: text follows a closing quote' },
    { ...broken, row_number: 21, detail: 'line 41: text follows a closing quote' },
    { ...broken, row_number: 31, detail: 'line 60: it holds bytes that are no text in UTF-8' },
  ]);
});

test(
  'a bulk run that was cut off goes on where it stopped and leaves nothing behind',
  { timeout: 60_000 },
  async () => {
    const lines = Array.from({ length: 3_000 }, (_, row) => `E${row},9${100_000 + (row % 500)},${row}`);
    // Settled by the first try, and met again by the second one: both count the same rows.
    lines[10] = '"open"x,1,1';
    lines[2_500] = 'x,"y"z,1';
    const mapping: MappingInput = {
      name: 'bulk-resume',
      title,
      sourceId: 'bulk',
      asOf: '2026-01-01T00:00:00Z',
      declare: {
        detailTypes: [{ name: 'step', title, fields: [{ name: 'rank', title, valueType: 'number' }] }],
      },
      files: [
        {
          file: 'resume.csv',
          records: [
            {
              record: 'detail',
              type: 'step',
              id: 'id',
              owner: { person: [{ type: 'customer_number', value: 'customer' }] },
              fields: { rank: 'rank' },
            },
          ],
        },
      ],
    };
    await writeFile(join(directory, 'resume.csv'), ['id,customer,rank', ...lines].join('\n'));
    await writeFile(join(directory, 'resume.json'), JSON.stringify(mapping));
    const options = {
      mappingFile: join(directory, 'resume.json'),
      dataDirectory: directory,
      chunkBytes: 10_000,
    };
    let chunks = 0;
    const cutOff: ImportRooms['profile'] = {
      ...rooms.profile,
      // The rows of the third chunk are there, its mark is not: the worst moment.
      writeStagedFacts: async (facts) => {
        await rooms.profile.writeStagedFacts(facts);
        if (++chunks === 3) throw new Error('killed');
      },
    };
    await expect(runImport(platform, { ...rooms, profile: cutOff }, options)).rejects.toThrow('killed');
    const summary = await runImport(platform, rooms, options);
    expect(summary).toMatchObject({
      resumed: true,
      rows: 3_000,
      rejectedRows: 2,
      records: { detail: 2_998 },
    });
    const [found] = await platform.clickhouse.query(
      `select count() as rows, uniqExact(person_id) as people, sum(rank) as ranks from detail_step final`,
    );
    expect(found).toEqual({ rows: 2_998, people: 500, ranks: (3_000 * 2_999) / 2 - 10 - 2_500 });
    const left = await platform.clickhouse.query(
      `select name from system.tables where database = currentDatabase() and startsWith(name, 'import_')`,
    );
    expect(left).toEqual([]);
  },
);
