import type { FunnelRequest } from '@wutong/contract';
import { isEvent } from './event-sql.ts';
import {
  eventsOfBlocks,
  instantOf,
  MARK_BITS,
  markOf,
  PEOPLE_OF_BLOCK,
  personAt,
  placeOf,
} from './person-blocks.ts';
import { eventRows, type ResolvedScope } from './scope-sql.ts';

/**
 * One row a person with at least the first step: `person`, `level`. For ordered funnels in which no event may be two
 * steps. Exact: for each step, the latest start that leads there decides, and starts only grow along a person's events.
 */
export function blockLevels(scope: ResolvedScope, request: FunnelRequest): string {
  const { steps, windowMs } = request;
  let sql = `select block, events1, ${reachedBy(1)} as reached1 from (
    select block, events as events1 from (${stepsOfBlocks(scope, request)}))`;
  for (let step = 2; step <= steps.length; step++) {
    const earlier = steps.slice(0, step - 1).map((_, index) => `reached${index + 1}`);
    const columns = ['block', ...earlier].join(', ');
    sql = `select ${columns}, events${step}, ${reachedBy(step)} as reached${step} from (
      select ${columns}, ${advanced(step, windowMs)} as events${step} from (${sql}))`;
  }
  const level = steps.map((_, index) => `bitTest(reached${index + 1}, place)`).join(' + ');
  return `select ${personAt('place')} as person, ${level} as level
    from (${sql}) array join range(${PEOPLE_OF_BLOCK}) as place where level > 0`;
}

/** Events marked with the step they are; a first step only counts within the period. */
function stepsOfBlocks(scope: ResolvedScope, { steps, windowMs }: FunnelRequest): string {
  const { bindings } = scope;
  const names = bindings.bind(
    'Array(String)',
    steps.map((step) => step.event),
  );
  const numbers = steps.map((_, index) => index + 1).join(', ');
  const unless = steps
    .filter((step) => step.where.length > 0)
    .map((step) => ` and (event != ${bindings.string(step.event)} or ${isEvent(step, bindings)})`);
  const begun = `(event != ${bindings.string(steps[0]!.event)} or time < fromUnixTimestamp64Milli(${bindings.integer(scope.to)}, 'UTC'))`;
  return eventsOfBlocks(
    `transform(event, ${names}, [${numbers}]::Array(UInt8), 0::UInt8)`,
    `${eventRows(scope, steps, { to: scope.to + windowMs })} and ${begun}${unless.join('')}`,
  );
}

/**
 * Events after a step was looked at: those of the step that are reached in time carry the instant of their start in
 * place of their own, the others of it and all of earlier steps are gone.
 */
function advanced(step: number, windowMs: number): string {
  const before = `events${step - 1}`;
  const starts = `arrayFill(start -> start > 0, arrayMap(event -> if(${markOf('event')} = ${step - 1}, ${instantOf('event')}, 0), ${before}))`;
  return `arrayFilter(event -> event > 0, arrayMap((event, start) -> multiIf(
      ${markOf('event')} > ${step}, event,
      ${markOf('event')} = ${step} and ${instantOf('event')} - start <= ${windowMs}, bitShiftLeft(start, ${MARK_BITS}) + ${step},
      0), ${before}, ${starts}))`;
}

/** Places of the people who got there, one bit each. */
function reachedBy(step: number): string {
  return `arrayReduce('groupBitOr', arrayMap(event -> if(${markOf('event')} = ${step}, bitShiftLeft(1::UInt64, ${placeOf('event')}), 0::UInt64), events${step}))`;
}
