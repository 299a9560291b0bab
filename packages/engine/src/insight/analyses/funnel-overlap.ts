import type { AnalysedEvent } from '@wutong/contract';
import { ANY_EVENT } from './event-sql.ts';

/** Which steps of a funnel one event may be, as far as their conditions tell. */
export interface StepOverlap {
  /** Steps that are the same, as places from 0 in rising order; each step is in one class. */
  readonly classes: readonly (readonly number[])[];
  /** Of how many steps that differ one event may be one or another, directly or by way of others; 1: of its class only. */
  readonly alike: number;
}

export function overlapOf(steps: readonly AnalysedEvent[]): StepOverlap {
  const byPrint = new Map<string, number[]>();
  for (const [place, { event, where }] of steps.entries()) {
    const print = JSON.stringify([event, where]);
    byPrint.set(print, [...(byPrint.get(print) ?? []), place]);
  }
  const classes = [...byPrint.values()];
  const stepOf = (place: number) => steps[place]!;
  // Classes of which one event may be, joined as long as any two of them have events in common.
  let groups: number[][][] = [];
  for (const own of classes) {
    const meets = (group: readonly number[][]) =>
      group.some((other) => !areApart(stepOf(own[0]!), stepOf(other[0]!)));
    const met = groups.filter(meets);
    groups = [...groups.filter((group) => !met.includes(group)), [own, ...met.flat()]];
  }
  const mixed = groups.filter((group) => group.length > 1);
  return { classes, alike: Math.max(1, ...mixed.map((group) => group.flat().length)) };
}

/** Whether no event is both: of another name, or with another value of the same property. */
function areApart(one: AnalysedEvent, other: AnalysedEvent): boolean {
  if (one.event !== other.event && one.event !== ANY_EVENT && other.event !== ANY_EVENT) return true;
  return one.where.some((left) =>
    other.where.some((right) => {
      if (left.property !== right.property) return false;
      const [mine, theirs] = [valuesOf(left), valuesOf(right)];
      // A text of a number is that number too: only values of one type tell.
      const types = new Set([...mine, ...theirs].map((value) => typeof value));
      return (
        mine.length > 0 &&
        theirs.length > 0 &&
        types.size === 1 &&
        !mine.some((value) => theirs.includes(value))
      );
    }),
  );
}

/** The values that a condition allows; none where it allows more than can be listed. */
function valuesOf({
  operator,
  value,
}: AnalysedEvent['where'][number]): readonly (string | number | boolean)[] {
  if (operator === 'in') return Array.isArray(value) ? value : [];
  return operator === 'eq' && value !== undefined && !Array.isArray(value) ? [value] : [];
}
