import { portraitRequestSchema } from '@wutong/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { testNeeds } from '../insight-world.ts';
import type { InsightNeeds } from '../needs.ts';
import { analysePortrait } from './portrait.ts';

let databases: TestDatabases;
let platform: Platform;
let needs: InsightNeeds;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  const { clickhouse } = platform;
  await clickhouse.command(
    'alter table person add column `city` Nullable(String), add column `age` Nullable(Float64), add column `illness` Nullable(String), add column `likes` Array(String), add column `name` Nullable(String)',
  );
  // 300 people of the audience (even ids below 600) live in Shanghai mostly and are older.
  await clickhouse.command(
    `insert into person (person_id, key_number, version, city, age, illness, likes, name)
     select number, number, 1, if(number % 2 = 0, if(number % 10 = 0, '北京', '上海'), if(number % 3 = 0, '上海', '北京')),
       if(number = 4, null, 30 + number % 7 + if(number % 2 = 0, 10, 0)), if(number in (2, 3), '有', '无'),
       if(number % 4 = 0, ['基金', '基金', '存款'], ['存款']), 'x'
     from numbers(600)`,
  );
  const field = (
    name: string,
    valueType: 'string' | 'number' | 'string[]',
    pii: 'none' | 'sensitive' | 'identifying',
  ) => ({
    name,
    column: `\`${name}\``,
    title: { en: name, zh: name },
    valueType,
    pii,
    learnt: false,
  });
  needs = testNeeds({
    profile: {
      catalogue: async () => ({
        version: 1,
        attributes: [
          field('city', 'string', 'none'),
          field('age', 'number', 'none'),
          field('illness', 'string', 'sensitive'),
          field('likes', 'string[]', 'none'),
          field('name', 'string', 'identifying'),
        ],
        entityTypes: [],
        relationTypes: [],
        detailTypes: [],
        purposes: [],
      }),
    },
    audience: {
      peopleSql: async ({ text }, prefix) =>
        text === 'all'
          ? { sql: 'select person_id from person final', parameters: {} }
          : {
              sql: `select person_id from person final where person_id % {${prefix}of:UInt64} = 0`,
              parameters: { [`${prefix}of`]: Number(text) },
            },
    },
  });
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const portrait = (input: object) =>
  analysePortrait({ platform, needs }, portraitRequestSchema.parse(input), 5);

test('an audience against everybody else', async () => {
  const answer = await portrait({ people: '2' });
  expect(answer).toMatchObject({ people: 300, others: 300 });
  const [city, illness, likes, age] = answer.attributes;
  expect(answer.attributes.map((each) => each.attribute)).toEqual(['city', 'illness', 'likes', 'age']);
  expect(city!.values).toEqual([
    {
      value: '上海',
      people: { people: 240, share: 0.8 },
      others: { people: 100, share: 1 / 3 },
      hidden: false,
    },
    {
      value: '北京',
      people: { people: 60, share: 0.2 },
      others: { people: 200, share: 2 / 3 },
      hidden: false,
    },
  ]);
  // One person each: too few to be shown of a personal attribute.
  expect(illness!.values[1]).toMatchObject({ value: '有', people: { people: 0 }, hidden: true });
  expect(likes!.values).toMatchObject([
    { value: '存款', people: { people: 300 } },
    { value: '基金', people: { people: 150 } },
  ]);
  expect(age!.numbers).toMatchObject({ people: { known: 299 }, others: { known: 300 } });
  expect(answer.differences.map((each) => [each.attribute, each.value])).toEqual([
    ['age', undefined],
    ['likes', '基金'],
    ['city', expect.any(String)],
    ['city', expect.any(String)],
  ]);
  expect(answer.differences.every((each) => each.p < 0.05)).toBe(true);
});

test('against another audience, of chosen attributes; the whole bank has nobody else', async () => {
  expect(await portrait({ people: '4', against: '2', attributes: ['city'] })).toMatchObject({
    people: 150,
    others: 150,
  });
  expect(await portrait({ people: 'all', attributes: ['age'] })).toMatchObject({
    people: 600,
    others: 0,
    differences: [],
  });
  await expect(portrait({ people: '2', attributes: ['name'] })).rejects.toMatchObject({
    code: 'analysis_invalid',
  });
});

test('fifteen rich people among six hundred differ, although a few of them make the mean', async () => {
  await platform.clickhouse.command(
    'alter table person add column `wealth` Nullable(Float64) default if(person_id % 40 = 0, exp2(person_id / 30), 1 + person_id % 9 / 10)',
  );
  const catalogue = await needs.profile.catalogue();
  const wealth = { ...catalogue.attributes[1]!, name: 'wealth', column: '`wealth`' };
  const rich = { ...needs, profile: { catalogue: async () => ({ ...catalogue, attributes: [wealth] }) } };
  const answer = await analysePortrait(
    { platform, needs: rich },
    portraitRequestSchema.parse({ people: '40' }),
    5,
  );
  expect(answer.differences).toMatchObject([{ attribute: 'wealth' }]);
  expect(answer.differences[0]!.p).toBeLessThan(0.01);
});
