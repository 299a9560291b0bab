import { mkdtempSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { startEngines } from '../../src/platform/index.ts';
import { createDatabasesOn } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { fillEvents, PEOPLE } from './fill-events.ts';
const engines = await startEngines({ dataDirectory: mkdtempSync('/tmp/insight-order-') });
const databases = await createDatabasesOn(engines.databaseUrl, engines.clickhouseUrl);
const platform = createTestPlatform(databases);
const port = new URL(databases.clickhouseUrl).port;
const inode = readFileSync('/proc/net/tcp', 'utf8')
  .split('\n')
  .map((l) => l.trim().split(/\s+/))
  .find(
    (f) => f[3] === '0A' && f[1]!.endsWith(':' + Number(port).toString(16).toUpperCase().padStart(4, '0')),
  )![9];
const pid = readdirSync('/proc')
  .filter((p) => /^\d+$/.test(p))
  .find((p) => {
    try {
      return readdirSync(`/proc/${p}/fd`).some((fd) => {
        try {
          return readlinkSync(`/proc/${p}/fd/${fd}`) === `socket:[${inode}]`;
        } catch {
          return false;
        }
      });
    } catch {
      return false;
    }
  })!;
const cpu = () => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(f[11]) + Number(f[12])) / 100;
};
await fillEvents(platform, console.log);
const { clickhouse } = platform;
const columns = (await clickhouse.query<{ statement: string }>('show create table event'))[0]!;
const structure = `(person_id UInt64, key_number UInt64, time DateTime64(3,'UTC'), received_at DateTime64(3,'UTC'), event LowCardinality(String), event_id UUID, source_id LowCardinality(String), batch_id UUID, properties JSON)`;
void columns;
const tables: [string, string][] = [
  ['event', ''],
  ['e_person_nopart', 'order by (person_id, time, event_id)'],
  ['e_event_person', 'partition by toYYYYMM(time) order by (event, person_id, time, event_id)'],
  [
    'e_event_day_person',
    'partition by toYYYYMM(time) order by (event, toDate(time), person_id, time, event_id)',
  ],
  ['e_person_event', 'partition by toYYYYMM(time) order by (person_id, event, time, event_id)'],
];
for (const [name, order] of tables.slice(1)) {
  await clickhouse.command(`create table ${name} ${structure} engine = MergeTree ${order}`);
  await clickhouse.command(`insert into ${name} select * from event`);
  await clickhouse.command(`optimize table ${name} final`, {}, { alter_sync: '1' });
}
const W = 14 * 86_400_000;
const T = 'reinterpretAsUInt64(time)';
const queries: [string, (t: string) => string][] = [
  [
    'funnel-3 hash',
    (t) =>
      `select l, count() from (select person_id p, windowFunnel(${W})(${T}, event='view_product', event='start_purchase', event='purchase') l from ${t} where event in ('view_product','start_purchase','purchase') group by p) group by l`,
  ],
  [
    'funnel-3 in order',
    (t) =>
      `select l, count() from (select person_id p, windowFunnel(${W})(${T}, event='view_product', event='start_purchase', event='purchase') l from ${t} where event in ('view_product','start_purchase','purchase') group by p) group by l settings optimize_aggregation_in_order=1`,
  ],
  [
    'segment: >=2 purchases of wealth in the last 30 days',
    (t) =>
      `select count() from (select person_id from ${t} where event = 'purchase' and time >= toDateTime64('2026-03-01', 3, 'UTC') and properties.category.:String = 'wealth' group by person_id having count() >= 2)`,
  ],
  [
    'segment: rare event, 7 days',
    (t) =>
      `select uniqExact(person_id) from ${t} where event = 'share' and time >= toDateTime64('2026-03-25', 3, 'UTC')`,
  ],
  [
    '20 segments, one scan of all events by person',
    (t) =>
      `select sum(a), sum(b) from (select person_id, countIf(event='login') a, countIf(event='view_product' and time > toDateTime64('2026-03-01', 3, 'UTC')) b, max(time) from ${t} group by person_id)`,
  ],
  [
    'the same in order',
    (t) =>
      `select sum(a), sum(b) from (select person_id, countIf(event='login') a, countIf(event='view_product' and time > toDateTime64('2026-03-01', 3, 'UTC')) b, max(time) from ${t} group by person_id) settings optimize_aggregation_in_order=1`,
  ],
  [
    'retention',
    (t) =>
      `select s, count() from (select person_id, groupBitOrIf(bitShiftLeft(toUInt64(1), intDiv(${T} - 1767225600000, 86400000)), event = 'login') s from ${t} where event in ('login','view_product') and time < toDateTime64('2026-03-01', 3, 'UTC') group by person_id) group by s format Null`,
  ],
  [
    'path arrays',
    (t) =>
      `select count(), sum(length(a)) from (select person_id, arraySort(groupArray(bitShiftLeft(${T}, 16) + 1)) a from ${t} group by person_id)`,
  ],
  [
    'strategy facts by name (rare)',
    (t) => `select count() from ${t} where event = 'risk_test' and properties.product_id.:String = 'P7'`,
  ],
  [
    'timeline of one person',
    (t) =>
      `select * from ${t} where person_id = ${Math.floor(PEOPLE / 3)} order by time desc limit 50 format Null`,
  ],
];
for (const [name] of tables) {
  const [size] = await clickhouse.query<{ mb: number; parts: number }>(
    `select round(sum(bytes_on_disk) / 1e6) as mb, count() as parts from system.parts where active and table = '${name}' and database = currentDatabase()`,
  );
  console.log(name, size);
}
for (const [what, sql] of queries) {
  for (const [name] of tables) {
    let best = Infinity,
      wall = Infinity;
    for (let run = 0; run < 4; run++) {
      const c = cpu(),
        w = performance.now();
      await clickhouse.client.command({ query: sql(name) });
      best = Math.min(best, cpu() - c);
      wall = Math.min(wall, performance.now() - w);
    }
    console.log(
      what.padEnd(52),
      name.padEnd(20),
      'cpu',
      best.toFixed(2),
      's wall',
      (wall / 1000).toFixed(3),
      's',
    );
  }
}
await platform.close();
await engines.stop();
