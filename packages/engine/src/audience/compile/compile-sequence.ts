import type { BoundCondition } from '../bind/bound.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';
import { eventCondition, propertySql } from './event-rows.ts';

type SequenceNode = Extract<BoundCondition, { kind: 'sequence' }>;

/** What the walk needs to know of each step that must happen. */
interface PositiveStep {
  /** Bit of the step's own events. */
  readonly bit: number;
  /** Bit of events that must not happen between the step before and this one; 0: none. */
  readonly barrierBit: number;
  readonly withinMs: number | undefined;
}

// Beyond any time of ours, and far from overflow when a window is added to it.
const NEVER = -4_000_000_000_000_000;

/**
 * Whether there are events, one per step, each after the one before and within its time, with nothing
 * forbidden in between. One walk over the person's events in order of time decides it: for each step the
 * latest event that can stand there is enough, because a later one leaves more time and less in between.
 *
 * For a `not` at the end, the earliest open end is kept: it is fulfilled when its time has run out before the
 * forbidden event came. Its time must be over by now, as until then it may still happen.
 */
export function compileSequence(compiler: Compiler, node: SequenceNode, scope: SqlScope): string {
  const { steps, ending } = shapeOf(node);
  const bits = node.steps
    .map((step, index) => `bitShiftLeft(toUInt32(${eventCondition(compiler, step.source)}), ${index})`)
    .join(' + ');
  const mask = `(${bits})`;
  const same = node.same === undefined ? undefined : propertySql(node.same.property, node.same.type);
  const frame = frameOf(scope);
  const walk = `arrayFold(${foldLambda(steps, ending)}, rows, ${initialState(steps)})`;
  const now = compiler.parameters.bind('Int64', Math.trunc(node.now));
  const found = foundSql(walk, steps, ending, now);
  const scan = frame.scan(`sequence ${JSON.stringify(node)}`, (aggregates) => {
    const person = compiler.presentPerson('person_id', 'key_number');
    const people = compiler.people ? ` AND ${compiler.people.arrived('person_id', 'key_number')}` : '';
    const key = same === undefined ? "''" : `assumeNotNull(${same})`;
    const present = same === undefined ? '' : ` AND isNotNull(${same})`;
    const rows = `SELECT ${person} AS scan_key, ${key} AS same_key, toUnixTimestamp64Milli(time) AS at, event_id, ${mask} AS mask
      FROM event WHERE (${mask}) > 0${present}${people}`;
    // A tuple sorts by time, then by id, so that events of one instant have one order everywhere.
    const groups = `SELECT scan_key, arraySort(groupArray((at, event_id, mask))) AS rows FROM (${rows}) GROUP BY scan_key, same_key`;
    return `SELECT ${['scan_key', ...aggregates].join(', ')} FROM (${groups}) GROUP BY scan_key`;
  });
  return `(${scan.add(`max(${found})`)} = 1)`;
}

function shapeOf(node: SequenceNode): {
  steps: PositiveStep[];
  ending: { bit: number; withinMs: number | undefined } | undefined;
} {
  const steps: PositiveStep[] = [];
  let barrierBit = 0;
  let ending: { bit: number; withinMs: number | undefined } | undefined;
  node.steps.forEach((step, index) => {
    if (!step.negated) {
      steps.push({ bit: 1 << index, barrierBit, withinMs: step.withinMs });
      barrierBit = 0;
    } else if (index === node.steps.length - 1) {
      ending = { bit: 1 << index, withinMs: step.withinMs };
    } else {
      barrierBit = 1 << index;
    }
  });
  return { steps, ending };
}

/** One time per step (the latest event standing there), the earliest open end, and whether it is fulfilled. */
function initialState(steps: readonly PositiveStep[]): string {
  const latest = steps.map(() => `toInt64(${NEVER})`);
  return `tuple(${[...latest, `toInt64(${NEVER})`, 'toUInt8(0)'].join(', ')})`;
}

function foldLambda(
  steps: readonly PositiveStep[],
  ending: { bit: number; withinMs: number | undefined } | undefined,
): string {
  const has = (bit: number): string => `bitAnd(row.3, ${bit}) > 0`;
  const hits = steps.map((step, index) => {
    if (index === 0) return has(step.bit);
    const before = `state.${index}`;
    const inTime = step.withinMs === undefined ? '' : ` AND row.1 - ${before} <= ${step.withinMs}`;
    return `${has(step.bit)} AND ${before} > ${NEVER}${inTime}`;
  });
  const latest = steps.map((_, index) => {
    const own = `state.${index + 1}`;
    const barrierBit = steps[index + 1]?.barrierBit ?? 0;
    // A forbidden event closes the way on from here; one that is itself the next step is not in between.
    const kept = barrierBit > 0 ? `if(${has(barrierBit)}, toInt64(${NEVER}), ${own})` : own;
    return `if(${hits[index]}, row.1, ${kept})`;
  });
  const last = steps.length;
  const reached = `(${hits[last - 1]})`;
  const open = `state.${last + 1}`;
  const done = `state.${last + 2}`;
  if (!ending)
    return `(state, row) -> tuple(${[...latest, open, `toUInt8(${done} OR ${reached})`].join(', ')})`;
  const closes = has(ending.bit);
  const survived = ending.withinMs === undefined ? '0' : `row.1 - ${open} > ${ending.withinMs}`;
  const fulfilled = `toUInt8(${done} OR (${closes} AND ${open} > ${NEVER} AND ${survived}))`;
  // The forbidden event closes the ends that were open before it; the same event can open a new one.
  const left = `if(${closes}, toInt64(${NEVER}), ${open})`;
  const opened = `if(${left} > ${NEVER}, ${left}, if(${reached}, row.1, toInt64(${NEVER})))`;
  return `(state, row) -> tuple(${[...latest, opened, fulfilled].join(', ')})`;
}

function foundSql(
  walk: string,
  steps: readonly PositiveStep[],
  ending: { withinMs: number | undefined } | undefined,
  now: string,
): string {
  const last = steps.length;
  if (!ending) return `tupleElement(${walk}, ${last + 2})`;
  const open = `tupleElement(${walk}, ${last + 1})`;
  const over = ending.withinMs === undefined ? '1' : `${open} + ${ending.withinMs} <= ${now}`;
  return `(tupleElement(${walk}, ${last + 2}) = 1 OR (${open} > ${NEVER} AND ${over}))`;
}
