import {
  type CellOf,
  type FunnelAnswer,
  type FunnelRequest,
  type FunnelStep,
  OTHER_GROUP,
} from '@wutong/contract';
import { funnelPeople } from './funnel-sql.ts';
import { answerOf, runQuery, scaled } from './run-query.ts';
import { resolveScope, type AnalysisNeeds, type ResolvedScope } from './scope-sql.ts';
import type { PeopleQuery } from './people-query.ts';
import { onlyGroup } from './shown-groups.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Lower bounds of the histogram of whole conversions. */
const TIME_BOUNDS_MS = [
  0,
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 366].map((days) => days * DAY_MS),
];
interface GroupRow {
  shown: string;
  /** People at each step. */
  reached: number[];
}

/** How many people got how far. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseFunnel(needs: AnalysisNeeds, request: FunnelRequest): Promise<FunnelAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const people = await funnelPeople(needs, scope, request);
  const places = request.steps.map((_, index) => index + 1);
  // All beyond the limit of the breakdown are one row, however many groups there are.
  const limit = request.breakdown?.limit ?? 1;
  const rows = await runQuery<GroupRow>(
    needs,
    scope,
    `select least(place, ${limit + 1}) as shown_place, if(shown_place > ${limit}, '${OTHER_GROUP}', any(grp)) as shown,
       sumForEach(counts) as reached
     from (
       select ${people.hasGroup ? 'grp' : "'' as grp"}, [${places.map((place) => `countIf(level >= ${place})`).join(', ')}] as counts,
         row_number() over (order by counts[1] desc, grp) as place
       from (${people.sql}) group by grp
     ) group by shown_place order by shown_place`,
  );
  const all = places.map((_, index) => rows.reduce((total, row) => total + row.reached[index]!, 0));
  return {
    ...answerOf(scope, all[0] ?? 0, startedAt),
    steps: stepsOf(request, scope, all),
    ...(request.breakdown
      ? { groups: rows.map((row) => ({ group: row.shown, steps: stepsOf(request, scope, row.reached) })) }
      : {}),
    ...(request.timeToConvert ? { times: await readTimes(needs, scope, request, people.sql) } : {}),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

function stepsOf(request: FunnelRequest, scope: ResolvedScope, reached: readonly number[]): FunnelStep[] {
  return request.steps.map((step, index) => {
    const people = reached[index]!;
    const before = index === 0 ? people : reached[index - 1]!;
    return {
      title: step.title ?? step.event,
      people: scaled(people, scope),
      rate: reached[0]! === 0 ? 0 : people / reached[0]!,
      stepRate: before === 0 ? 0 : people / before,
    };
  });
}

async function readTimes(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: FunnelRequest,
  people: string,
): Promise<FunnelAnswer['times']> {
  const last = request.steps.length;
  const summary = (took: string, condition: string) =>
    `(countIf(${condition}), avgIf(${took}, ${condition}), quantileExactInclusiveIf(0.5)(${took}, ${condition}), quantileExactInclusiveIf(0.9)(${took}, ${condition}))`;
  const pairs = request.steps
    .slice(1)
    .map((_, index) => summary(`times[${index + 2}] - times[${index + 1}]`, `level >= ${index + 2}`));
  const whole = `times[${last}] - times[1]`;
  const bounds = TIME_BOUNDS_MS.filter((bound) => bound < request.windowMs);
  const bins = bounds.map((from, index) => {
    const to = bounds[index + 1] ?? request.windowMs + 1;
    return `countIf(level = ${last} and ${whole} >= ${from} and ${whole} < ${to})`;
  });
  type Summary = [number, number | null, number | null, number | null];
  const [row] = await runQuery<{ pairs: Summary[]; whole: Summary; bins: number[] }>(
    needs,
    scope,
    `select [${pairs.join(', ')}] as pairs, ${summary(whole, `level = ${last}`)} as whole, [${bins.join(', ')}] as bins
     from (${people})`,
  );
  const present = ([count, mean, median, p90]: Summary) => ({
    people: scaled(count, scope),
    meanMs: count === 0 ? 0 : (mean ?? 0),
    medianMs: count === 0 ? 0 : (median ?? 0),
    p90Ms: count === 0 ? 0 : (p90 ?? 0),
  });
  return {
    steps: row!.pairs.map(present),
    whole: present(row!.whole),
    histogram: bounds.map((fromMs, index) => ({
      fromMs,
      toMs: bounds[index + 1] ?? request.windowMs,
      people: scaled(row!.bins[index]!, scope),
    })),
  };
}

/** People behind a number of the funnel. */
export async function peopleOfFunnel(
  needs: AnalysisNeeds,
  request: FunnelRequest,
  cell: CellOf<'funnel'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const people = await funnelPeople(needs, scope, request);
  const level = cell.outcome === 'reached' ? '>=' : '=';
  const asked = await onlyGroup(needs, scope, people, { group: cell.group, breakdown: request.breakdown });
  return {
    scope,
    sql: `select person from (${asked}) where level ${level} ${scope.bindings.integer(cell.step)}`,
  };
}
