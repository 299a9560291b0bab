import type { CellOf, LifetimeValueAnswer, LifetimeValueRequest } from '@wutong/contract';
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
import { bucketIndexSql, bucketStarts, nextBucket, startOfBucket } from './time-buckets.ts';

interface Calendar {
  readonly starts: readonly number[];
  readonly end: number;
}

/** Periods of the cohorts and the ones after, as many as the last cohort needs; none begins after now. */
function calendarOf(scope: ResolvedScope, request: LifetimeValueRequest): Calendar {
  const starts = bucketStarts(scope.from, scope.to, request.unit, scope.timeZone);
  let next = nextBucket(starts.at(-1)!, request.unit, scope.timeZone);
  for (let period = 1; period < request.periods && next <= scope.now; period++) {
    starts.push(next);
    next = nextBucket(next, request.unit, scope.timeZone);
  }
  return { starts, end: next };
}

/** One row a person: `person`, `cohort`, and `periods` and `amounts` of each value since the start. */
function valuedPeople(
  scope: ResolvedScope,
  request: LifetimeValueRequest,
  { starts, end }: Calendar,
): string {
  const { bindings } = scope;
  const isStart = `${isEvent(request.start, bindings)} and ${TIME} < ${bindings.integer(scope.to)}`;
  const isValue = isEvent(request.value, bindings);
  const amount =
    request.valueProperty === undefined
      ? 'toFloat64(1)'
      : `ifNull(${propertyNumber(request.valueProperty)}, 0)`;
  return `select person, ${bucketIndexSql('begun', starts)} as cohort,
      arrayFilter(each -> each.1 >= begun, valued) as kept,
      arrayMap(each -> toInt64(${bucketIndexSql('each.1', starts)}) - toInt64(cohort), kept) as periods,
      arrayMap(each -> each.2, kept) as amounts
    from (
      select ${PERSON} as person, minIf(${TIME}, ${isStart}) as begun, countIf(${isStart}) as begins,
        groupArrayIf((${TIME}, ${amount}), ${isValue}) as valued
      ${eventRows(scope, [request.start, request.value], { to: end })}
      group by person having begins > 0
    )`;
}

/** What people are worth after their start. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseLifetimeValue(
  needs: AnalysisNeeds,
  request: LifetimeValueRequest,
): Promise<LifetimeValueAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const calendar = calendarOf(scope, request);
  const rows = await runQuery<{ cohort: number; people: number; sums: [number[], number[]] }>(
    needs,
    scope,
    `select cohort, count() as people, sumMap(periods, amounts) as sums
     from (${valuedPeople(scope, request, calendar)}) group by cohort order by cohort`,
  );
  // A cohort that has just begun would pull down what is said of periods it has not lived to the end.
  const endOf = (cohort: number, period: number) => calendar.starts[cohort + period + 1] ?? calendar.end;
  const cohorts = rows.map(({ cohort, people, sums: [periods, amounts] }) => {
    const amountOf = new Map(periods.map((period, index) => [period, amounts[index]!]));
    let sum = 0;
    const cumulative = Array.from({ length: request.periods }, (_, period) => {
      sum += amountOf.get(period) ?? 0;
      const begins = calendar.starts[cohort + period];
      return begins === undefined || begins > scope.now ? null : sum / people;
    });
    return { cohort, people, cumulative };
  });
  return {
    ...answerOf(
      scope,
      rows.reduce((sum, row) => sum + row.people, 0),
      startedAt,
    ),
    unit: request.unit,
    cohorts: cohorts.map(({ cohort, people, cumulative }) => ({
      from: new Date(calendar.starts[cohort]!).toISOString(),
      people: scaled(people, scope),
      cumulative,
    })),
    overall: Array.from({ length: request.periods }, (_, period) => {
      const lived = cohorts.filter(({ cohort }) => endOf(cohort, period) <= scope.now);
      const people = lived.reduce((sum, each) => sum + each.people, 0);
      const value = lived.reduce((sum, each) => sum + each.people * each.cumulative[period]!, 0);
      return { period, people: scaled(people, scope), perPerson: people === 0 ? 0 : value / people };
    }),
  };
}

/** People of a cohort, or those of it with some value. */
export async function peopleOfLifetimeValue(
  needs: AnalysisNeeds,
  request: LifetimeValueRequest,
  cell: CellOf<'lifetime_value'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const calendar = calendarOf(scope, request);
  const start = startOfBucket(Date.parse(cell.cohort), request.unit, scope.timeZone);
  const place = scope.bindings.integer(calendar.starts.indexOf(start));
  const payers = cell.payers ? ` and arraySum(amounts) > 0` : '';
  return {
    scope,
    sql: `select person from (${valuedPeople(scope, request, calendar)}) where cohort = ${place}${payers}`,
  };
}
