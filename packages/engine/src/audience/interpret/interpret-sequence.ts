import type { BoundCondition } from '../bind/bound.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { compareRows, rowsOf } from './rows-of.ts';

type SequenceNode = Extract<BoundCondition, { kind: 'sequence' }>;
type EventPlace = Extract<Place, { kind: 'event' }>;

/** Tries every choice of events, one for each step that must happen. */
export function interpretSequence(interpreter: Interpreter, node: SequenceNode, at: Place): boolean {
  const matches = node.steps.map((step) => rowsOf(interpreter, step.source, at) as EventPlace[]);
  if (node.same === undefined) return tryFrom(node, matches, 0, undefined);
  const { property: same } = node.same;
  const values = new Set(matches.flat().flatMap((row) => row.fields[same] ?? []));
  return [...values].some((value) => {
    const own = matches.map((rows) => rows.filter((row) => row.fields[same] === value));
    return tryFrom(node, own, 0, undefined);
  });
}

/** Whether the steps from `index` on can follow `before`. */
function tryFrom(
  node: SequenceNode,
  matches: readonly (readonly EventPlace[])[],
  index: number,
  before: EventPlace | undefined,
): boolean {
  const step = node.steps[index];
  if (!step) return true;
  const rows = matches[index] ?? [];
  if (!step.negated) {
    return rows.some((row) => follows(row, before, step.withinMs) && tryFrom(node, matches, index + 1, row));
  }
  const isLast = index === node.steps.length - 1;
  if (isLast) {
    // What has not happened so far may still happen until its time is over.
    const isOver = step.withinMs === undefined || (before?.time ?? 0) + step.withinMs <= node.now;
    return isOver && !rows.some((row) => follows(row, before, step.withinMs));
  }
  const next = node.steps[index + 1];
  return (matches[index + 1] ?? []).some(
    (row) =>
      follows(row, before, next?.withinMs) &&
      !rows.some((barrier) => isAfter(barrier, before) && isAfter(row, barrier)) &&
      tryFrom(node, matches, index + 2, row),
  );
}

function follows(row: EventPlace, before: EventPlace | undefined, withinMs: number | undefined): boolean {
  if (!before) return true;
  return isAfter(row, before) && (withinMs === undefined || row.time - before.time <= withinMs);
}

function isAfter(row: EventPlace, before: EventPlace | undefined): boolean {
  return !before || compareRows(row, before) > 0;
}
