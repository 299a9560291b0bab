import {
  OTHER_GROUP,
  type Breakdown,
  type CellOf,
  type Measure,
  type TrendAnswer,
  type TrendRequest,
} from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { groupRows } from './group-rows.ts';
import { isEvent, propertyNumber, propertyText } from './event-sql.ts';
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
import { shiftedPeriod } from './shift-period.ts';
import { bucketIndexSql, bucketStarts, nextBucket, startOfBucket } from './time-buckets.ts';

type SeriesLine = TrendAnswer['series'][number];
type Series = TrendRequest['series'][number];

/** A line as it was measured: null where nothing was there to be averaged. Counts and sums of nothing are 0. */
interface MeasuredLine extends Omit<SeriesLine, 'values' | 'total'> {
  readonly values: readonly (number | null)[];
  readonly total: number | null;
}

interface Measured extends Omit<TrendAnswer, 'series' | 'compared'> {
  readonly series: readonly MeasuredLine[];
  readonly compared?: {
    readonly from: string;
    readonly to: string;
    readonly series: readonly MeasuredLine[];
  };
}

/** Events over time, 0 where there are none. @throws CodedError as `measureTrend` */
export async function analyseTrend(needs: AnalysisNeeds, request: TrendRequest): Promise<TrendAnswer> {
  const { series, compared: before, ...said } = await measureTrend(needs, request);
  const shown = (lines: readonly MeasuredLine[]): SeriesLine[] =>
    lines.map((line) => ({
      ...line,
      values: line.values.map((value) => value ?? 0),
      total: line.total ?? 0,
    }));
  return {
    ...said,
    series: shown(series),
    ...(before ? { compared: { ...before, series: shown(before.series) } } : {}),
  };
}

/** What a trend shows, and where it has nothing to show. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function measureTrend(needs: AnalysisNeeds, request: TrendRequest): Promise<Measured> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const starts = bucketStarts(scope.from, scope.to, request.unit, scope.timeZone);
  const series = await readAllSeries(needs, scope, request, starts);
  const before = request.compare && (await compared(needs, scope, request));
  return {
    ...answerOf(scope, await peopleLookedAt(needs, scope, request.series), startedAt),
    unit: request.unit,
    buckets: starts.map((start) => new Date(start).toISOString()),
    series,
    ...(before ? { compared: before } : {}),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

async function compared(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: TrendRequest,
): Promise<Measured['compared']> {
  const lastDays = 'lastDays' in request.period ? request.period.lastDays : undefined;
  const times = shiftedPeriod({ ...scope, lastDays }, request.compare!, scope.timeZone);
  const earlier = {
    ...(await resolveScope(needs, request)),
    ...times,
  };
  const starts = bucketStarts(times.from, times.to, request.unit, scope.timeZone);
  return {
    from: new Date(times.from).toISOString(),
    to: new Date(times.to).toISOString(),
    series: await readAllSeries(needs, earlier, request, starts),
  };
}

async function readAllSeries(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: TrendRequest,
  starts: readonly number[],
): Promise<MeasuredLine[]> {
  const lines: MeasuredLine[] = [];
  for (const [index, series] of request.series.entries()) {
    lines.push(...(await readSeries(needs, scope, request, { index, series }, starts)));
  }
  return lines;
}

/** Rows of one series, to be read as `with ${names} select … from …`. */
interface SeriesRows {
  /** `person`, `at` (epoch ms), and `grp` and `value` where they are needed. */
  readonly names: string;
  readonly from: string;
}

/**
 * Names and `from … where …` and not a query of its own: a shard aggregates what it is asked in one query, and
 * sends the rows of a query within another.
 */
async function seriesRows(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  series: Series,
  breakdown: Breakdown | undefined,
): Promise<SeriesRows> {
  const group = breakdown && (await groupSql(needs, scope, breakdown));
  const { measure } = series;
  const value =
    'property' in measure
      ? `, ${measure.kind === 'distinct' ? propertyText(measure.property) : propertyNumber(measure.property)} as value`
      : '';
  const names = `${PERSON} as person, ${TIME} as at${value}`;
  const from = `${eventRows(scope, [series])} and ${isEvent(series, scope.bindings)}`;
  if (!group) return { names, from };
  if (group.of === 'row' || group.join === '') return { names: `${names}, ${group.sql} as grp`, from };
  return {
    names: `${group.sql} as grp`,
    from: `from (select ${names} ${from}) as events ${group.join} where true`,
  };
}

function measureSql(measure: Measure): string {
  switch (measure.kind) {
    case 'count':
      return 'count()';
    case 'people':
      return 'uniqExact(person)';
    case 'perPerson':
      return 'count() / uniqExact(person)';
    case 'median':
      return 'quantileExactInclusive(0.5)(value)';
    case 'p90':
      return 'quantileExactInclusive(0.9)(value)';
    case 'distinct':
      return "uniqExactIf(value, value != '')";
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return `${measure.kind}(value)`;
  }
}

/** Measures that grow with the number of people looked at. */
const EXTENSIVE = new Set<Measure['kind']>(['count', 'people', 'sum']);

async function readSeries(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: TrendRequest,
  { index, series }: { index: number; series: Series },
  starts: readonly number[],
): Promise<MeasuredLine[]> {
  const rows = await seriesRows(needs, scope, series, request.breakdown);
  const top = request.breakdown && (await topGroups(needs, scope, rows, request.breakdown.limit));
  const group = top
    ? `if(has(${scope.bindings.bind('Array(String)', top)}, grp), grp, '${OTHER_GROUP}')`
    : "''";
  const read = await runQuery<{ shown: string; bucket: number; whole: number; measured: number | null }>(
    needs,
    scope,
    `with ${rows.names} select ${group} as shown, ${bucketIndexSql('at', starts)} as bucket, grouping(bucket) as whole,
       toFloat64OrNull(toString(${measureSql(series.measure)})) as measured
     ${rows.from} group by grouping sets ((shown, bucket), (shown))`,
  );
  const isExtensive = EXTENSIVE.has(series.measure.kind);
  const nothing = isExtensive || series.measure.kind === 'distinct' ? 0 : null;
  const scale = (value: number | null) => (isExtensive ? scaled(value ?? 0, scope) : (value ?? nothing));
  const order = top ? new Set([...top, OTHER_GROUP]) : new Set(['']);
  const byGroup = groupRows(read, (row) => row.shown);
  return [...order]
    .filter((name) => !top || byGroup.has(name))
    .map((name) => {
      const values = starts.map((): number | null => nothing);
      let total: number | null = nothing;
      for (const row of byGroup.get(name) ?? []) {
        if (row.whole === 1) total = scale(row.measured);
        else values[row.bucket] = scale(row.measured);
      }
      return {
        series: index,
        title: series.title ?? series.event,
        ...(top ? { group: name } : {}),
        values,
        total,
      };
    });
}

async function topGroups(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  rows: SeriesRows,
  limit: number,
): Promise<string[]> {
  const read = await runQuery<{ grp: string }>(
    needs,
    scope,
    `with ${rows.names} select grp ${rows.from} group by grp order by count() desc, grp limit ${limit}`,
  );
  return read.map((row) => row.grp);
}

/** People behind a number of the chart. */
export async function peopleOfTrend(
  needs: AnalysisNeeds,
  request: TrendRequest,
  cell: CellOf<'trend'>,
): Promise<PeopleQuery> {
  const series = request.series[cell.series];
  if (!series || (cell.group !== undefined && !request.breakdown)) {
    throw new CodedError('analysis_invalid', { details: { reason: 'no_such_group' } });
  }
  const scope = await resolveScope(needs, request);
  const rows = await seriesRows(
    needs,
    scope,
    series,
    cell.group === undefined ? undefined : request.breakdown,
  );
  const conditions = ['true'];
  if (cell.group === OTHER_GROUP) {
    const top = await topGroups(needs, scope, rows, request.breakdown!.limit);
    conditions.push(`not has(${scope.bindings.bind('Array(String)', top)}, grp)`);
  } else if (cell.group !== undefined) conditions.push(`grp = ${scope.bindings.string(cell.group)}`);
  if (cell.bucket !== undefined) {
    const start = startOfBucket(Date.parse(cell.bucket), request.unit, scope.timeZone);
    const end = nextBucket(start, request.unit, scope.timeZone);
    conditions.push(`at >= ${scope.bindings.integer(start)} and at < ${scope.bindings.integer(end)}`);
  }
  return { scope, sql: `with ${rows.names} select person ${rows.from} and ${conditions.join(' and ')}` };
}
