import type { Bench, BenchRow } from './bench-context.ts';
import { askFunnel, askPaths, askRetention, FUNNEL_3, FUNNEL_8 } from './event-log/ask-questions.ts';
import { measureWays } from './event-log/compare-statements.ts';
import { EVENTS, fillEvents, PEOPLE } from './event-log/fill-events.ts';
import { sharedLog } from './event-log/shared-log.ts';
import type { Platform } from '../src/platform/index.ts';

const GROWTH = 10;
const QUESTIONS: Readonly<Record<string, (platform: Platform) => Promise<unknown>>> = {
  'funnel-3': (platform) => askFunnel(platform, FUNNEL_3),
  'funnel-8': (platform) => askFunnel(platform, FUNNEL_8),
  'retention-30d': askRetention,
  'path-5': askPaths,
};

/** The analyses over ten times as many people and events: near-linear time, and memory within the bound of a query. */
export const run: Bench = async (context) => {
  const large = await sharedLog(context);
  const { platform: small } = await context.createPlatform();
  await fillEvents(small, (text) => context.say(text), { people: PEOPLE / GROWTH, events: EVENTS / GROWTH });
  const rows: BenchRow[] = [];
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const ways = [large, small].map((platform, index) => ({
      name: `${name} at ${EVENTS / GROWTH ** index} events`,
      run: () => ask(platform),
    }));
    const [value = 0, tenth = 0] = await measureWays(ways, (text) => context.say(text));
    rows.push({
      name: `${name}-growth`,
      value,
      unit: 's',
      baseline: `${GROWTH} times the time at a tenth of people and events`,
      baselineValue: tenth * GROWTH,
      ratio: (tenth * GROWTH) / value,
      note: '1: linear',
    });
    rows.push(await memoryRow(name, large, ask));
  }
  return rows;
};

/** The most memory a statement of the question held, looked at while it runs. */
async function memoryRow(
  name: string,
  platform: Platform,
  ask: (platform: Platform) => Promise<unknown>,
): Promise<BenchRow> {
  let isRunning = true;
  let peak = 0;
  const asking = ask(platform).finally(() => (isRunning = false));
  let bound = 0;
  while (isRunning) {
    const [row] = await platform.clickhouse.query<{ peak: number; bound: number }>(
      `select max(peak_memory_usage) as peak, toUInt64(getSetting('max_memory_usage')) as bound
       from system.processes where current_database = currentDatabase()`,
    );
    peak = Math.max(peak, Number(row!.peak));
    bound = Number(row!.bound);
  }
  await asking;
  return {
    name: `${name}-memory`,
    value: peak / 2 ** 20,
    unit: 'MiB',
    baseline: 'the bound of a query; grouping goes to disk at half of it',
    baselineValue: bound / 2 ** 20,
    ratio: bound / peak,
  };
}
