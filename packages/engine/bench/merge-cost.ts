import { funnelRequestSchema } from '@wutong/contract';
import { analyseFunnel } from '../src/insight/analyses/funnel.ts';
import type { Platform } from '../src/platform/index.ts';
import type { Bench } from './bench-context.ts';
import { LOG_FROM_MS, LOG_TO_MS, PEOPLE } from './event-log/fill-events.ts';
import { sharedLog } from './event-log/shared-log.ts';
import { withoutRooms } from './event-log/without-rooms.ts';

const STEPS = ['view_product', 'start_purchase', 'purchase'];
const WINDOW_MS = 14 * 86_400_000;
/** One person in a hundred is merged into the next one, after all of their events. */
const MERGED_ONE_IN = 100;
const TURNS = 5;

/** A funnel of three steps with one person in a hundred merged after their events, against the same with none. */
export const run: Bench = async (context) => {
  const platform = await sharedLog(context);
  const seconds: { none: number[]; merged: number[] } = { none: [], merged: [] };
  const found: number[][] = [];
  // Turn by turn, so that whatever else the machine does meets both alike; the first turn is to warm up.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const way of ['none', 'merged'] as const) {
      if (way === 'merged') await mergePeople(platform);
      const startedAt = performance.now();
      const people = await countFunnel(platform);
      if (turn === 0) found.push(people);
      else seconds[way].push((performance.now() - startedAt) / 1000);
      if (way === 'merged') await platform.clickhouse.command('truncate table identity_override');
    }
  }
  if (found[0]![0]! <= found[1]![0]!) throw new Error('the merges are not seen');
  const value = median(seconds.merged);
  const baselineValue = median(seconds.none);
  context.say(`none ${baselineValue.toFixed(3)} s, one in ${MERGED_ONE_IN} ${value.toFixed(3)} s`);
  return [
    {
      name: 'merge-cost',
      value,
      unit: 's',
      baseline: 'the same funnel with nobody merged',
      baselineValue,
      ratio: baselineValue / value,
      note: `${(value / baselineValue).toFixed(3)} times the time (the aim: at most 1.3); ${PEOPLE / MERGED_ONE_IN} keys moved`,
    },
  ];
};

/** What the relay of moved keys writes. */
async function mergePeople(platform: Platform): Promise<void> {
  await platform.clickhouse.command(
    `insert into identity_override (key_number, person_id, version)
     select number * ${MERGED_ONE_IN} + 2, number * ${MERGED_ONE_IN} + 1, 1 from numbers({merged:UInt64})`,
    { merged: PEOPLE / MERGED_ONE_IN },
  );
}

async function countFunnel(platform: Platform): Promise<number[]> {
  const request = funnelRequestSchema.parse({
    period: { from: new Date(LOG_FROM_MS).toISOString(), to: new Date(LOG_TO_MS).toISOString() },
    steps: STEPS.map((event) => ({ event })),
    windowMs: WINDOW_MS,
  });
  const { steps } = await analyseFunnel(withoutRooms(platform), request);
  return steps.map((step) => step.people);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
