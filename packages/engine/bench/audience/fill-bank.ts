import type { Platform } from '../../src/platform/index.ts';
import { createIdentity } from '../../src/identity/index.ts';
import { createProfile } from '../../src/profile/index.ts';
import { createAudience, type Audience } from '../../src/audience/index.ts';
import { testDeclarations, testPlan } from '../../src/audience/interpret/test-bank.ts';

/** Size of the bank; WUTONG_BENCH_PEOPLE and WUTONG_BENCH_EVENTS make it smaller. */
export const PEOPLE = Number(process.env['WUTONG_BENCH_PEOPLE'] ?? 1_000_000);
export const EVENTS = Number(process.env['WUTONG_BENCH_EVENTS'] ?? PEOPLE * 20);
const DETAILS_A_PERSON = 3;
const DAYS = 90;
const DAY_MS = 86_400_000;
/** Rows a statement makes at a time: bounds the memory of sorting them. */
const ROWS_A_STATEMENT = 2_000_000;

export interface BankSize {
  readonly people: number;
  readonly events: number;
}

/** The audience room over a bank made by SQL in ClickHouse, all of it before the platform's now, or made before. */
export async function fillBank(
  platform: Platform,
  options: Parameters<typeof createAudience>[2] = {},
  what: { rows: boolean; size?: BankSize } = { rows: true },
): Promise<Audience> {
  const identity = createIdentity(platform);
  const profile = createProfile(platform, identity);
  if (what.rows) {
    await profile.declare(testDeclarations);
    await fillRows(platform, what.size ?? { people: PEOPLE, events: EVENTS });
  }
  return createAudience(
    platform,
    {
      profile,
      identity: {
        takePersonChanges: async () => [],
        personOfKey: (key) => identity.personOfKey(key),
        personsOf: (keyNumbers) => identity.personsOf(keyNumbers),
      },
      ingest: { plan: { list: async () => testPlan() } },
    },
    options,
  );
}

async function fillRows(platform: Platform, { people, events }: BankSize): Promise<void> {
  const { clickhouse } = platform;
  await clickhouse.command(
    `INSERT INTO person (person_id, key_number, version, age, aum, city, vip, birth_date, interests)
     SELECT number + 1, number + 1, 1, 18 + cityHash64(number, 1) % 60, round(exp(cityHash64(number, 2) % 1000 / 100) * 300),
       ['北京', '上海', '广州', '深圳', '成都', '杭州'][cityHash64(number, 3) % 6 + 1], cityHash64(number, 4) % 20 = 0,
       toDate32('1950-01-01') + cityHash64(number, 5) % 20000, [] FROM numbers({people:UInt64})`,
    { people },
  );
  await clickhouse.command(
    `INSERT INTO entity_product (entity_id, version, kind, risk)
     SELECT concat('p', toString(number)), 1, ['wealth', 'fund', 'insurance', 'deposit'][number % 4 + 1], number % 5 + 1
     FROM numbers(200)`,
  );
  await clickhouse.command(
    `INSERT INTO consent (person_id, key_number, purpose, channel, granted, at, version)
     SELECT number + 1, number + 1, 'marketing', 'sms', cityHash64(number, 6) % 4 > 0, fromUnixTimestamp64Milli({now:Int64}, 'UTC'), 1
     FROM numbers({people:UInt64})`,
    { people, now: platform.clock.now() },
  );
  await fillInParts(people * DETAILS_A_PERSON, (from, rows) =>
    clickhouse.command(
      `INSERT INTO detail_holding (detail_id, owner_type, owner_id, person_id, key_number, time, version, product_id, amount, maturity_date)
       SELECT toString(number), 'person', toString(person), person, person,
         fromUnixTimestamp64Milli(toInt64({now:Int64} - cityHash64(number, 8) % (365 * ${DAY_MS})), 'UTC'), 1,
         concat('p', toString(cityHash64(number, 9) % 200)), cityHash64(number, 10) % 500000,
         toDate32(fromUnixTimestamp64Milli({now:Int64}, 'UTC')) + (cityHash64(number, 11) % 400) - 30
       FROM (SELECT number, cityHash64(number, 7) % {people:UInt64} + 1 AS person FROM numbers({from:UInt64}, {rows:UInt64}))`,
      { now: platform.clock.now(), people, from, rows },
    ),
  );
  await addEvents(platform, 0, events, {
    fromMs: platform.clock.now() - DAYS * DAY_MS,
    toMs: platform.clock.now(),
    people,
  });
  await clickhouse.command('OPTIMIZE TABLE event FINAL');
  await clickhouse.command('OPTIMIZE TABLE detail_holding FINAL');
}

/** Adds events with consecutive numbers, evenly over a stretch of time. */
export async function addEvents(
  platform: Platform,
  first: number,
  amount: number,
  span: { fromMs: number; toMs: number; people?: number },
): Promise<void> {
  await fillInParts(amount, (from, rows) =>
    platform.clickhouse.command(
      `INSERT INTO event (person_id, key_number, time, received_at, event, event_id, source_id, batch_id, properties)
       SELECT person, person, fromUnixTimestamp64Milli(at, 'UTC'), fromUnixTimestamp64Milli(at, 'UTC'),
         ['view_product', 'view_product', 'view_product', 'login', 'login', 'login', 'login', 'trade', 'trade', 'purchase'][cityHash64(number, 14) % 10 + 1] AS name,
         reinterpret(sipHash128(number), 'UUID'), 'app', toUUID('00000000-0000-0000-0000-000000000000'),
         concat('{"category":"', ['wealth', 'fund', 'insurance', 'deposit'][cityHash64(number, 15) % 4 + 1],
           '","product_id":"p', toString(cityHash64(number, 16) % 200), '","amount":', toString(cityHash64(number, 17) % 10000), '.5',
           ',"channel":"', ['app', 'web', 'branch'][cityHash64(number, 18) % 3 + 1], '","seconds":', toString(cityHash64(number, 19) % 300), '.5}')
       FROM (SELECT number, cityHash64(number, 12) % {people:UInt64} + 1 AS person,
               toInt64({from_ms:Int64} + cityHash64(number, 13) % ({to_ms:Int64} - {from_ms:Int64})) AS at
             FROM numbers({from:UInt64}, {rows:UInt64}))`,
      { people: span.people ?? PEOPLE, from: first + from, rows, from_ms: span.fromMs, to_ms: span.toMs },
      { input_format_try_infer_dates: 0, input_format_try_infer_datetimes: 0 },
    ),
  );
}

async function fillInParts(rows: number, fill: (from: number, rows: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < rows; from += ROWS_A_STATEMENT) {
    await fill(from, Math.min(ROWS_A_STATEMENT, rows - from));
  }
}

/** Twenty segments as marketers make them: attributes, behaviour of the last days, holdings, consent. */
export const TWENTY_SEGMENTS: readonly string[] = [
  `person where age between 25 and 40 and city in ('北京', '上海') and did(event login within last 30 days)`,
  `person where aum >= 500000 cny and not did(event login within last 30 days)`,
  `person where count(event view_product where category = 'wealth' within last 30 days) >= 2 and not did(event purchase where category = 'wealth' within last 30 days)`,
  `person where any holding where (product.kind = 'wealth' and maturity_date in next 7 days) and consents('marketing', 'sms')`,
  `person where sum(event trade.amount within last 90 days) >= 20000 and aum < 500000 cny`,
  `person where share(count(event trade where channel = 'app'), count(event trade)) >= 0.7 within last 90 days`,
  `person where days(event login within last 30 days) >= 4`,
  `person where did(event view_product where category = 'fund' within last 7 days) and consents('marketing', 'sms')`,
  `person where sum(holding.amount) >= 1000000 and count(event login within last 7 days) = 0`,
  `person where anniversary(birth_date) in next 7 days and consents('marketing', 'sms')`,
  `person where max(event purchase.amount within last 90 days) >= 9000`,
  `person where last(event login.time) in last 3 days and vip = true`,
  `person where distinct(event view_product.product_id within last 30 days) >= 3`,
  `person where count(holding where maturity_date in next 30 days) >= 2`,
  `person where did(event login where channel = 'branch' within last 30 days) and not did(event login where channel = 'app' within last 30 days)`,
  `person where avg(event view_product.seconds within last 30 days) >= 200`,
  `person where did(event purchase within last 7 days) or did(event trade where amount >= 9000 within last 7 days)`,
  `person where count(event view_product within last 7 days) >= 2 and age < 35`,
  `person where not did(event trade within last 60 days) and did(event trade within last 90 days)`,
  `person where none holding where (product.risk >= 4) and aum between 100000 and 500000 and did(event view_product where category = 'insurance' within last 90 days)`,
];
/** One more, for what one more costs. */
export const ONE_MORE_SEGMENT = `person where count(event login where channel = 'web' within last 30 days) >= 2 and city = '成都'`;
