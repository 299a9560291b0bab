import fc from 'fast-check';
import type { ValueType } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { coerceInSql } from './coerce-in-sql.ts';
import { coerceValue } from './coerce-value.ts';

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

const TYPES = ['number', 'boolean', 'date', 'datetime'] as const;
const ZONES = ['Asia/Shanghai', 'UTC', 'America/New_York'];

interface Coerced {
  readonly sure: number;
  readonly value: string;
}

/** What ClickHouse makes of texts, shown as texts. */
async function inSql(texts: readonly string[], type: ValueType, zone: string): Promise<Coerced[]> {
  const { sql, sure } = coerceInSql({ kind: 'text', sql: 'raw' }, type, zone)!;
  const shown = type === 'datetime' ? `toUnixTimestamp64Milli(${sql})` : sql;
  return platform.clickhouse.query<Coerced>(
    `select ${sure} as sure, toString(${shown}) as value
     from (select arrayJoin({texts:Array(String)}) as raw)`,
    { texts },
  );
}

const padded = (digits: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(digits, '0'));
/** Mostly times, often of days and hours that there are not. */
const timeText = fc
  .tuple(
    fc.oneof(padded(4, 2400), fc.constantFrom('1900', '1969', '1970', '2000', '2024', '2299')),
    fc.constantFrom('-', '/', '.', ''),
    padded(2, 13),
    padded(2, 32),
    fc.constantFrom('', ' ', 'T'),
    padded(2, 25),
    padded(2, 61),
    fc.oneof(fc.constant(''), padded(2, 61)),
    fc.constantFrom('', '.5', '.25', '.123', ',7', '.1234'),
    fc.constantFrom('', 'Z', '+08:00'),
  )
  .map(([year, mark, month, day, gap, hour, minute, second, fraction, zone]) => {
    const time = gap === '' ? '' : `${gap}${hour}:${minute}${second && `:${second}${fraction}`}${zone}`;
    return `${year}${mark}${month}${mark}${day}${time}`;
  });
const anyText = fc.oneof(
  { weight: 6, arbitrary: timeText },
  fc.double().map(String),
  fc.integer().map(String),
  fc.string({ maxLength: 12 }).filter((text) => !text.includes('\0')),
);

test('where ClickHouse is sure of a value, it is the value that a single row gives', async () => {
  let sure = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyText, { minLength: 200, maxLength: 400 }),
      fc.constantFrom(...ZONES),
      async (texts, zone) => {
        for (const type of TYPES) {
          const found = await inSql(texts, type, zone);
          for (const [index, text] of texts.entries()) {
            if (!found[index]!.sure) continue;
            sure++;
            const said = { text, type, zone };
            expect({ ...said, value: found[index]!.value }).toEqual({
              ...said,
              value: String(coerceValue(text, type, zone)),
            });
          }
        }
      },
    ),
    { numRuns: 15 },
  );
  expect(sure).toBeGreaterThan(500);
});

test.each([
  ['date', ['2026-02-28', '20260228', '2026/02/28', '2026.02.28', '1900-01-01', '1970-01-01', '2024-02-29']],
  [
    'datetime',
    [
      '2026-02-28',
      '2026/02/28',
      '2026-02-28 20:15',
      '2026-02-28 20:15:31',
      '2026/02/28 20:15:31',
      '2026-02-28T20:15:31.5Z',
      '2026-02-28 20:15:31.123',
      '1970-01-01T00:00:00Z',
      '2299-12-31 23:59:59.999',
    ],
  ],
  ['number', ['0', '-0', '12.50', '-3', '123456789012345']],
] as const)('the usual forms of a %s are all sure', async (type, texts) => {
  const found = await inSql(texts, type, 'Asia/Shanghai');
  expect(found.map(({ sure }) => sure)).toEqual(texts.map(() => 1));
  expect(found.map(({ value }) => value)).toEqual(
    texts.map((text) => String(coerceValue(text, type, 'Asia/Shanghai'))),
  );
});
