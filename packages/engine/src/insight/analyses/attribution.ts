import type { AttributionAnswer, AttributionModel, AttributionRequest, CellOf } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import {
  attributePaths,
  type Credit,
  type PathModel,
  type TouchPath,
} from '../statistics/attribute-paths.ts';
import { ANY_EVENT, isEvent, propertyNumber, propertyText } from './event-sql.ts';
import { peopleLookedAt } from './people-looked-at.ts';
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

/** Different touches that are told apart, and different paths that are read. */
const MAXIMUM_TOUCHES = 100;
const MAXIMUM_PATHS = 500_000;
/** Only the last touches of a path: longer ones are machines, and their chains say nothing. */
const MAXIMUM_PATH = 100;

function touchSql(scope: ResolvedScope, request: AttributionRequest): { isTouch: string; name: string } {
  const isTouch = request.touches.map((event) => `(${isEvent(event, scope.bindings)})`).join(' or ');
  if (request.touchBy !== undefined) return { isTouch, name: propertyText(request.touchBy) };
  const cases = request.touches.map(
    (event) => `${isEvent(event, scope.bindings)}, ${scope.bindings.string(event.title ?? event.event)}`,
  );
  return { isTouch, name: `multiIf(${cases.join(', ')}, '')` };
}

/**
 * Rows that matter: `person`, `at`, `touch` (name or ''), `is_touch`, `is_conversion`, `amount`, and `row`, which
 * tells those that are a touch and a conversion from one another; others have 0.
 */
function rowsSql(scope: ResolvedScope, request: AttributionRequest): string {
  const { isTouch, name } = touchSql(scope, request);
  const isConversion = `${isEvent(request.conversion, scope.bindings)} and ${TIME} >= ${scope.bindings.integer(scope.from)}`;
  const amount =
    request.valueProperty === undefined
      ? 'toFloat64(1)'
      : `ifNull(${propertyNumber(request.valueProperty)}, 0)`;
  const names = request.touches.map((event) => event.event);
  const mayBeBoth =
    [...names, request.conversion.event].includes(ANY_EVENT) || names.includes(request.conversion.event);
  const row = mayBeBoth ? 'if(is_touch and is_conversion, cityHash64(event_id), 0)' : 'toUInt64(0)';
  return `select ${PERSON} as person, ${TIME} as at, (${isTouch}) as is_touch, ${isConversion} as is_conversion,
      if(is_touch, ${name}, '') as touch, if(is_conversion, ${amount}, 0) as amount,
      ${row} as row
    ${eventRows(scope, [...request.touches, request.conversion], { from: scope.from - request.lookbackMs })}`;
}

interface NameRow {
  touch: string;
  people: number;
  touches: number;
}

async function readTouches(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: AttributionRequest,
): Promise<NameRow[]> {
  return runQuery<NameRow>(
    needs,
    scope,
    `select touch, uniqExact(person) as people, count() as touches from (${rowsSql(scope, request)})
     where is_touch group by touch order by touches desc, touch limit ${MAXIMUM_TOUCHES}`,
  );
}

/** One row a person: `touches` [(at, number, row)] and `conversions` [(at, amount, row)], both in order. */
function personTouches(scope: ResolvedScope, request: AttributionRequest, names: readonly string[]): string {
  const number = `transform(touch, ${scope.bindings.bind('Array(String)', names)},
    [${names.map((_, index) => index + 1).join(', ')}]::Array(UInt8), 0::UInt8)`;
  return `select person, arraySort(groupArrayIf((at, ${number}, row), is_touch and ${number} > 0)) as touches,
      arraySort(groupArrayIf((at, amount, row), is_conversion)) as conversions
    from (${rowsSql(scope, request)}) group by person`;
}

/** Touches that could have led to a conversion: in the time before it, itself not included. */
const before = (request: AttributionRequest) =>
  `arrayFilter(touch -> touch.1 <= conversion.1 and touch.1 >= conversion.1 - ${request.lookbackMs}
    and (touch.3 = 0 or touch.3 != conversion.3), touches)`;

interface PathRow {
  path: number[];
  conversions: number;
  value: number;
  lost: number;
  decay: number[];
  decay_value: number[];
}

async function readPaths(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: AttributionRequest,
  names: readonly string[],
): Promise<PathRow[]> {
  // Half as much for each half-life before the conversion, in shares of one.
  const weights = `arrayMap(touch -> exp2(-toFloat64(conversion.1 - touch.1) / ${request.halfLifeMs}), seen)`;
  const rows = await runQuery<PathRow>(
    needs,
    scope,
    `select arrayMap(touch -> touch.2, seen) as path, countIf(has_converted) as conversions,
       sumIf(conversion.2, has_converted) as value, countIf(not has_converted) as lost,
       sumForEachIf(arrayMap(weight -> weight / arraySum(weights), weights), has_converted) as decay,
       sumForEachIf(arrayMap(weight -> weight / arraySum(weights) * conversion.2, weights), has_converted) as decay_value
     from (
       select has_converted, conversion,
         arraySlice(if(has_converted, ${before(request)}, touches), -${MAXIMUM_PATH}) as seen, ${weights} as weights
       from (
         select touches, notEmpty(conversions) as has_converted,
           if(has_converted, conversions, [(toUInt64(0), toFloat64(0), toUInt64(0))]) as ends
         from (${personTouches(scope, request, names)})
       ) array join ends as conversion
       where has_converted or notEmpty(touches)
     ) group by path limit ${MAXIMUM_PATHS + 1}`,
  );
  if (rows.length > MAXIMUM_PATHS)
    throw new CodedError('analysis_too_large', { details: { paths: MAXIMUM_PATHS } });
  return rows;
}

/** Which touches earned the conversions. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analyseAttribution(
  needs: AnalysisNeeds,
  request: AttributionRequest,
): Promise<AttributionAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const touches = await readTouches(needs, scope, request);
  const rows = await readPaths(
    needs,
    scope,
    request,
    touches.map((each) => each.touch),
  );
  const paths = rows.map((row) => ({
    touches: row.path.map((number) => number - 1),
    conversions: row.conversions,
    value: row.value,
    lost: row.lost,
  }));
  const models = [...new Set(request.models)];
  const credits = new Map(models.map((model) => [model, creditsOf(model, rows, paths, touches.length)]));
  const untouched = paths
    .filter((path) => path.touches.length === 0)
    .reduce((sum, path) => sum + path.conversions, 0);
  return {
    ...answerOf(scope, await peopleLookedAt(needs, scope, request.touches), startedAt),
    conversions: scaled(
      paths.reduce((sum, path) => sum + path.conversions, 0),
      scope,
    ),
    value: paths.reduce((sum, path) => sum + path.value, 0) / scope.sample,
    untouched: scaled(untouched, scope),
    touches: touches.map((each, index) => ({
      touch: each.touch,
      people: scaled(each.people, scope),
      touches: scaled(each.touches, scope),
      credits: Object.fromEntries(
        models.map((model) => {
          const { conversions, value } = credits.get(model)![index]!;
          return [model, { conversions: conversions / scope.sample, value: value / scope.sample }];
        }),
      ),
    })),
  };
}

function creditsOf(
  model: AttributionModel,
  rows: readonly PathRow[],
  paths: readonly TouchPath[],
  touches: number,
): Credit[] {
  if (model !== 'time_decay') return attributePaths(paths, touches, model satisfies PathModel);
  const credits = Array.from({ length: touches }, () => ({ conversions: 0, value: 0 }));
  for (const row of rows) {
    for (const [index, number] of row.path.entries()) {
      credits[number - 1]!.conversions += row.decay[index] ?? 0;
      credits[number - 1]!.value += row.decay_value[index] ?? 0;
    }
  }
  return credits;
}

/** People who met a touch, or met it in the time before a conversion of theirs. */
export async function peopleOfAttribution(
  needs: AnalysisNeeds,
  request: AttributionRequest,
  cell: CellOf<'attribution'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const people = personTouches(scope, request, [cell.touch]);
  const condition = cell.converted
    ? `arrayExists(conversion -> notEmpty(${before(request)}), conversions)`
    : 'notEmpty(touches)';
  return { scope, sql: `select person from (${people}) where ${condition}` };
}
