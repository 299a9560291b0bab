import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity } from '../identity/index.ts';
import { createProfile } from '../profile/index.ts';
import { createCatalogueReader } from './read-catalogue.ts';
import { createExpressions } from './expressions.ts';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
}, 60_000);
afterAll(async () => databases.drop());

const title = { en: 'x', zh: 'x' };
it('smokes', async () => {
  const platform = createTestPlatform(databases);
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  await profile.declare({
    attributes: [
      { name: 'age', title, valueType: 'number' },
      { name: 'aum', title, valueType: 'number', unit: 'cny' },
      { name: 'city', title, valueType: 'string' },
      { name: 'birth_date', title, valueType: 'date' },
      { name: 'tags', title, valueType: 'string[]' },
      { name: 'mobile_name', title, valueType: 'string', pii: 'identifying' },
    ],
    entityTypes: [
      { name: 'product', title, fields: [{ name: 'kind', title, valueType: 'string' }] },
      { name: 'company', title, fields: [{ name: 'size', title, valueType: 'number' }] },
      { name: 'manager', title, fields: [{ name: 'branch', title, valueType: 'string' }] },
    ],
    relationTypes: [
      { name: 'legal_representative', title, from: 'person', to: 'company' },
      { name: 'managed_by', title, from: 'person', to: 'manager' },
    ],
    detailTypes: [
      { name: 'holding', title, owner: 'person', fields: [{ name: 'product_id', title, valueType: 'string' }, { name: 'amount', title, valueType: 'number' }, { name: 'maturity_date', title, valueType: 'date' }], references: [{ field: 'product_id', entityType: 'product' }] },
      { name: 'balance', title, owner: 'person', fields: [{ name: 'aum', title, valueType: 'number' }] },
      { name: 'loan', title, owner: 'company', fields: [{ name: 'end_date', title, valueType: 'date' }, { name: 'status', title, valueType: 'string' }] },
    ],
  });
  const event = (name: string, properties: [string, string][]) => ({
    event: name, title: name, meaning: '', state: 'learnt' as const, usage: 1, firstSeenAt: '', lastSeenAt: '',
    properties: properties.map(([property, type]) => ({ property, type: type as 'string', title: '', meaning: '', piiClass: 'none' as const, state: 'learnt' as const, usage: 1, conflicts: 0, firstSeenAt: '', lastSeenAt: '' })),
  });
  const reader = createCatalogueReader(platform, {
    catalogue: () => profile.catalogue(),
    plannedEvents: async () => [
      event('view_product', [['category', 'string'], ['product_id', 'string'], ['at', 'datetime'], ['on', 'date'], ['list', 'string[]'], ['ok', 'boolean']]),
      event('purchase', [['category', 'string'], ['product_id', 'string'], ['amount', 'number']]),
      event('login', []), event('trade', [['channel', 'string']]), event('salary_in', []),
    ],
  });
  const expressions = createExpressions(platform, reader);
  await platform.clickhouse.command("insert into person (person_id, key_number, version, age, aum, city) select number, number, 1, number, number * 1000, ['a','b'][number % 2 + 1] from numbers(100)");
  await platform.clickhouse.command(`insert into event select number % 100, number % 100, fromUnixTimestamp64Milli(toInt64(${platform.clock.now()} - number * 60000), 'UTC'), now64(3), ['view_product','purchase','login','trade'][number % 4 + 1], generateUUIDv4(), 's', generateUUIDv4(), concat('{"category":"', ['wealth','fund'][number % 2 + 1], '","product_id":"p', toString(number % 5), '","amount":', toString(number % 7), '.5,"channel":"app","list":["a","b"],"ok":true,"at":"2026-01-01T00:00:00.000Z","on":"2026-01-01"}') from numbers(5000) settings input_format_try_infer_dates=0, input_format_try_infer_datetimes=0`);
  const texts = [
    `person where any holding where (product.kind = 'wealth' and maturity_date in next 7 days) and consents('marketing', 'sms')`,
    `person where count(event view_product where category = 'wealth' within last 30 days) >= 3 and not did(event purchase where category = 'wealth' within last 30 days)`,
    `person where sequence(event view_product within last 7 days then not event purchase within 24 hours same product_id)`,
    `person where sequence(event view_product then not event login then event purchase within 2 hours)`,
    `person where avg(detail balance.aum by day in this month) < 0.8 * avg(detail balance.aum by day in last month)`,
    `person where any company via legal_representative where (any loan where end_date in this quarter and status = 'normal')`,
    `person where streak(event login by week) >= 4 and not did(event login within last 60 days)`,
    `person where managed_by = $viewer`,
    `person where managed_by.branch = 'x'`,
    `person where anniversary(birth_date) in next 3 days`,
    `person where share(count(event trade where channel = 'app'), count(event trade)) >= 0.7 within last 180 days`,
    `person where active_share(event login on friday between 20:00 and 22:00, within last 12 weeks) >= 0.5`,
    `person where percentile(aum) >= 0.9 and rank(aum) <= 5`,
    `person where age between 20 and 30 and city in ('a') and city not contains 'b' and city matches '^a' and birth_date is missing`,
    `person where 'wealth' in (top 2 of event view_product.category by count) and average_gap(event login) > 0 and gap_variation(event login) >= 0`,
    `person where nth(2, event purchase.amount) > 1 and first(event purchase.category) = 'wealth' and last(event purchase.time) in last 3 days`,
    `person where did(event view_product where at in this year and on = date '2026-01-01' and ok and list contains 'a')`,
    `person where tags contains any ('a', 'b') or size(tags) > 0 or mobile_name = '张三'`,
    `company where any person via legal_representative where (did(event login))`,
    `person where years_since(birth_date) >= 18 or days_since(birth_date) > 3 and round(aum / 7) > 3`,
  ];
  for (const text of texts) {
    try {
      console.log(JSON.stringify(await expressions.count({ text, parameters: { viewer: 'm1' } }, undefined, { breakdown: true })), text);
    } catch (error) {
      console.log('FAIL', text, (error as Error).message.slice(0, 1500), JSON.stringify((error as { details?: object }).details));
    }
  }
  for (const text of [
    `top 3 of event view_product.category by count within last 90 days`,
    `tier { '私行' when aum >= 90000 cny '财富' when aum >= 50000 cny '潜力' when count(event salary_in within last 90 days) >= 3 else '大众' }`,
    `rfm(event purchase, value amount, within last 365 days, buckets 5)`,
    `distribution(event view_product.category)`, `sum(event purchase.amount)`, `max(event login.time)`
  ]) {
    try {
      console.log(JSON.stringify([...(await expressions.values({ text }, [1, 2, 55, 99]))]), text);
    } catch (error) {
      console.log('FAIL', text, (error as Error).message.slice(0, 1500), JSON.stringify((error as { details?: object }).details));
    }
  }
  console.log(await expressions.evaluate({ text: 'person where aum > 50 and did(event login)' }, [1, 2, 3, 1000]));
  expect(1).toBe(1);
}, 60_000);
