import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { weighRivals } from './weigh-rivals.ts';

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

it('lets a surer match speak against another pair of its record, whichever of the two stands first', async () => {
  const { clickhouse } = platform;
  // Records of two files that lie mixed: 2 is right of its match and left of its rival.
  await clickhouse.command(
    `create table rivals engine = MergeTree order by (l, r) as
     select l, r, [0]::Array(UInt8) as levels, [weight]::Array(Float64) as weights, weight,
            1 / (1 + exp2(-weight)) as probability, false as linked
     from values('l UInt32, r UInt32, weight Float64', (1, 2, 30), (2, 3, 5), (4, 5, 6))`,
  );
  await weighRivals(clickhouse, { score: 'rivals' }, { sizes: [10, 10], matches: 2, keepAbove: 0 });
  const found = await clickhouse.query<{ pair: string; likely: number }>(
    "select concat(toString(l), '-', toString(r)) as pair, probability >= 0.5 as likely from rivals order by l",
  );
  expect(found).toEqual([
    { pair: '1-2', likely: 1 },
    { pair: '2-3', likely: 0 },
    { pair: '4-5', likely: 1 },
  ]);
});
