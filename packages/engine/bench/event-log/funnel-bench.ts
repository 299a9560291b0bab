import { PERSON } from '../../src/insight/analyses/scope-sql.ts';
import type { BenchContext, BenchRow } from '../bench-context.ts';
import { askFunnel, FUNNEL_WINDOW_MS } from './ask-questions.ts';
import { benchAnalysis, statement } from './compare-statements.ts';
import { sharedLog } from './shared-log.ts';

/**
 * A funnel of these events over 90 days with a window of 14, against PostHog's funnel (aggregate_funnel_array):
 * an array of (time, uuid, steps) for each person, sorted. Its function is an outside program; in its place the array
 * is walked once for each step from the first event of the step before, which is the least it could do.
 */
export async function benchFunnel(
  name: string,
  steps: readonly string[],
  context: BenchContext,
): Promise<BenchRow[]> {
  const platform = await sharedLog(context);
  const names = steps.map((step) => `'${step}'`).join(', ');
  const bits = `multiIf(${steps.map((step, index) => `event = '${step}', ${2 ** index}`).join(', ')}, 0)`;
  const numbered = steps
    .map((step, index) => `multiply(${index + 1}, if(event = '${step}', 1, 0))`)
    .join(', ');
  const firstAfter = (step: number, condition: string) =>
    `arrayFirstIndex((each, place) -> has(each.4, ${step})${condition}, events, places) as step${step}`;
  // `began` is a column of a query inside: a lambda that looks into the array would copy it for each of its events.
  const later = steps
    .slice(1)
    .map((_, index) =>
      firstAfter(
        index + 2,
        ` and step${index + 1} > 0 and place > step${index + 1} and each.1 - began <= ${FUNNEL_WINDOW_MS / 1_000}`,
      ),
    );
  return benchAnalysis(
    name,
    {
      ours: { name: 'ours', run: () => askFunnel(platform, steps) },
      peers: statement(
        platform.clickhouse,
        'an array of events for each person (PostHog), a greedy chain for its function',
        `select ${steps.map((_, index) => `countIf(step${index + 1} > 0)`).join(', ')} from (
           select step1, ${later.join(', ')} from (
             select events, places, step1, events[step1].1 as began from (
               select events, arrayEnumerate(events) as places, ${firstAfter(1, '')} from (
                 select person_id, arraySort(each -> each.1, groupArray(tuple(toFloat64(time), event_id, [],
                   arrayFilter(step -> step != 0, [${numbered}])))) as events
                 from event where event in (${names}) group by person_id))))`,
      ),
      others: {
        [`${name}-array`]: statement(
          platform.clickhouse,
          'that array alone, built, sorted and counted: a bound below any function on it',
          `select count(), sum(length(events)) from (
             select person_id, arraySort(each -> each.1, groupArray(tuple(toFloat64(time), event_id, [],
               arrayFilter(step -> step != 0, [${numbered}])))) as events
             from event where event in (${names}) group by person_id)`,
        ),
      },
      least: statement(
        platform.clickhouse,
        'one scan of the same columns with the same grouping',
        `select seen, count(), sum(rows), max(newest) from (
             select ${PERSON} as person, count() as rows, max(time) as newest, groupBitOr(${bits}) as seen
             from event where event in (${names}) group by person) group by seen`,
      ),
    },
    (text) => context.say(text),
    'of 8 steps, two thirds of the processor time are reading, grouping in blocks and sorting, the rest the steps',
  );
}
