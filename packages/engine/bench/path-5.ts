import { PERSON } from '../src/insight/analyses/scope-sql.ts';
import type { Bench } from './bench-context.ts';
import { askPaths } from './event-log/ask-questions.ts';
import { benchAnalysis, statement } from './event-log/compare-statements.ts';
import { sharedLog } from './event-log/shared-log.ts';

/**
 * Paths of five steps over all events of 90 days, cut where nothing happens for a day, repeats merged, against
 * PostHog's paths: names and times in arrays for each person, split, compacted and joined out step by step.
 */
export const run: Bench = async (context) => {
  const platform = await sharedLog(context);
  return await benchAnalysis(
    'path-5',
    {
      ours: { name: 'ours', run: () => askPaths(platform) },
      peers: statement(
        platform.clickhouse,
        'arrays of names and times for each person (PostHog)',
        PEERS_PATHS,
      ),
      least: statement(
        platform.clickhouse,
        'one scan of the same columns with the same grouping',
        `select count(), sum(rows), max(newest) from (
             select ${PERSON} as person, countIf(event = 'login') as rows, max(time) as newest from event
             where source_id != '$wutong' group by person)`,
      ),
    },
    (text) => context.say(text),
    'half of the processor time is reading, grouping in blocks and sorting, a tenth the names, the rest marks and steps',
  );
};

const PEERS_PATHS = `
  select last_path_key, path_key, count() as event_count, avg(conversion_time) as average_conversion_time from (
    select person_id, joined.1 as path, joined.2 as conversion_time, joined.3 as previous, place,
      concat(toString(place), '_', path) as path_key,
      if(place > 1, concat(toString(place - 1), '_', previous), null) as last_path_key
    from (
      select person_id, arraySlice(compact_path, 1, 5) as limited_path, arraySlice(compact_times, 1, 5) as limited_times,
        arrayZip(limited_path, arrayDifference(limited_times), arrayPopBack(arrayPushFront(limited_path, ''))) as steps
      from (
        select person_id, session.1 as names, session.2 as times,
          arrayMap((name, before) -> if(name = before, 0, 1), names, arrayPopBack(arrayPushFront(names, ''))) as mapping,
          arrayFilter((name, kept) -> kept, names, mapping) as compact_path,
          arrayFilter((time, kept) -> kept, times, mapping) as compact_times
        from (
          select person_id, groupArray(at) as timing, groupArray(name) as paths,
            arrayZip(paths, timing, arrayDifference(timing)) as tuples,
            arraySplit(each -> if(each.3 <= 86400, 0, 1), tuples) as sessions
          from (select person_id, toUnixTimestamp64Milli(time) / 1000 as at, toString(event) as name from event
                where source_id != '$wutong' order by person_id, time)
          group by person_id
        ) array join sessions as session
      )
    ) array join steps as joined, arrayEnumerate(steps) as place
  ) group by last_path_key, path_key order by event_count desc limit 1000`;
