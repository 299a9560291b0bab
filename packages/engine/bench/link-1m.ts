import { linkRecords } from '../src/identity/linking/index.ts';
import type { ClickHouse } from '../src/platform/index.ts';
import type { Bench } from './bench-context.ts';

const LARGE = Number(process.env['WUTONG_BENCH_RECORDS'] ?? 1_000_000);
const SMALL = LARGE / 10;
const LIMIT_SECONDS = 60;

/**
 * Seconds to link a customer file of a million records, of which one in ten is a faulty second copy of
 * another, and how that grows from a tenth of it (10 would be linear).
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { clickhouse } = databases.platform;
  try {
    const small = await measure(clickhouse, 'small', SMALL);
    context.say(`${SMALL} records: ${small.seconds.toFixed(1)} s, F1 ${small.f1.toFixed(3)}`);
    const large = await measure(clickhouse, 'large', LARGE);
    context.say(`${LARGE} records: ${large.seconds.toFixed(1)} s, F1 ${large.f1.toFixed(3)}`);
    const note = `F1 ${large.f1.toFixed(3)} over ${large.pairs} candidate pairs`;
    return [
      {
        name: 'link-1m',
        value: large.seconds,
        unit: 's',
        baseline: 'one minute',
        baselineValue: LIMIT_SECONDS,
        ratio: LIMIT_SECONDS / large.seconds,
        note,
      },
      {
        name: 'link-growth',
        value: large.seconds / small.seconds,
        unit: 'times the time for ten times the records',
        baseline: 'linear growth',
        baselineValue: 10,
        ratio: (10 * small.seconds) / large.seconds,
      },
    ];
  } finally {
    await databases.drop();
  }
};

async function measure(
  clickhouse: ClickHouse,
  name: string,
  records: number,
): Promise<{ seconds: number; f1: number; pairs: number }> {
  await createFile(clickhouse, name, records);
  const started = performance.now();
  const linkage = await linkRecords(clickhouse, name, {
    source: `bench_${name}`,
    idColumn: 'id',
    columns: ['surname', 'given_name', 'birth_date', 'city', 'mobile', 'street'],
  });
  const seconds = (performance.now() - started) / 1000;
  const [row] = await clickhouse.query<{ hits: number; links: number }>(
    `select countIf(intDiv(toUInt64(a.id), 2) = intDiv(toUInt64(b.id), 2)) as hits, count() as links
     from linkage_score_${name} as score
     join linkage_record_${name} as a on a.record_number = score.l
     join linkage_record_${name} as b on b.record_number = score.r where linked`,
  );
  await linkage.drop();
  const precision = row!.hits / row!.links;
  const recall = row!.hits / (records / 11);
  return { seconds, f1: (2 * precision * recall) / (precision + recall), pairs: linkage.candidates };
}

/** People 2n; every tenth of them has a second record 2n + 1 with a typing error in each of two columns. */
async function createFile(clickhouse: ClickHouse, name: string, records: number): Promise<void> {
  const pick = (salt: number, size: number): string => `cityHash64(person, ${salt}) % ${size}`;
  const word = (index: string): string =>
    `concat(arrayElement(['zhang','wang','li','zhao','chen','liu','yang','huang','wu','zhou','xu','sun','ma','zhu','hu','guo','he','lin','gao','luo'], ${index} % 20 + 1), lower(hex(intDiv(${index}, 20))))`;
  const faulty = (value: string, salt: number): string =>
    `if(copy = 1 and cityHash64(person, 77) % 6 in (${salt}, ${(salt + 1) % 6}),
        concat(substring(${value}, 1, 2), 'x', substring(${value}, 4)), ${value})`;
  await clickhouse.command(
    `create table bench_${name} engine = MergeTree order by id as
     select person * 2 + copy as id,
       ${faulty(word(pick(1, 4000)), 0)} as surname,
       ${faulty(word(pick(2, 8000)), 1)} as given_name,
       ${faulty(`toString(toDate('1940-01-01') + ${pick(3, 24_000)})`, 2)} as birth_date,
       ${faulty(word(pick(4, 400)), 3)} as city,
       ${faulty(`concat('13', leftPad(toString(${pick(5, 1_000_000_000)}), 9, '0'))`, 4)} as mobile,
       ${faulty(`concat(toString(${pick(6, 300)}), ' ', ${word(pick(7, 20_000))}, ' road')`, 5)} as street
     from (
       select number as person, 0 as copy from numbers(${Math.floor((records * 10) / 11)})
       union all select number * 10 as person, 1 as copy from numbers(${Math.floor(records / 11)})
     )`,
  );
}
