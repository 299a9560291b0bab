import type { Platform } from '../../src/platform/index.ts';

/** Sizes of the log; WUTONG_BENCH_PEOPLE and WUTONG_BENCH_EVENTS make it smaller. */
export const PEOPLE = Number(process.env['WUTONG_BENCH_PEOPLE'] ?? 1_000_000);
export const EVENTS = Number(process.env['WUTONG_BENCH_EVENTS'] ?? 20_000_000);

/** The log covers 90 days from here. */
export const LOG_FROM_MS = Date.UTC(2026, 0, 1);
export const LOG_DAYS = 90;
const DAY_MS = 86_400_000;
export const LOG_TO_MS = LOG_FROM_MS + LOG_DAYS * DAY_MS;

/** Events of a bank's app with their share in percent. */
const SHARES: readonly [string, number][] = [
  ['app_open', 15],
  ['login', 15],
  ['page_view', 28],
  ['view_product', 12],
  ['search', 6],
  ['add_favourite', 4],
  ['start_purchase', 5],
  ['risk_test', 3],
  ['purchase', 3],
  ['transfer', 4],
  ['share', 2],
  ['logout', 3],
];

/**
 * Fills `event` as collection would have: in order of time, people at random, then merged as the background
 * does. Numbers are functions of the row's place: every run has the same log.
 */
export async function fillEvents(
  platform: Platform,
  say: (text: string) => void,
  { people, events } = { people: PEOPLE, events: EVENTS },
): Promise<void> {
  const names = SHARES.flatMap(([name, share]) => Array.from({ length: share }, () => `'${name}'`));
  const batch = 2_000_000;
  for (let from = 0; from < events; from += batch) {
    await platform.clickhouse.command(
      `insert into event
       select person, person, at, at, [${names.join(', ')}][1 + intDiv(hash, 1000003) % 100],
         toUUID(concat(substring(hex(MD5(toString(number))), 1, 8), '-0000-8000-8000-', leftPad(hex(number), 12, '0'))),
         'app', toUUID('00000000-0000-0000-0000-000000000000'),
         concat('{"category":"', ['wealth', 'fund', 'deposit', 'loan'][1 + spice % 4], '","product_id":"P',
           toString(spice % 50), '","amount":', toString(spice % 10000), '.5}')::JSON
       from (
         select number, cityHash64(number) as hash, 1 + hash % {people:UInt64} as person,
           intDiv(hash, 104729) % 1000000 as spice,
           fromUnixTimestamp64Milli({from:Int64} + intDiv(number * {days:UInt64} * 86400000, {events:UInt64}), 'UTC') as at
         from numbers({start:UInt64}, {rows:UInt64})
       )`,
      {
        people,
        from: LOG_FROM_MS,
        days: LOG_DAYS,
        events,
        start: from,
        rows: Math.min(batch, events - from),
      },
      { max_insert_block_size: '1000000' },
    );
  }
  await platform.clickhouse.command('optimize table event final', {}, { alter_sync: '1' });
  say(`${events.toLocaleString('en')} events of ${people.toLocaleString('en')} people`);
}
