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
        text === 'all' || text === 'none'
          ? { sql: `select person_id from person final where ${text === 'all'}`, parameters: {} }
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
  // One person each: too few to be shown of a personal attribute, nor what would leave them.
  expect(illness!.values).toMatchObject([
    { value: '无', people: { people: 0 }, hidden: true },
    { value: '有', people: { people: 0 }, hidden: true },
  ]);
  expect(likes!.values).toMatchObject([
    { value: '存款', people: { people: 300 } },
    { value: '基金', people: { people: 150 } },
  ]);
  expect(age!.numbers).toMatchObject({ people: { known: 299 }, others: { known: 300 } });
  expect(answer.differences.map((each) => [each.attribute, each.measure, each.value])).toEqual([
    ['age', 'mean', undefined],
    ['likes', 'share', '基金'],
    ['city', 'share', '上海'],
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

/** Portrait of people by one attribute of which SQL says the values. */
async function portraitBy(
  people: string,
  attribute: { name: string; column: string; valueType?: 'string' | 'number'; pii?: 'none' | 'sensitive' },
) {
  await platform.clickhouse.command(
    `alter table person add column \`${attribute.name}\` ${attribute.column}`,
  );
  const catalogue = await needs.profile.catalogue();
  const field = {
    ...catalogue.attributes[0]!,
    valueType: 'string' as const,
    ...attribute,
    column: `\`${attribute.name}\``,
  };
  const profile = { catalogue: async () => ({ ...catalogue, attributes: [field] }) };
  return analysePortrait(
    { platform, needs: { ...needs, profile } },
    portraitRequestSchema.parse({ people }),
    5,
  );
}

test('fifteen rich people among six hundred differ, although a few of them make the mean', async () => {
  const answer = await portraitBy('40', {
    name: 'wealth',
    valueType: 'number',
    column: 'Nullable(Float64) default if(person_id % 40 = 0, exp2(person_id / 30), 1 + person_id % 9 / 10)',
  });
  expect(answer.differences).toMatchObject([{ attribute: 'wealth', measure: 'median' }]);
  expect(answer.differences[0]!.people).toBeGreaterThan(answer.differences[0]!.others);
  expect(answer.differences[0]!.p).toBeLessThan(0.01);
});

test('what most of a small audience have is found, however rare among everybody', async () => {
  // 15 people, 12 of one employer; the other 588 have thirty employers of about twenty people each.
  const answer = await portraitBy('40', {
    name: 'employer',
    column: "String default if(person_id % 40 = 0 and person_id < 480, '梧桐厂', toString(person_id % 30))",
  });
  expect(answer.attributes[0]!.values[0]).toMatchObject({ value: '梧桐厂', people: { people: 12 } });
  expect(answer.differences).toMatchObject([{ value: '梧桐厂', people: 0.8, others: 0 }]);
});

test('chance is not taken for a difference', async () => {
  // Everybody has a name of their own: whoever is in the audience has one that nobody else has.
  expect(
    await portraitBy('200', { name: 'motto', column: 'String default toString(person_id)' }),
  ).toMatchObject({ people: 3, differences: [] });
  // Fifteen people without one of the six who have nearly all the money.
  const money = await portraitBy('40', {
    name: 'money',
    valueType: 'number',
    column:
      'Nullable(Float64) default if(person_id % 100 = 7, 1000000 + person_id, intDiv(person_id, 40) % 2)',
  });
  expect(money.attributes[0]!.numbers).toMatchObject({ others: { median: 0 } });
  expect(money.differences).toEqual([]);
});

test('an audience of nobody; one whose people are all the same', async () => {
  expect(await portrait({ people: '700', against: '701' })).toMatchObject({ people: 1, others: 0 });
  expect(await portrait({ people: 'none' })).toMatchObject({ people: 0, others: 600, differences: [] });
  const same = await portraitBy('40', {
    name: 'cards',
    valueType: 'number',
    column: 'Nullable(Float64) default if(person_id % 40 = 0, 1, 2)',
  });
  expect(same.differences).toMatchObject([{ measure: 'median', people: 1, others: 2 }]);
  expect(same.differences[0]!.p).toBeLessThan(1e-9);
});

test('nobody of few is known by what is left: a personal value of two people hides another', async () => {
  const answer = await portraitBy('2', {
    name: 'ailment',
    pii: 'sensitive',
    column:
      "String default multiIf(person_id in (2, 4), 'a', person_id in (6, 8, 10), 'b', person_id < 300, 'c', 'd')",
  });
  const hidden = answer.attributes[0]!.values.filter((each) => each.hidden).map((each) => each.value);
  expect(hidden.sort()).toEqual(['a', 'b']);
});
