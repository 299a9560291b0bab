import fc from 'fast-check';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { openClickHouse, type ClickHouse } from '../platform/index.ts';
import { encodeRows } from './encode-rows.ts';

let databases: TestDatabases;
let clickhouse: ClickHouse;

beforeAll(async () => {
  databases = await createTestDatabases();
  clickhouse = openClickHouse(databases.clickhouseUrl);
});
afterAll(async () => {
  await clickhouse.close();
  await databases.drop();
});

test('every value comes back from ClickHouse as it was written', async () => {
  await clickhouse.command(
    `create table written (n UInt32, t Nullable(String), f Nullable(Float64), b Nullable(Bool), a Array(String),
       m Map(String, String)) engine = MergeTree order by n`,
  );
  const text = fc.string({
    unit: fc.constantFrom('a', '\\', '\t', '\n', '\r', "'", '"', ',', '中', ']', 'N'),
    maxLength: 8,
  });
  const row = fc.record({
    t: fc.option(text),
    f: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    b: fc.option(fc.boolean()),
    a: fc.array(text, { maxLength: 3 }),
    m: fc.dictionary(
      text.filter((each) => each !== '__proto__'),
      text,
      { maxKeys: 3, noNullPrototype: true },
    ),
  });
  const rows = fc.sample(row, 500).map((each, n) => ({ n, ...each }));
  const { columns, bytes } = encodeRows(rows);
  await clickhouse.insertStream(
    `written (${columns.join(', ')})`,
    Readable.from([bytes], { objectMode: false }),
    'TabSeparated',
  );
  const read = await clickhouse.query('select * from written order by n');
  expect(read).toEqual(rows.map((each) => ({ ...each, f: each.f === 0 ? expect.closeTo(0) : each.f })));
});
