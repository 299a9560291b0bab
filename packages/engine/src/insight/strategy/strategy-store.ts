import type { ClickHouse } from '../../platform/index.ts';
import { presentPerson } from '../../identity/index.ts';

const PERSON = presentPerson('person_id', 'key_number');

/** What a strategy's people are read by. */
export interface StrategyScope {
  readonly strategyId: string;
  /** Split node whose branches are the contents compared; undefined: the strategy has none. */
  readonly contentSplit: string | undefined;
}

/**
 * One row a person that entered: the first entry decides the group, any goal counts once, whatever was merged
 * or entered again later. Facts are found by name and strategy; only their columns are read.
 */
const PEOPLE = `
  select
    ${PERSON} as person,
    minIf(time, event = '$strategy_entered') as entered_at,
    argMinIf(ifNull(properties.holdout.:Bool, false), time, event = '$strategy_entered') as is_holdout,
    countIf(event = '$goal_reached') > 0 as has_converted,
    minIf(time, event = '$goal_reached') as converted_at,
    argMinIf(ifNull(properties.outcome.:String, ''), time, event = '$node_passed') as variant,
    countIf(event = '$message_clicked') > 0 as has_clicked
  from event
  prewhere event in ('$strategy_entered', '$goal_reached', '$node_passed', '$message_clicked')
  where properties.strategy_id.:String = {strategyId:String}
    and (event != '$node_passed' or properties.node_id.:String = {contentSplit:String})
  group by person
  having countIf(event = '$strategy_entered') > 0`;

export interface GroupRow {
  is_holdout: boolean;
  variant: string;
  people: number;
  converted: number;
  clicked: number;
  entered_from: number;
  entered_to: number;
}

/** People by group and content variant. No rows when nobody entered. */
export function readGroups(clickhouse: ClickHouse, scope: StrategyScope): Promise<GroupRow[]> {
  return clickhouse.query<GroupRow>(
    `select is_holdout, if(is_holdout, '', variant) as variant, count() as people,
       countIf(has_converted) as converted, countIf(has_clicked) as clicked,
       toUnixTimestamp64Milli(min(entered_at)) as entered_from,
       toUnixTimestamp64Milli(max(entered_at)) as entered_to
     from (${PEOPLE}) group by is_holdout, variant order by is_holdout, variant`,
    bound(scope),
  );
}

export interface DayRow {
  is_holdout: boolean;
  watched_days: number;
  /** −1: not converted. */
  converted_on_day: number;
  people: number;
}

/** People by group, days since entry, and day of conversion: at most (days)² rows. `now` in epoch ms. */
export function readDays(clickhouse: ClickHouse, scope: StrategyScope, now: number): Promise<DayRow[]> {
  return clickhouse.query<DayRow>(
    `select is_holdout,
       greatest(0, intDiv({now:Int64} - toUnixTimestamp64Milli(entered_at), 86400000)) as watched_days,
       if(has_converted,
         greatest(0, intDiv(toUnixTimestamp64Milli(converted_at) - toUnixTimestamp64Milli(entered_at), 86400000)),
         -1) as converted_on_day,
       count() as people
     from (${PEOPLE}) group by all`,
    { ...bound(scope), now },
  );
}

export interface InstitutionRow {
  institution_id: string;
  is_holdout: boolean;
  people: number;
  converted: number;
}

/** People by group and an attribute of theirs. `column` is the catalogue's, already quoted. */
export function readInstitutions(
  clickhouse: ClickHouse,
  scope: StrategyScope,
  column: string,
): Promise<InstitutionRow[]> {
  return clickhouse.query<InstitutionRow>(
    `select ifNull(toString(attribute), '') as institution_id, is_holdout, count() as people,
       countIf(has_converted) as converted
     from (${PEOPLE}) as entered
     left join (select person_id, ${column} as attribute from person final) as portrait
       on portrait.person_id = entered.person
     group by institution_id, is_holdout order by institution_id limit 20000`,
    bound(scope),
  );
}

/** Names of entities by id; entities without a name are absent. */
export async function readEntityTitles(
  clickhouse: ClickHouse,
  entity: { table: string; column: string },
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await clickhouse.query<{ entity_id: string; title: string }>(
    `select entity_id, assumeNotNull(toString(${entity.column})) as title from ${entity.table} final
      where entity_id in {ids:Array(String)} and ${entity.column} is not null`,
    { ids },
  );
  return new Map(rows.map((row) => [row.entity_id, row.title]));
}

/** Outcomes of a strategy's tasks: the last word on each task counts. */
export function readTaskOutcomes(
  clickhouse: ClickHouse,
  strategyId: string,
): Promise<{ outcome: string; tasks: number }[]> {
  return clickhouse.query(
    `select outcome, count() as tasks from (
       select argMax(ifNull(properties.outcome.:String, ''), time) as outcome
       from event prewhere event = '$task_outcome'
       where properties.strategy_id.:String = {strategyId:String}
       group by properties.message_id.:String
     ) group by outcome order by outcome`,
    { strategyId },
  );
}

/** Events collected from sources; Wutong's own facts are not among them. */
export async function countCollected(clickhouse: ClickHouse): Promise<number> {
  const rows = await clickhouse.query<{ events: number }>(
    `select count() as events from event where source_id != '$wutong'`,
  );
  return rows[0]?.events ?? 0;
}

function bound(scope: StrategyScope): Record<string, unknown> {
  return { strategyId: scope.strategyId, contentSplit: scope.contentSplit ?? '' };
}
