import { createMemberLookup } from '../src/audience/lookup-members.ts';
import { defineSegments } from './segments-20.ts';
import type { Bench } from './bench-context.ts';

const PEOPLE = Number(process.env['WUTONG_BENCH_PEOPLE'] ?? 1_000_000);
const SEGMENTS = 100;
const LOOKUPS = 200_000;

/** Which of a hundred segments is a person in: from memory, against a query of ClickHouse's bitmaps. */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  try {
    const { clickhouse, database } = platform;
    await defineSegments(
      platform,
      Array.from({ length: SEGMENTS }, () => 'person'),
    );
    await database.execute('update audience.segment set run = 1, last_run = 1, members = $1', [PEOPLE / 4]);
    for (let segment = 1; segment <= SEGMENTS; segment++) {
      await clickhouse.command(
        `INSERT INTO segment_membership SELECT {segment:String}, 1, groupBitmapStateIf(number + 1, cityHash64(number, {seed:UInt64}) % 4 = 0)
         FROM numbers({people:UInt64})`,
        { segment: `segment_${segment}`, seed: segment, people: PEOPLE },
      );
    }
    const lookup = createMemberLookup(platform);
    const loadStartedAt = performance.now();
    await lookup.refresh();
    const loadMs = performance.now() - loadStartedAt;
    const times = new Float64Array(LOOKUPS);
    const startedAt = performance.now();
    for (let index = 0; index < LOOKUPS; index++) {
      const before = performance.now();
      await lookup.segmentsOf(((index * 2_654_435_761) % PEOPLE) + 1);
      times[index] = performance.now() - before;
    }
    const perSecond = LOOKUPS / ((performance.now() - startedAt) / 1000);
    times.sort();
    const bare = await bareLookups(clickhouse, 50);
    const p99 = times[Math.floor(LOOKUPS * 0.99)] ?? 0;
    context.say(`loaded in ${Math.round(loadMs)} ms; p50 ${times[LOOKUPS / 2]} ms, p99 ${p99} ms`);
    const note = `${SEGMENTS} segments of a quarter of ${PEOPLE} people; loaded in ${Math.round(loadMs)} ms`;
    return [
      {
        name: 'segment-lookup',
        value: perSecond,
        unit: 'look-ups/s',
        baseline: 'a query of the bitmaps each',
        baselineValue: 1000 / bare,
        ratio: perSecond / (1000 / bare),
        note,
      },
      {
        name: 'segment-lookup-p99',
        value: p99,
        unit: 'ms',
        baseline: 'a query of the bitmaps',
        baselineValue: bare,
        ratio: bare / p99,
        note,
      },
    ];
  } finally {
    await databases.drop();
  }
};

/** Milliseconds of one query on average. */
async function bareLookups(
  clickhouse: Awaited<ReturnType<Parameters<Bench>[0]['createPlatform']>>['platform']['clickhouse'],
  queries: number,
): Promise<number> {
  const startedAt = performance.now();
  for (let query = 0; query < queries; query++) {
    await clickhouse.query(
      `SELECT segment_id FROM segment_membership WHERE run = 1
       GROUP BY segment_id HAVING bitmapContains(groupBitmapMergeState(members), {person:UInt64})`,
      { person: query * 97 + 1 },
    );
  }
  return (performance.now() - startedAt) / queries;
}
