import type { CellOf, IntervalAnswer, IntervalRequest } from '@wutong/contract';
import { isEvent, propertyText } from './event-sql.ts';
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

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BOUNDS_MS = [
  0,
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 366, 731].map((days) => days * DAY_MS),
];

/** One row a person: `person` and `gaps`, the ms between each `first` and the `next` right after it. */
function personGaps(scope: ResolvedScope, request: IntervalRequest): string {
  const { bindings } = scope;
  const [isFirst, isThen] = [isEvent(request.first, bindings), isEvent(request.next, bindings)];
  const same = request.sameProperty === undefined ? undefined : propertyText(request.sameProperty);
  const key = same === undefined ? 'person' : 'person, same';
  // Two marks below the time; at one instant the first stands before the second.
  const packed = `bitShiftLeft(${TIME}, 2) + marks`;
  const pairs = `arrayFilter((gap, before, after) -> bitTest(before, 0) and bitTest(after, 1) and gap <= ${request.maximumMs},
    arrayMap((before, after) -> bitShiftRight(after, 2) - bitShiftRight(before, 2), arrayPopBack(events), arrayPopFront(events)),
    arrayPopBack(events), arrayPopFront(events))`;
  return `select person, ${pairs} as gaps from (
      select person, arraySort(groupArray(${packed})) as events
      from (
        select ${PERSON} as person, time, toUInt64(${isFirst}) + 2 * toUInt64(${isThen}) as marks
          ${same === undefined ? '' : `, ${same} as same`}
        ${eventRows(scope, [request.first, request.next])}
      )
      where marks > 0${same === undefined ? '' : " and same != ''"} group by ${key}
    ) where notEmpty(gaps)`;
}

/** Time between two events. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseInterval(
  needs: AnalysisNeeds,
  request: IntervalRequest,
): Promise<IntervalAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const bounds = BOUNDS_MS.filter((bound) => bound < request.maximumMs);
  const ends = bounds.map((_, index) => bounds[index + 1] ?? request.maximumMs + 1);
  const bins = bounds.map((from, index) => `countIf(gap >= ${from} and gap < ${ends[index]})`);
  const [row] = await runQuery<{
    pairs: number;
    people: number;
    quantiles: number[];
    mean: number;
    low: number;
    high: number;
    bins: number[];
  }>(
    needs,
    scope,
    `select count() as pairs, uniqExact(person) as people, quantilesExactInclusive(0.25, 0.5, 0.75, 0.9)(gap) as quantiles,
       avg(gap) as mean, min(gap) as low, max(gap) as high, [${bins.join(', ')}] as bins
     from (${personGaps(scope, request)}) array join gaps as gap`,
  );
  const isEmpty = row!.pairs === 0;
  const [p25 = 0, median = 0, p75 = 0, p90 = 0] = isEmpty ? [] : row!.quantiles;
  return {
    ...answerOf(scope, row!.people, startedAt),
    pairs: scaled(row!.pairs, scope),
    people: scaled(row!.people, scope),
    minMs: row!.low,
    p25Ms: p25,
    medianMs: median,
    p75Ms: p75,
    p90Ms: p90,
    maxMs: row!.high,
    meanMs: isEmpty ? 0 : row!.mean,
    histogram: bounds.map((fromMs, index) => ({
      fromMs,
      toMs: Math.min(ends[index]!, request.maximumMs),
      pairs: scaled(row!.bins[index]!, scope),
    })),
  };
}

/** People with a gap of this length. */
export async function peopleOfInterval(
  needs: AnalysisNeeds,
  request: IntervalRequest,
  cell: CellOf<'interval'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  // The last bin ends with the longest gap there is, which is in it.
  const end = cell.toMs === request.maximumMs ? cell.toMs + 1 : cell.toMs;
  const [from, to] = [scope.bindings.integer(cell.fromMs), scope.bindings.integer(end)];
  return {
    scope,
    sql: `select person from (${personGaps(scope, request)}) where arrayExists(gap -> gap >= ${from} and gap < ${to}, gaps)`,
  };
}
