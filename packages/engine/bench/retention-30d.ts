import { PERSON } from '../src/insight/analyses/scope-sql.ts';
import type { Bench } from './bench-context.ts';
import { askRetention, RETENTION_DAYS } from './event-log/ask-questions.ts';
import { benchAnalysis, statement } from './event-log/compare-statements.ts';
import { sharedLog } from './event-log/shared-log.ts';

/**
 * Daily retention over 30 days, a cohort for each day of a login, coming back by viewing a product, against
 * PostHog's retention: unique days of both in arrays for each person, joined out and counted.
 */
export const run: Bench = async (context) => {
  const platform = await sharedLog(context);
  const rows = (days: number) => `from event where event in ('login', 'view_product')
      and time >= toDateTime64('2026-01-01', 3, 'UTC') and time < toDateTime64('2026-01-01', 3, 'UTC') + interval ${days} day`;
  return await benchAnalysis(
    'retention-30d',
    {
      ours: { name: 'ours', run: () => askRetention(platform) },
      peers: statement(
        platform.clickhouse,
        'arrays of days for each person, joined out (PostHog)',
        `select start_index, gap, count(distinct person_id) as people from (
             select person_id, arrayMap(day -> toStartOfDay(toDateTime('2026-01-01', 'UTC')) + toIntervalDay(day), range(${RETENTION_DAYS + RETENTION_DAYS})) as days,
               arraySort(groupUniqArrayIf(toStartOfDay(time), event = 'login')) as starts,
               arraySort(groupUniqArrayIf(toStartOfDay(time), event = 'view_product')) as returns,
               arrayJoin(arrayFilter(index -> index >= 0 and index < ${RETENTION_DAYS}, arrayMap(day -> toInt64(indexOf(days, day)) - 1, starts))) as start_index,
               arrayJoin(arrayConcat([-1], arrayFilter(index -> index >= 0 and index <= ${RETENTION_DAYS},
                 arrayMap(day -> toInt64(indexOf(days, day)) - 1 - start_index, returns)))) as gap
             ${rows(RETENTION_DAYS + RETENTION_DAYS)} group by person_id
           ) group by start_index, gap order by start_index, gap limit 100000`,
      ),
      least: statement(
        platform.clickhouse,
        'one scan of the same columns with the same grouping',
        `select count(), sum(rows), max(newest) from (
             select ${PERSON} as person, countIf(event = 'login') as rows, max(time) as newest ${rows(RETENTION_DAYS + RETENTION_DAYS)} group by person)`,
      ),
    },
    (text) => context.say(text),
  );
};
