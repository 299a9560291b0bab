import { MAXIMUM_STEPS, type FunnelRequest } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { ANY_EVENT, isEvent, propertyText } from './event-sql.ts';
import { foldAnyOrder } from './funnel-any-order.ts';
import { blockLevels } from './funnel-blocks.ts';
import {
  EMPTY,
  FIRST_EXCLUSION_BIT,
  type FunnelFold,
  instantIn,
  PLACE_BIT,
  TIME_BIT,
} from './funnel-events.ts';
import { eventRows, groupSql, PERSON, TIME, type AnalysisNeeds, type ResolvedScope } from './scope-sql.ts';

/** SQL of one row a person with at least one step: `person`, `level` (1 …), and `grp`, `times` where asked for. */
export interface FunnelPeople {
  readonly sql: string;
  readonly hasGroup: boolean;
}

/** @throws CodedError analysis_invalid, eql_invalid */
export async function funnelPeople(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: FunnelRequest,
): Promise<FunnelPeople> {
  checkExclusions(request);
  const group = request.breakdown && (await groupSql(needs, scope, request.breakdown));
  const rowGroup = group?.of === 'row' ? group.sql : undefined;
  const perKey = rowsOfFunnel(scope, request, rowGroup);
  const perPerson =
    request.sameProperty === undefined ? perKey : bestOfPerson(perKey, rowGroup !== undefined, request);
  if (group?.of !== 'person') return { sql: perPerson, hasGroup: rowGroup !== undefined };
  return {
    sql: `select people.*, ${group.sql} as grp from (${perPerson}) as people ${group.join}`,
    hasGroup: true,
  };
}

/** Whether the plain aggregate is not enough. An event that may be two steps would count for both there. */
export function needsChains(request: FunnelRequest): boolean {
  const { timeToConvert, order, exclusions } = request;
  return timeToConvert || order !== 'ordered' || exclusions.length > 0 || alikeSteps(request) > 1;
}

/** Of how many steps one event may be any, at most. */
function alikeSteps({ steps }: FunnelRequest): number {
  const names = steps.map((step) => step.event);
  if (names.includes(ANY_EVENT)) return names.length;
  return Math.max(...names.map((name) => names.filter((each) => each === name).length));
}

function checkExclusions({ exclusions, order, steps }: FunnelRequest): void {
  if (exclusions.length > 0 && order !== 'ordered') {
    throw new CodedError('analysis_invalid', { details: { reason: 'exclusions_need_order' } });
  }
  for (const { afterStep, beforeStep = steps.length } of exclusions) {
    if (afterStep >= beforeStep || beforeStep > steps.length) {
      throw new CodedError('analysis_invalid', {
        details: { reason: 'exclusion_range', afterStep, beforeStep },
      });
    }
  }
}

function rowsOfFunnel(scope: ResolvedScope, request: FunnelRequest, rowGroup: string | undefined): string {
  if (needsChains(request)) return chainRows(scope, request, rowGroup);
  const isPlain = rowGroup === undefined && request.sameProperty === undefined;
  return isPlain ? blockLevels(scope, request) : windowRows(scope, request, rowGroup);
}

/** Later steps may lie after the period, as far as the window reaches. */
function rowsOf(scope: ResolvedScope, request: FunnelRequest, events = request.steps): string {
  return eventRows(scope, events, { to: scope.to + request.windowMs });
}

function columnsOf(request: FunnelRequest, rowGroup: string | undefined, isFirstStep: string): string {
  const touch = request.touch === 'first' ? 'argMinIf' : 'argMaxIf';
  // Of several at one instant always the same one, or a group and its people would not agree.
  return rowGroup === undefined ? '' : `, ${touch}(${rowGroup}, (time, ${rowGroup}), ${isFirstStep}) as grp`;
}

function keysOf(request: FunnelRequest): { columns: string; where: string; group: string } {
  if (request.sameProperty === undefined) return { columns: '', where: '', group: 'person' };
  const key = propertyText(request.sameProperty);
  return { columns: `, ${key} as same`, where: ` and ${key} != ''`, group: 'person, same' };
}

/** ClickHouse's own aggregate keeps, for each step, the latest start that leads there: for groups of rows. */
function windowRows(scope: ResolvedScope, request: FunnelRequest, rowGroup: string | undefined): string {
  const { bindings } = scope;
  const [first, ...others] = request.steps.map((step) => isEvent(step, bindings));
  const begins = `${first} and ${TIME} < ${bindings.integer(scope.to)}`;
  const keys = keysOf(request);
  return `select ${PERSON} as person${keys.columns},
        windowFunnel(${request.windowMs})(${TIME}, ${[begins, ...others].join(', ')}) as level
        ${columnsOf(request, rowGroup, begins)}
      ${rowsOf(scope, request)}${keys.where} group by ${keys.group} having level > 0`;
}

/**
 * Walks the events of each person in order with one chain of times for each step: the chain that began last of
 * those that got there. Slower (an array for each person), and able to say more.
 */
function chainRows(scope: ResolvedScope, request: FunnelRequest, rowGroup: string | undefined): string {
  const { bindings } = scope;
  const steps = request.steps.map((step) => isEvent(step, bindings));
  const marks = [
    ...steps.map((sql, index) => `bitShiftLeft(toUInt64(${sql}), ${index})`),
    ...request.exclusions.map(
      (event, index) => `bitShiftLeft(toUInt64(${isEvent(event, bindings)}), ${FIRST_EXCLUSION_BIT + index})`,
    ),
  ].join(' + ');
  // What is no step has no lowest mark: it stands behind the steps of its instant, in the five bits there are.
  const place = 'least(bitCount(bitAnd(bitNot(marks), marks - 1)), 31)';
  const packed = `bitShiftLeft(${TIME}, ${TIME_BIT}) + bitShiftLeft(toUInt64(${place}), ${PLACE_BIT}) + marks`;
  const isStrict = request.order === 'strict';
  const events = isStrict
    ? [...request.steps, { event: ANY_EVENT, where: [] }]
    : [...request.steps, ...request.exclusions];
  const fold = request.order === 'any' ? foldAnyOrder(scope, request) : foldOrdered(scope, request);
  const same = request.sameProperty === undefined ? undefined : propertyText(request.sameProperty);
  const begins = `bitTest(marks, 0) and time < fromUnixTimestamp64Milli(${bindings.integer(scope.to)}, 'UTC')`;
  const rows = `select ${PERSON} as person, time, ${marks} as marks${same === undefined ? '' : `, ${same} as same`}
            ${rowGroup === undefined ? '' : `, ${rowGroup} as touched`}
          ${rowsOf(scope, request, events)}`;
  const touched = columnsOf(request, rowGroup === undefined ? undefined : 'touched', begins);
  const chains =
    isStrict && same !== undefined
      ? strictSameRows(rows, packed, touched)
      : personRows(rows, packed, touched, { isStrict, isSame: same !== undefined });
  return `select person${same === undefined ? '' : ', same'}${rowGroup === undefined ? '' : ', grp'},
        ${fold.folded} as folded,
        ${fold.deepest} as times, length(times) as level
      from (${chains}
      ) where level > 0`;
}

/** The packed events of each person, or of each value of the same property that they have. */
function personRows(
  rows: string,
  packed: string,
  touched: string,
  { isStrict, isSame }: { isStrict: boolean; isSame: boolean },
): string {
  const key = isSame ? 'person, same' : 'person';
  // Rows that are no step only matter where nothing may lie between.
  const wanted = [...(isStrict ? [] : ['marks > 0']), ...(isSame ? ["same != ''"] : [])];
  return `select ${key}, arraySort(groupArray(${packed})) as packed ${touched}
        from (${rows})
        ${wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`}
        group by ${key}`;
}

/**
 * The packed events with each value of the same property, and one without marks wherever something else of the person
 * lies between two of them: an event with another value, or one that has none.
 */
function strictSameRows(rows: string, packed: string, touched: string): string {
  const grouped = touched === '' ? '' : ', grp';
  const kept = touched === '' ? 'time, marks' : 'time, marks, touched';
  return `select person, same${grouped},
        arrayFlatten(arrayMap(
          (each, at, before) -> if(at = before + 1, [each], [bitShiftLeft(bitShiftRight(each, ${TIME_BIT}), ${TIME_BIT}), each]),
          ordered.1, ordered.2, arrayPushFront(arrayPopBack(ordered.2), ordered.2[1] - 1))) as packed
      from (
        select person, same, arraySort(groupArray((each, at))) as ordered ${touched}
        from (
          select person, row.1 as each, row.2 as same, ${kept
            .split(', ')
            .map((name, index) => `row.${index + 3} as ${name}`)
            .join(', ')}, toInt64(place) as at
          from (select person, arraySort(groupArray((${packed}, same, ${kept}))) as listed from (${rows}) group by person)
          array join listed as row, arrayEnumerate(listed) as place
        )
        where same != '' group by person, same
      )`;
}

const instantOf = instantIn('event');

function foldOrdered(scope: ResolvedScope, request: FunnelRequest): FunnelFold {
  const steps = request.steps.length;
  const kept = keptChain(request);
  const places = `range(${steps})`;
  const before = `arrayPushFront(arrayPopBack(state.1), ${EMPTY})`;
  const chains = `arrayMap((place, own, previous) -> multiIf(
      not bitTest(event, place), ${kept},
      place = 0, if(${instantOf} < ${scope.bindings.integer(scope.to)}, [${instantOf}], ${kept}),
      notEmpty(previous) and ${instantOf} - previous[1] <= ${request.windowMs}, arrayPushBack(previous, ${instantOf}),
      ${kept}), ${places}, state.1, ${before})`;
  return {
    folded: `arrayFold((state, event) -> (${chains}, ${furthest('state')}), packed,
      (arrayMap(place -> ${EMPTY}, ${places}), ${EMPTY}))`,
    deepest: furthest('folded'),
  };
}

/** What becomes of a chain that an event does not lead on. */
function keptChain({ order, exclusions, steps }: FunnelRequest): string {
  if (order === 'strict') return EMPTY;
  const broken = exclusions.map(
    ({ afterStep, beforeStep = steps.length }, index) =>
      `(bitTest(event, ${FIRST_EXCLUSION_BIT + index}) and place between ${afterStep - 1} and ${beforeStep - 2})`,
  );
  return broken.length === 0 ? 'own' : `if(${broken.join(' or ')}, ${EMPTY}, own)`;
}

/** The furthest chain so far: the first one of its length. It is taken from the state before each event. */
function furthest(state: string): string {
  const last = `arrayLastIndex(chain -> notEmpty(chain), ${state}.1)`;
  return `if(${last} > length(${state}.2), ${state}.1[${last}], ${state}.2)`;
}

/**
 * With the same property along the chain: the best of a person's values; of equally good ones the chain that ended
 * first, then the value that sorts first.
 */
function bestOfPerson(perKey: string, hasGroup: boolean, request: FunnelRequest): string {
  const times = needsChains(request) ? 'times' : EMPTY;
  const group = hasGroup ? 'grp' : "''";
  return `select person, best.1 as level, best.2 as times, best.3 as grp
    from (select person, argMin((level, ${times}, ${group}), (${MAXIMUM_STEPS} - level, ${times}[-1], same)) as best
      from (${perKey}) group by person)`;
}
