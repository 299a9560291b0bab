import type { FunnelRequest } from '@wutong/contract';
import { overlapOf } from './funnel-overlap.ts';
import { EMPTY, type FunnelFold, instantIn } from './funnel-events.ts';
import type { ResolvedScope } from './scope-sql.ts';

/**
 * Steps in any order, all within the window. Matching events with steps costs four times as much as keeping the newest
 * of each, so it is done only where one event may be one of several steps that differ.
 */
export function foldAnyOrder(scope: ResolvedScope, request: FunnelRequest): FunnelFold {
  const { classes, alike } = overlapOf(request.steps);
  return alike > 1 ? foldMatched(scope, request, alike) : foldNewest(scope, request, classes);
}

const instantOf = instantIn('event');

/**
 * Where an event is one step at most, or any of some that are the same (a class): the newest times of each class, one a
 * step and the oldest at its first (`state.1`), and at that first step the newest time in the period (`state.2`). The
 * furthest chain is the times that lie within the window of the newest; one that would begin after the period takes one
 * of its steps from within it, if it can.
 */
function foldNewest(
  scope: ResolvedScope,
  request: FunnelRequest,
  classes: readonly (readonly number[])[],
): FunnelFold {
  const steps = `range(${request.steps.length})`;
  // By place the step, from 1, that hands its time on when a new event comes; 0: none, it takes the event's.
  const givers = request.steps.map((_, place) => {
    const own = classes.find((each) => each.includes(place))!;
    return (own[own.indexOf(place) + 1] ?? -1) + 1;
  });
  const firsts = request.steps.map((_, place) => Number(classes.some((each) => each[0] === place)));
  const listOf = (numbers: readonly number[]) => `[${numbers.join(', ')}]::Array(UInt8)`;
  const newest = `arrayMap((place, own, giver) -> multiIf(not bitTest(event, place), own, giver = 0, ${instantOf}, state.1[giver]),
      ${steps}, state.1, ${listOf(givers)})`;
  const begun = `if(${instantOf} < ${scope.bindings.integer(scope.to)},
      arrayMap((place, own, first) -> if(first and bitTest(event, place), ${instantOf}, own), ${steps}, state.2, ${listOf(firsts)}),
      state.2)`;
  const nothing = `arrayMap(place -> toUInt64(0), ${steps})`;
  return {
    folded: `arrayFold((state, event) -> (${newest}, ${begun}, ${furthestNewest('state', request)}), packed,
      (${nothing}, ${nothing}, ${EMPTY}))`,
    deepest: furthestNewest('folded', request),
  };
}

function furthestNewest(state: string, request: FunnelRequest): string {
  const latest = `arrayMax(${state}.2)`;
  const times = `if(has(${state}.1, ${latest}), ${state}.1,
      arrayMap((own, begun) -> if(begun = ${latest}, begun, own), ${state}.1, ${state}.2))`;
  const oldest = `arrayMax(${state}.1) - least(arrayMax(${state}.1), ${request.windowMs})`;
  const fresh = `arraySort(arrayFilter(at -> at > 0 and at >= ${oldest}, ${times}))`;
  return `if(length(${fresh}) > length(${state}.3) and ${latest} >= ${oldest}, ${fresh}, ${state}.3)`;
}

/**
 * Where an event may be several steps: the newest events that can each have a step of their own (`state.1`, the event
 * at each step). Sets of such events are a matroid, so of any window they hold as many as any choice of them could;
 * a new event takes the place of the oldest one that can make room. `state.2` is the newest event in the period,
 * `state.3` how far it went, and both of these when it did.
 */
function foldMatched(scope: ResolvedScope, request: FunnelRequest, alike: number): FunnelFold {
  const steps = request.steps.length;
  const seated = (seats: string, event: string) => seatedSql(seats, event, { steps, alike });
  const end = scope.bindings.integer(scope.to);
  const begun = `if(${instantOf} < ${end}, event, state.2)`;
  const nobody = `arrayMap(place -> toUInt64(0), range(${steps}))`;
  const timesOf = (seats: string) =>
    `arraySort(arrayFilter(at -> at > 0 and at >= ${oldestOf('best.2', request)}, arrayMap(held -> ${instantIn('held')}, ${seats})))`;
  // A chain without an event of the period takes in the newest one that lies there.
  const chain = `if(${timesOf('best.2')}[1] < ${end}, ${timesOf('best.2')}, ${timesOf(seated('best.2', 'best.3'))})`;
  return {
    folded: `arrayFold((state, event) -> (${seated('state.1', 'event')}, ${begun}, ${furthestMatched('state', request)}), packed,
      (${nobody}, toUInt64(0), (toUInt64(0), ${nobody}, toUInt64(0))))`,
    deepest: `arrayMap(best -> if(best.1 = 0, ${EMPTY}, ${chain}), [${furthestMatched('folded', request)}])[1]`,
  };
}

/** Longer ways than there are steps are none. */
const WAY_BITS = 4;
const FAR = `toUInt64(${2n ** 63n})`;

/**
 * The events at the steps with one more among them. What each step could give up at best is reckoned first: the time
 * of its own event, or that of a step which its event could move to, and how many moves away it lies. Then events
 * move along the way to the oldest, or to a free step, which counts as time 0. No way leads out of steps that are alike.
 */
function seatedSql(seats: string, event: string, { steps, alike }: { steps: number; alike: number }): string {
  const places = `range(${steps})`;
  const own = `arrayMap(held -> bitShiftLeft(${instantIn('held')}, ${WAY_BITS}), ${seats})`;
  const better = `arrayMap((held, best) -> least(best, arrayMin(arrayMap((other, place) -> if(bitTest(held, place), other + 1, ${FAR}), given, ${places}))), ${seats}, given)`;
  const given = `arrayFold((given, round) -> ${better}, range(${alike - 1}), ${own})`;
  const next = `arraySort(arrayFilter(each -> bitTest(walk.2, each.2), arrayZip(walk.3, ${places})))[1]`;
  const isThere = 'walk.2 > 0 and place = next.2';
  const left = `if(walk.2 = 0 or bitAnd(next.1, ${2 ** WAY_BITS - 1}) = 0, toUInt64(0), walk.1[next.2 + 1])`;
  const moved = `arrayMap(next -> (arrayMap((held, place) -> if(${isThere}, walk.2, held), walk.1, ${places}), ${left}, walk.3), [${next}])[1]`;
  return `arrayFold((walk, round) -> ${moved}, range(${alike}), (${seats}, ${event}, ${given})).1`;
}

/** Where the window of the newest event begins. */
function oldestOf(seats: string, { windowMs }: FunnelRequest): string {
  const newest = instantIn(`arrayMax(${seats})`);
  return `${newest} - least(${newest}, ${windowMs})`;
}

function furthestMatched(state: string, request: FunnelRequest): string {
  const oldest = oldestOf(`${state}.1`, request);
  const level = `arrayCount(held -> held > 0 and ${instantIn('held')} >= ${oldest}, ${state}.1)`;
  const isFurther = `${level} > ${state}.3.1 and ${state}.2 > 0 and ${instantIn(`${state}.2`)} >= ${oldest}`;
  return `if(${isFurther}, (toUInt64(${level}), ${state}.1, ${state}.2), ${state}.3)`;
}
