import type { BoundEventSource, BoundQuery } from '../bind/bound.ts';

/** One count that is kept: the source at the present instant, under a name that does not change with time. */
export interface CountSlot {
  readonly signature: string;
  readonly source: BoundEventSource;
}

// What moves with the clock inside a condition on single events would change counts of old events too.
const MOVING_CONDITIONS = new Set(['range', 'elapsed', 'anniversary', 'sequence']);
// Event aggregates that cannot be brought up to date by adding and subtracting.
const NOT_COUNTS = new Set(['activeShare', 'streak', 'gap', 'top', 'distribution', 'rfm', 'sequence']);

/** Name of a source for as long as its definition lasts: the window as written instead of its bounds. */
export function signatureOf(source: BoundEventSource): string {
  return JSON.stringify({ ...source, window: undefined });
}

/** Counts a query needs, when counts are all it asks of events; undefined when it must be computed in full. */
export function countSlotsOf(query: BoundQuery): CountSlot[] | undefined {
  const slots = new Map<string, CountSlot>();
  const waiting: unknown[] = [query];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = next as { kind?: string; function?: string; source?: { kind?: string } };
    if (node.kind !== undefined && NOT_COUNTS.has(node.kind)) return undefined;
    // Events of people at the far end of a relation are read in a frame of their own.
    if (node.kind === 'relation') continue;
    if (node.kind === 'aggregate' && node.source?.kind === 'event') {
      const source = node.source as BoundEventSource;
      if (node.function !== 'count' || source.property || isMoving(source.where)) return undefined;
      const signature = signatureOf(source);
      slots.set(signature, { signature, source });
      continue;
    }
    waiting.push(...Object.values(next));
  }
  return slots.size === 0 ? undefined : [...slots.values()];
}

function isMoving(where: unknown): boolean {
  const waiting: unknown[] = [where];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const { kind } = next as { kind?: string };
    if (kind !== undefined && MOVING_CONDITIONS.has(kind)) return true;
    waiting.push(...Object.values(next));
  }
  return false;
}

/** Stretches of time that belong to one of two windows but not to both; the open ends are far away. */
export function changedStretches(
  before: BoundEventSource['window'],
  after: BoundEventSource['window'],
): { fromMs: number; toMs: number }[] {
  const edges = (window: BoundEventSource['window']): [number, number] => [
    window?.fromMs ?? FAR_PAST_MS,
    window?.toMs ?? FAR_FUTURE_MS,
  ];
  const [beforeFrom, beforeTo] = edges(before);
  const [afterFrom, afterTo] = edges(after);
  const stretches = [
    { fromMs: Math.min(beforeFrom, afterFrom), toMs: Math.max(beforeFrom, afterFrom) },
    { fromMs: Math.min(beforeTo, afterTo), toMs: Math.max(beforeTo, afterTo) },
  ];
  return stretches.filter((stretch) => stretch.fromMs < stretch.toMs);
}

/** Years 1900 and 2299, the ends of ClickHouse's times. */
const FAR_PAST_MS = Date.UTC(1900, 0, 1);
const FAR_FUTURE_MS = Date.UTC(2299, 0, 1);

/** Stretches joined where they touch, so that a statement names few. */
export function joinedStretches(
  stretches: readonly { fromMs: number; toMs: number }[],
): { fromMs: number; toMs: number }[] {
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const stretch of [...stretches].sort((left, right) => left.fromMs - right.fromMs)) {
    const last = joined.at(-1);
    if (last && stretch.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, stretch.toMs);
    else joined.push({ ...stretch });
  }
  return joined;
}
