import type { CellOf, RecencyAnswer, RecencyRequest } from '@wutong/contract';
import { isEvent, propertyNumber } from './event-sql.ts';
import type { PeopleQuery } from './people-query.ts';
import { answerOf, runQuery, scaled } from './run-query.ts';
import {
  eventRows,
  PERSON,
  resolveScope,
  TIME,
  type AnalysisNeeds,
  type ResolvedScope,
} from './scope-sql.ts';

const DAY_MS = 86_400_000;

/**
 * One row a person: days since the last event, events, value, and a score for each. The score is the place of
 * the person among equal shares: 1 + floor(buckets · people below ÷ people), so that ties have one score.
 */
function scoredPeople(scope: ResolvedScope, request: RecencyRequest): string {
  const score = (order: string) =>
    `toUInt8(least(intDiv((rank() over (order by ${order}) - 1) * ${request.buckets}, count() over ()), ${request.buckets - 1}) + 1)`;
  return `select person, days, events, value, ${score('last')} as recency, ${score('events')} as frequency,
      ${score('value')} as value_score
    from (
      select ${PERSON} as person, max(${TIME}) as last, (${scope.to} - last) / ${DAY_MS} as days, count() as events,
        sum(ifNull(${propertyNumber(request.valueProperty)}, 0)) as value
      ${eventRows(scope, [request.event])} and ${isEvent(request.event, scope.bindings)}
      group by person
    )`;
}

/** Recency, frequency, value. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseRecency(needs: AnalysisNeeds, request: RecencyRequest): Promise<RecencyAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const rows = await runQuery<{
    recency: number;
    frequency: number;
    value_score: number;
    people: number;
    mean_days: number;
    mean_events: number;
    mean_value: number;
  }>(
    needs,
    scope,
    `select recency, frequency, value_score, count() as people, avg(days) as mean_days, avg(events) as mean_events,
       avg(value) as mean_value
     from (${scoredPeople(scope, request)})
     group by recency, frequency, value_score order by recency desc, frequency desc, value_score desc`,
  );
  const people = rows.reduce((sum, row) => sum + row.people, 0);
  return {
    ...answerOf(scope, people, startedAt),
    people: scaled(people, scope),
    cells: rows.map((row) => ({
      recency: row.recency,
      frequency: row.frequency,
      value: row.value_score,
      people: scaled(row.people, scope),
      meanDays: row.mean_days,
      meanEvents: row.mean_events,
      meanValue: row.mean_value,
    })),
  };
}

export async function peopleOfRecency(
  needs: AnalysisNeeds,
  request: RecencyRequest,
  cell: CellOf<'recency'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const among = (column: string, scores: number | number[] | undefined) =>
    scores === undefined
      ? 'true'
      : `${column} in (${[scores]
          .flat()
          .map((score) => scope.bindings.integer(score))
          .join(', ')})`;
  const conditions = [
    among('recency', cell.recency),
    among('frequency', cell.frequency),
    among('value_score', cell.value),
  ];
  return {
    scope,
    sql: `select person from (${scoredPeople(scope, request)}) where ${conditions.join(' and ')}`,
  };
}
