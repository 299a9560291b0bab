import {
  OTHER_GROUP,
  type CellOf,
  type DistributionAnswer,
  type DistributionRequest,
  type Spread,
} from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { isEvent, propertyNumber, propertyText } from './event-sql.ts';
import type { PeopleQuery } from './people-query.ts';
import { answerOf, runQuery, scaled } from './run-query.ts';
import {
  eventRows,
  groupSql,
  PERSON,
  resolveScope,
  type AnalysisNeeds,
  type ResolvedScope,
} from './scope-sql.ts';
import { onlyGroup, showGroups, type GroupedPeople } from './shown-groups.ts';

const CHOSEN_BINS = 10;

/** One row a person with a value: `person`, `value`, and `grp` where asked for. */
async function distributionPeople(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: DistributionRequest,
): Promise<GroupedPeople> {
  const group = request.breakdown && (await groupSql(needs, scope, request.breakdown));
  if (group?.of === 'row') {
    throw new CodedError('analysis_invalid', { details: { reason: 'breakdown_by_property' } });
  }
  const rows = `select ${PERSON} as person, toFloat64OrNull(toString(${valueSql(scope, request)})) as value
    ${eventRows(scope, [request.event])} and ${isEvent(request.event, scope.bindings)}
    group by person having value is not null`;
  if (!group) return { sql: rows, hasGroup: false };
  return {
    sql: `select people.*, ${group.sql} as grp from (${rows}) as people ${group.join}`,
    hasGroup: true,
  };
}

function valueSql(scope: ResolvedScope, { measure }: DistributionRequest): string {
  if (!('property' in measure)) {
    return measure.kind === 'count'
      ? 'count()'
      : `uniqExact(toDate(time, ${scope.bindings.string(scope.timeZone)}))`;
  }
  if (measure.kind === 'distinct') {
    const text = propertyText(measure.property);
    return `uniqExactIf(${text}, ${text} != '')`;
  }
  return `${measure.kind}(${propertyNumber(measure.property)})`;
}

interface SpreadRow {
  grp: string;
  people: number;
  mean: number;
  median: number;
  p90: number;
  low: number;
  high: number;
}

/** How a number is spread over people. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseDistribution(
  needs: AnalysisNeeds,
  request: DistributionRequest,
): Promise<DistributionAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const people = await showGroups(
    needs,
    scope,
    await distributionPeople(needs, scope, request),
    request.breakdown,
  );
  const summary = `count() as people, avg(value) as mean, quantileExactInclusive(0.5)(value) as median,
    quantileExactInclusive(0.9)(value) as p90, min(value) as low, max(value) as high`;
  const [all] = await runQuery<SpreadRow>(needs, scope, `select ${summary} from (${people.sql})`);
  const isWhole = !('property' in request.measure) || request.measure.kind === 'distinct';
  const bounds = request.bounds?.toSorted((one, other) => one - other) ?? chooseBounds(all!, isWhole);
  const groups = people.hasGroup
    ? await runQuery<SpreadRow>(
        needs,
        scope,
        `select grp, ${summary} from (${people.sql}) group by grp order by grp = '${OTHER_GROUP}', people desc, grp`,
      )
    : undefined;
  const bins = await readBins(needs, scope, people, bounds);
  return {
    ...answerOf(scope, all!.people, startedAt),
    ...spreadOf(scope, all!, bounds, bins.get(undefined)),
    ...(groups
      ? {
          groups: groups.map((row) => ({
            group: row.grp,
            ...spreadOf(scope, row, bounds, bins.get(row.grp)),
          })),
        }
      : {}),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

/** Inner bounds of about ten bins with round numbers. */
export function chooseBounds(
  { people, low, high }: Pick<SpreadRow, 'people' | 'low' | 'high'>,
  isWhole: boolean,
): number[] {
  if (people === 0) return [0];
  const rough = Math.max((high - low) / CHOSEN_BINS, isWhole ? 1 : Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(rough));
  const width =
    [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999_999) ?? rough;
  if (!Number.isFinite(width) || high === low) return [low];
  const first = Math.floor(low / width) + 1;
  const count = Math.min(CHOSEN_BINS * 2, Math.max(1, Math.floor(high / width) - first + 1));
  return Array.from({ length: count }, (_, index) => Number(((first + index) * width).toPrecision(12)));
}

async function readBins(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  people: GroupedPeople,
  bounds: readonly number[],
): Promise<Map<string | undefined, number[]>> {
  const placed = scope.bindings.bind('Array(Float64)', bounds);
  const rows = await runQuery<{ grp: string; bin: number; people: number }>(
    needs,
    scope,
    `select ${people.hasGroup ? 'grp' : "'' as grp"}, arrayCount(bound -> value >= bound, ${placed}) as bin, count() as people
     from (${people.sql}) group by grp, bin`,
  );
  const bins = new Map<string | undefined, number[]>();
  for (const row of rows) {
    for (const key of people.hasGroup ? [undefined, row.grp] : [undefined]) {
      const counts = bins.get(key) ?? Array.from({ length: bounds.length + 1 }, () => 0);
      counts[row.bin]! += row.people;
      bins.set(key, counts);
    }
  }
  return bins;
}

function spreadOf(
  scope: ResolvedScope,
  row: SpreadRow,
  bounds: readonly number[],
  counts: readonly number[] | undefined,
): Spread {
  return {
    people: scaled(row.people, scope),
    mean: row.people === 0 ? 0 : row.mean,
    median: row.people === 0 ? 0 : row.median,
    p90: row.people === 0 ? 0 : row.p90,
    max: row.people === 0 ? 0 : row.high,
    bins: Array.from({ length: bounds.length + 1 }, (_, index) => ({
      low: bounds[index - 1] ?? null,
      high: bounds[index] ?? null,
      people: scaled(counts?.[index] ?? 0, scope),
    })),
  };
}

/** People of a bin. */
export async function peopleOfDistribution(
  needs: AnalysisNeeds,
  request: DistributionRequest,
  cell: CellOf<'distribution'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const people = await distributionPeople(needs, scope, request);
  const conditions = ['true'];
  if (cell.low !== null) conditions.push(`value >= ${scope.bindings.bind('Float64', cell.low)}`);
  if (cell.high !== null) conditions.push(`value < ${scope.bindings.bind('Float64', cell.high)}`);
  const asked = await onlyGroup(needs, scope, people, { group: cell.group, breakdown: request.breakdown });
  return { scope, sql: `select person from (${asked}) where ${conditions.join(' and ')}` };
}
