import type { CellOf, RetentionAnswer, RetentionRequest } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { groupRows } from './group-rows.ts';
import { isEvent } from './event-sql.ts';
import { peopleLookedAt } from './people-looked-at.ts';
import type { PeopleQuery } from './people-query.ts';
import { answerOf, runQuery, scaled } from './run-query.ts';
import {
  eventRows,
  groupSql,
  PERSON,
  resolveScope,
  TIME,
  type AnalysisNeeds,
  type ResolvedScope,
} from './scope-sql.ts';
import { onlyGroup, showGroups, type GroupedPeople } from './shown-groups.ts';
import { bucketIndexSql, bucketStarts, nextBucket, startOfBucket } from './time-buckets.ts';

/** Bits of the largest number ClickHouse can fold. */
const MAXIMUM_BITS = 255;
/** Groups of a breakdown are at most 50, and the others together. */
const MAXIMUM_GROUPS = 51;

/** Starts of the cohorts' periods, and of all periods up to the last one looked at (and the one after it). */
interface Calendar {
  readonly cohorts: number;
  readonly starts: readonly number[];
  readonly end: number;
}

function calendarOf(scope: ResolvedScope, request: RetentionRequest): Calendar {
  const starts = bucketStarts(scope.from, scope.to, request.unit, scope.timeZone);
  const cohorts = starts.length;
  let next = nextBucket(starts.at(-1)!, request.unit, scope.timeZone);
  for (let period = 0; period < request.periods; period++) {
    starts.push(next);
    next = nextBucket(next, request.unit, scope.timeZone);
  }
  if (starts.length > MAXIMUM_BITS) {
    throw new CodedError('analysis_invalid', {
      details: { reason: 'too_many_periods', maximum: MAXIMUM_BITS, periods: starts.length },
    });
  }
  return { cohorts, starts, end: next };
}

/**
 * One row a person and cohort: `person`, `cohort` (place of the period), `back` (bit p: came back in period p).
 * What a person did is two numbers with one bit for each period: no array, no join.
 */
async function retentionPeople(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: RetentionRequest,
  calendar: Calendar,
): Promise<GroupedPeople> {
  const group = request.breakdown && (await groupSql(needs, scope, request.breakdown));
  if (group?.of === 'row') {
    throw new CodedError('analysis_invalid', { details: { reason: 'breakdown_by_property' } });
  }
  const type = calendar.starts.length < 64 ? 'UInt64' : 'UInt256';
  const bit = `bitShiftLeft(to${type}(1), ${bucketIndexSql(TIME, calendar.starts)})`;
  const isStart = `${isEvent(request.start, scope.bindings)} and ${TIME} < ${scope.bindings.integer(scope.to)}`;
  const isReturn = isEvent(request.returning, scope.bindings);
  const marks = `select ${PERSON} as person, groupBitOrIf(${bit}, ${isStart}) as started,
      groupBitOrIf(${bit}, ${isReturn}) as returned
    ${eventRows(scope, [request.start, request.returning], { to: calendar.end })}
    group by person having started != 0`;
  const cohort =
    request.cohort === 'first'
      ? 'bitCount(bitAnd(bitNot(started), started - 1))'
      : `arrayJoin(arrayFilter(place -> bitTest(started, place), range(${calendar.cohorts})))`;
  const window = `to${type}('${((1n << BigInt(request.periods + 1)) - 1n).toString()}')`;
  const rows = `select person, ${cohort} as cohort, toUInt64(bitAnd(bitShiftRight(returned, cohort), ${window})) as back
    from (${marks})`;
  if (!group) return { sql: rows, hasGroup: false };
  return {
    sql: `select people.*, ${group.sql} as grp from (${rows}) as people ${group.join}`,
    hasGroup: true,
  };
}

function cameBack(request: RetentionRequest, period: number): string {
  return request.mode === 'on' ? `bitTest(back, ${period})` : `bitShiftRight(back, ${period}) != 0`;
}

interface CohortRow {
  cohort: number;
  grp: string;
  people: number;
  returned: number[];
}

/** Who comes back. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseRetention(
  needs: AnalysisNeeds,
  request: RetentionRequest,
): Promise<RetentionAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const calendar = calendarOf(scope, request);
  const people = await showGroups(
    needs,
    scope,
    await retentionPeople(needs, scope, request, calendar),
    request.breakdown,
  );
  const periods = Array.from({ length: request.periods + 1 }, (_, period) => period);
  const rows = await runQuery<CohortRow>(
    needs,
    scope,
    `select cohort, ${people.hasGroup ? 'grp' : "'' as grp"}, count() as people,
       [${periods.map((period) => `countIf(${cameBack(request, period)})`).join(', ')}] as returned
     from (${people.sql}) group by cohort, grp order by grp, cohort limit ${MAXIMUM_GROUPS * MAXIMUM_BITS}`,
  );
  // The others together have no place of their own: they stand last.
  const placeOf = (group: string) =>
    people.names.includes(group) ? people.names.indexOf(group) : people.names.length;
  const byGroup = [...groupRows(rows, (row) => row.grp)]
    .map(([group, lines]) => ({ group, lines }))
    .sort((one, other) => placeOf(one.group) - placeOf(other.group));
  const named = (group: string) => (people.hasGroup ? { group } : {});
  return {
    ...answerOf(scope, await peopleLookedAt(needs, scope, [request.start]), startedAt),
    unit: request.unit,
    cohorts: byGroup.flatMap(({ group, lines }) =>
      lines.map((line) => ({
        from: new Date(calendar.starts[line.cohort]!).toISOString(),
        ...named(group),
        people: scaled(line.people, scope),
        returned: line.returned.map((count, period) =>
          calendar.starts[line.cohort + period]! > scope.now ? null : scaled(count, scope),
        ),
      })),
    ),
    overall: byGroup.map(({ group, lines }) => ({
      ...named(group),
      ...overallOf(lines, periods, calendar, scope),
    })),
  };
}

/** How many cohorts, from the first on, have lived a whole period. */
function livedCohorts({ cohorts, starts, end }: Calendar, period: number, now: number): number {
  const places = Array.from({ length: cohorts }, (_, cohort) => starts[cohort + period + 1] ?? end);
  return places.filter((ends) => ends <= now).length;
}

/** Over cohorts that have lived the whole period. */
function overallOf(
  lines: readonly CohortRow[],
  periods: readonly number[],
  calendar: Calendar,
  scope: ResolvedScope,
): Omit<RetentionAnswer['overall'][number], 'group'> {
  const lived = periods.map((period) => {
    const cohorts = livedCohorts(calendar, period, scope.now);
    return lines.filter((line) => line.cohort < cohorts);
  });
  const people = lived.map((each) => each.reduce((sum, line) => sum + line.people, 0));
  const returned = lived.map((each, period) => each.reduce((sum, line) => sum + line.returned[period]!, 0));
  return {
    people: people.map((count) => scaled(count, scope)),
    returned: returned.map((count) => scaled(count, scope)),
    rates: people.map((count, period) => (count === 0 ? 0 : returned[period]! / count)),
  };
}

/** People of a cohort (or of all that have lived long enough), or those of it who came back in a period, or did not. */
export async function peopleOfRetention(
  needs: AnalysisNeeds,
  request: RetentionRequest,
  cell: CellOf<'retention'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const calendar = calendarOf(scope, request);
  const people = await retentionPeople(needs, scope, request, calendar);
  const conditions = ['true'];
  if (cell.cohort !== undefined) {
    const start = startOfBucket(Date.parse(cell.cohort), request.unit, scope.timeZone);
    conditions.push(`cohort = ${scope.bindings.integer(calendar.starts.indexOf(start))}`);
  } else {
    // Over all cohorts only those count that have lived the whole period, as in the answer.
    conditions.push(
      `cohort < ${scope.bindings.integer(livedCohorts(calendar, cell.period ?? 0, scope.now))}`,
    );
  }
  if (cell.period !== undefined) {
    const back = cameBack(request, cell.period);
    conditions.push(cell.returned ? back : `not (${back})`);
  }
  const asked = await onlyGroup(needs, scope, people, { group: cell.group, breakdown: request.breakdown });
  return { scope, sql: `select person from (${asked}) where ${conditions.join(' and ')}` };
}
