import { presentPerson } from '../../identity/index.ts';
import type { ClickHouse } from '../../platform/index.ts';

const PERSON = presentPerson('person_id', 'key_number');

/** Wutong's own facts by name; times bound in epoch ms. */
export interface FactRow {
  event: string;
  facts: number;
  today: number;
}

export function countFacts(clickhouse: ClickHouse, dayStart: number): Promise<FactRow[]> {
  return clickhouse.query<FactRow>(
    `select event, count() as facts, countIf(time >= fromUnixTimestamp64Milli({dayStart:Int64}, 'UTC')) as today
     from event prewhere source_id = '$wutong' group by event`,
    { dayStart },
  );
}

/** People who came as far as each stage of the loop. Those who responded and those who converted are both of the reached. */
export async function countStages(
  clickhouse: ClickHouse,
): Promise<{ in_strategy: number; reached: number; responded: number; converted: number }> {
  const rows = await clickhouse.query<{
    in_strategy: number;
    reached: number;
    responded: number;
    converted: number;
  }>(
    `select count() as in_strategy, countIf(was_reached) as reached,
       countIf(was_reached and has_responded) as responded, countIf(was_reached and has_converted) as converted
     from (
       select ${PERSON} as person,
         countIf(event = '$strategy_entered') > 0 as has_entered,
         countIf(event = '$message_delivered') > 0 as was_reached,
         countIf(event in ('$message_clicked', '$message_replied', '$task_outcome')) > 0 as has_responded,
         countIf(event = '$goal_reached') > 0 as has_converted
       from event
       prewhere event in ('$strategy_entered', '$message_delivered', '$message_clicked', '$message_replied',
         '$task_outcome', '$goal_reached')
       group by person having has_entered
     )`,
  );
  return rows[0]!;
}

/** Collected events: all, received today, and received in the last `minutes`. */
export async function countEvents(
  clickhouse: ClickHouse,
  times: { dayStart: number; now: number; minutes: number },
): Promise<{ events: number; today: number; recent: number }> {
  const rows = await clickhouse.query<{ events: number; today: number; recent: number }>(
    `select count() as events,
       countIf(received_at >= fromUnixTimestamp64Milli({dayStart:Int64}, 'UTC')) as today,
       countIf(received_at > fromUnixTimestamp64Milli({recentFrom:Int64}, 'UTC')) as recent
     from event where source_id != '$wutong'`,
    { dayStart: times.dayStart, recentFrom: times.now - times.minutes * 60_000 },
  );
  return rows[0]!;
}

/** Collected events by hour of their own time, from `from` up to and without `to` (epoch ms, whole hours). */
export async function countHours(
  clickhouse: ClickHouse,
  from: number,
  to: number,
): Promise<Map<number, number>> {
  const rows = await clickhouse.query<{ hour: number; events: number }>(
    `select toUnixTimestamp(toStartOfHour(time)) * 1000 as hour, count() as events
     from event
     where time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       and source_id != '$wutong'
     group by hour`,
    { from, to },
  );
  return new Map(rows.map((row) => [row.hour, row.events]));
}
