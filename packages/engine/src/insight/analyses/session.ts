import type { CellOf, SessionAnswer, SessionRequest } from '@wutong/contract';
import { ANY_EVENT, isEvent } from './event-sql.ts';
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

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const LENGTHS_MS = [
  0,
  1,
  10 * SECOND_MS,
  30 * SECOND_MS,
  ...[1, 3, 5, 10, 20, 30, 60].map((minutes) => minutes * MINUTE_MS),
];
const SHOWN_EVENTS = 20;

/** Rows of the events that sessions are made of. */
export function sessionRows(scope: ResolvedScope, events: SessionRequest['events']): string {
  const wanted = events.length > 0 ? events : [{ event: ANY_EVENT, where: [] }];
  const hasConditions = wanted.some((event) => event.where.length > 0);
  const where = hasConditions
    ? ` and (${wanted.map((event) => `(${isEvent(event, scope.bindings)})`).join(' or ')})`
    : '';
  return `${eventRows(scope, wanted)}${where}`;
}

/** One row a session: `person`, `begun` and `ended` (epoch ms), `events`, names of the first and last. */
function sessionsSql(scope: ResolvedScope, request: SessionRequest): string {
  return `select person, session[1].1 as begun, session[-1].1 as ended, length(session) as events,
      session[1].2 as entry, session[-1].2 as leaving
    from (
      select person, arraySplit((event, pause) -> pause > ${request.gapMs}, all_events,
        arrayDifference(arrayMap(event -> event.1, all_events))) as sessions
      from (
        select ${PERSON} as person, arraySort(groupArray((${TIME}, event))) as all_events
        ${sessionRows(scope, request.events)} group by person
      )
    ) array join sessions as session`;
}

interface BucketRow {
  bucket: number;
  whole: number;
  sessions: number;
  people: number;
  mean_ms: number;
  median_ms: number;
  mean_events: number;
  bounces: number;
  lengths: number[];
}

/** Visits and how long they are. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseSession(needs: AnalysisNeeds, request: SessionRequest): Promise<SessionAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const starts = bucketStarts(scope.from, scope.to, request.unit, scope.timeZone);
  const sessions = sessionsSql(scope, request);
  const lengths = LENGTHS_MS.map((from, index) => {
    const to = LENGTHS_MS[index + 1];
    return `countIf(ended - begun >= ${from}${to === undefined ? '' : ` and ended - begun < ${to}`})`;
  });
  const rows = await runQuery<BucketRow>(
    needs,
    scope,
    `select ${bucketIndexSql('begun', starts)} as bucket, grouping(bucket) as whole, count() as sessions,
       uniqExact(person) as people, avg(ended - begun) as mean_ms, quantileExactInclusive(0.5)(ended - begun) as median_ms,
       avg(events) as mean_events, countIf(events = 1) as bounces, [${lengths.join(', ')}] as lengths
     from (${sessions}) group by grouping sets ((bucket), ())`,
  );
  const all = rows.find((row) => row.whole === 1);
  const byBucket = new Map(rows.filter((row) => row.whole === 0).map((row) => [row.bucket, row]));
  const numbersOf = (row: BucketRow | undefined) => ({
    sessions: scaled(row?.sessions ?? 0, scope),
    people: scaled(row?.people ?? 0, scope),
    meanMs: row && row.sessions > 0 ? row.mean_ms : 0,
    meanEvents: row && row.sessions > 0 ? row.mean_events : 0,
    bounceShare: row && row.sessions > 0 ? row.bounces / row.sessions : 0,
  });
  return {
    ...answerOf(scope, all?.people ?? 0, startedAt),
    ...numbersOf(all),
    medianMs: all && all.sessions > 0 ? all.median_ms : 0,
    unit: request.unit,
    buckets: starts.map((start, index) => ({
      from: new Date(start).toISOString(),
      ...numbersOf(byBucket.get(index)),
    })),
    lengths: LENGTHS_MS.map((fromMs, index) => ({
      fromMs,
      toMs: LENGTHS_MS[index + 1] ?? null,
      sessions: scaled(all?.lengths[index] ?? 0, scope),
    })),
    ...(await readEnds(needs, scope, sessions)),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

async function readEnds(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  sessions: string,
): Promise<Pick<SessionAnswer, 'entries' | 'exits'>> {
  const rows = await runQuery<{ end: 'entry' | 'exit'; event: string; sessions: number }>(
    needs,
    scope,
    `select pair.1 as end, pair.2 as event, count() as sessions
     from (${sessions}) array join [('entry', toString(entry)), ('exit', toString(leaving))] as pair
     group by end, event order by sessions desc, event limit ${SHOWN_EVENTS} by end`,
  );
  const shown = (end: 'entry' | 'exit') =>
    rows
      .filter((row) => row.end === end)
      .map((row) => ({ event: row.event, sessions: scaled(row.sessions, scope) }));
  return { entries: shown('entry'), exits: shown('exit') };
}

/** People with a session of this bucket and length. */
export async function peopleOfSession(
  needs: AnalysisNeeds,
  request: SessionRequest,
  cell: CellOf<'session'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const { bindings } = scope;
  const conditions = [`ended - begun >= ${bindings.integer(cell.minimumMs)}`];
  if (cell.maximumMs !== undefined) conditions.push(`ended - begun < ${bindings.integer(cell.maximumMs)}`);
  if (cell.bucket !== undefined) {
    const start = startOfBucket(Date.parse(cell.bucket), request.unit, scope.timeZone);
    const end = nextBucket(start, request.unit, scope.timeZone);
    conditions.push(`begun >= ${bindings.integer(start)} and begun < ${bindings.integer(end)}`);
  }
  return {
    scope,
    sql: `select person from (${sessionsSql(scope, request)}) where ${conditions.join(' and ')}`,
  };
}
