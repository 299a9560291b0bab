import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { findDateParts, joinDateParts } from './join-date-parts.ts';

let databases: TestDatabases;
let platform: Platform;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  // Parts as numbers, as texts with zeros, and as floating-point numbers write them; ages, floors and shares beside them.
  await platform.clickhouse.command(
    `create table people engine = MergeTree order by id as
     select number as id, toString(number) as name, toDate('1950-01-01') + intHash32(number) % 20000 as born,
       toYear(born) as by, toMonth(born) as bm, if(number = 7, null, toDayOfMonth(born)) as bd,
       formatDateTime(born, '%d') as \`day of birth\`, formatDateTime(born, '%m') as \`month of birth\`,
       concat(toString(toYear(born)), '.0') as \`year of birth\`,
       toYear(born) as since, intHash32(number + 1) % 5 + 1 as children, 18 + intHash32(number + 2) % 60 as age,
       intHash32(number + 3) % 31 + 1 as floor
     from numbers(1000)`,
  );
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

it('finds year, month and day side by side, in any order and form, and makes one date of them', async () => {
  const columns = [
    'name',
    'by',
    'bm',
    'bd',
    'day of birth',
    'month of birth',
    'year of birth',
    'since',
    'children',
    'floor',
    'age',
  ];
  const dates = await findDateParts(platform.clickhouse, 'people', columns);
  expect(dates).toEqual([
    { year: 'by', month: 'bm', day: 'bd' },
    { year: 'year of birth', month: 'month of birth', day: 'day of birth' },
  ]);
  const joined = joinDateParts('people', columns, dates);
  const others = ['since', 'children', 'floor', 'age'];
  const [one, other] = ['by + bm + bd', 'day of birth + month of birth + year of birth'];
  expect(joined.columns).toEqual(['name', one, other, ...others]);
  const rows = await platform.clickhouse.query<Record<string, string>>(
    `select \`${one}\`, \`${other}\`, toString(born) as date from ${joined.source} order by id limit 10`,
  );
  for (const [index, row] of rows.entries()) {
    expect(row[one]).toBe(index === 7 ? '' : row['date']);
    expect(row[other]).toBe(row['date']);
  }
});

it('leaves alone what somebody knows better, what stands apart, and what is mostly incomplete', async () => {
  const { clickhouse } = platform;
  expect(await findDateParts(clickhouse, 'people', ['by', 'bm', 'bd'], { bm: 'category' })).toEqual([]);
  expect(await findDateParts(clickhouse, 'people', ['by', 'bm', 'name', 'bd'])).toEqual([]);
  const half = "(select * replace (if(id % 2 = 0, toString(bd), '') as bd) from people)";
  expect(await findDateParts(clickhouse, half, ['by', 'bm', 'bd'])).toEqual([]);
});
