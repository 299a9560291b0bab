import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { linkageSets, type LinkageSet } from '../../../test/linkage-sets/index.ts';
import type { Platform } from '../../platform/index.ts';
import { linkRecords } from './link-records.ts';

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

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/** Links a set with the product's own settings, and compares its pairs with the truth. */
async function measure(
  table: string,
  { columns, rows }: LinkageSet,
): Promise<{ proposed: number; precision: number; recall: number; f1: number }> {
  const { clickhouse } = platform;
  const isOfTwo = rows.some(({ file }) => file === 'b');
  await clickhouse.command(
    `create table ${table} (id String, file String, entity UInt32, ${columns.map((name) => `\`${name}\` String`).join(', ')})
     engine = MergeTree order by id`,
  );
  const lines = rows.map(
    (row) => `${[row.id, row.file, String(row.entity), ...row.values].map(quoted).join(',')}\n`,
  );
  await clickhouse.insertStream(table, Readable.from([lines.join('')], { objectMode: false }), 'CSV');
  const linkage = await linkRecords(clickhouse, table, {
    source: table,
    idColumn: 'id',
    columns,
    ...(isOfTwo ? { fileColumn: 'file' } : {}),
  });
  const pairsOf = (pairs: string): string =>
    `select count() as pairs, countIf(left.entity = right.entity) as hits
     from linkage_${pairs}_${table} as found
     join linkage_record_${table} as a on a.record_number = found.l
     join linkage_record_${table} as b on b.record_number = found.r
     join ${table} as left on left.id = a.id join ${table} as right on right.id = b.id`;
  type Counts = { pairs: number; hits: number };
  const [candidates] = await clickhouse.query<Counts>(pairsOf('pair'));
  const [found] = await clickhouse.query<Counts>(`${pairsOf('score')} where probability >= 0.5`);
  const [truth] = await clickhouse.query<{ pairs: number }>(
    `select sum(${isOfTwo ? 'a * b' : 'a * (a - 1) / 2'}) as pairs
     from (select countIf(file = 'a') as a, countIf(file = 'b') as b from ${table} group by entity)`,
  );
  await linkage.drop();
  const precision = found!.hits / found!.pairs;
  const recall = found!.hits / truth!.pairs;
  return {
    proposed: candidates!.hits / truth!.pairs,
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
  };
}

interface Least {
  proposed: number;
  f1: number;
}

/** `proposed`: share of the true pairs that are compared at all. The figures measured are in docs/linking.md. */
const LEAST: Record<keyof typeof linkageSets, Least> = {
  payments: { proposed: 0.99, f1: 0.98 },
  companies: { proposed: 0.98, f1: 0.91 },
  chineseCompanies: { proposed: 0.99, f1: 0.85 },
  papers: { proposed: 0.99, f1: 0.98 },
  products: { proposed: 0.8, f1: 0.7 },
  restaurants: { proposed: 0.99, f1: 0.99 },
  voters: { proposed: 0.97, f1: 0.93 },
  contacts: { proposed: 0.96, f1: 0.935 },
  sparsePeople: { proposed: 0.93, f1: 0.8 },
};

async function expectAtLeast(table: string, set: LinkageSet, least: Least): Promise<void> {
  const measured = await measure(table, set);
  expect(measured.proposed).toBeGreaterThanOrEqual(least.proposed);
  expect(measured.f1).toBeGreaterThanOrEqual(least.f1);
}

describe.each(Object.entries(LEAST))('records of the shape of %s', (name, least) => {
  it(`are linked with F1 of at least ${least.f1}`, async () => {
    await expectAtLeast(name.toLowerCase(), linkageSets[name as keyof typeof linkageSets](), least);
  }, 240_000);
});

/** Labelled public sets, not part of the product. */
const DATA = new URL('../../../../../../shared/data/linkage/', import.meta.url);

describe('the labelled set splink_transactions', () => {
  it.skipIf(!existsSync(DATA))(
    'is linked with F1 of at least 0.94 (skipped where the data is absent)',
    async () => {
      const columns = ['memo', 'transaction_date', 'amount'];
      const rows = [
        ['origin', 'a'],
        ['destination', 'b'],
      ].flatMap(([name = '', file = '']) => {
        const csv = gunzipSync(readFileSync(new URL(`splink_transactions_${name}.csv.gz`, DATA)));
        return (parse(csv, { columns: true }) as Record<string, string>[]).map((row) => ({
          id: `${file}${row['unique_id']}`,
          file,
          entity: Number(row['ground_truth']),
          values: columns.map((column) => row[column] ?? ''),
        }));
      });
      await expectAtLeast('transactions', { columns, rows }, { proposed: 0.93, f1: 0.94 });
    },
    240_000,
  );
});
