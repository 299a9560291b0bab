import type { BoundEventSource } from '../bind/bound.ts';

export type Window = BoundEventSource['window'];

/** A stretch of time that belongs to one of two windows and not to the other; epoch ms UTC, from included, to excluded. */
export interface MovedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Events in it came into the later window; otherwise they left the earlier one. */
  readonly entered: boolean;
}

/** Years 1900 and 2299, the ends of ClickHouse's times. */
const FAR_PAST_MS = Date.UTC(1900, 0, 1);
const FAR_FUTURE_MS = Date.UTC(2299, 0, 1);

/** The stretches by which a window differs from the one it was before; none overlap. */
export function movedStretches(before: Window, after: Window): MovedStretch[] {
  const [was, is] = [edges(before), edges(after)];
  const cuts = [...new Set([...was, ...is])].sort((left, right) => left - right);
  return cuts.slice(1).flatMap((toMs, index) => {
    const fromMs = cuts[index]!;
    const isIn = ([from, to]: readonly [number, number]): boolean => from <= fromMs && toMs <= to;
    return isIn(was) === isIn(is) ? [] : [{ fromMs, toMs, entered: isIn(is) }];
  });
}

function edges(window: Window): readonly [number, number] {
  return [window?.fromMs ?? FAR_PAST_MS, window?.toMs ?? FAR_FUTURE_MS];
}

/** Whether no time lies in a window. */
export const isEmpty = (window: Window): boolean =>
  (window?.fromMs ?? Number.NEGATIVE_INFINITY) >= (window?.toMs ?? Number.POSITIVE_INFINITY);
