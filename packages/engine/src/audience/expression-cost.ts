import type { BoundCondition, BoundQuery, BoundValue } from './bind/bound.ts';

/** What tables hold, for the estimate. */
export interface TableSizes {
  readonly people: number;
  readonly events: number;
  /** Epoch ms of the oldest and newest event. */
  readonly eventsFromMs: number;
  readonly eventsToMs: number;
}

/** Rows an expression may read, by permission; the first that the asker has counts. */
const LIMITS: readonly { permission: string; rows: number }[] = [
  { permission: '*', rows: 50_000_000_000 },
  { permission: 'segment.write', rows: 20_000_000_000 },
  { permission: 'segment.read', rows: 5_000_000_000 },
];

/** Largest number of rows that a set of permissions may spend on one expression; no asker: the system. */
export function rowLimitOf(permissions: ReadonlySet<string> | undefined): number {
  if (!permissions) return Number.POSITIVE_INFINITY;
  return LIMITS.find((limit) => permissions.has(limit.permission))?.rows ?? 0;
}

/** Most buckets an expression may make per person; more says that the unit is too small for the window. */
const MAXIMUM_BUCKETS = 20_000;

/**
 * Rows a query will read, roughly: the population, the part of the events inside the windows, and the events
 * again for each sequence (they are sorted per person: weight 4).
 */
export function estimateRows(query: BoundQuery, sizes: TableSizes): number {
  const shape = { fromMs: Number.POSITIVE_INFINITY, events: false, sequences: 0, buckets: 0 };
  walk(query, shape);
  if (shape.buckets > MAXIMUM_BUCKETS) return Number.POSITIVE_INFINITY;
  const span = Math.max(1, sizes.eventsToMs - sizes.eventsFromMs);
  const share = Math.min(
    1,
    Math.max(0, (sizes.eventsToMs - Math.max(shape.fromMs, sizes.eventsFromMs)) / span),
  );
  return sizes.people + (shape.events ? sizes.events * share : 0) + shape.sequences * sizes.events * 4;
}

interface Shape {
  fromMs: number;
  events: boolean;
  sequences: number;
  buckets: number;
}

function walk(root: BoundQuery | BoundCondition | BoundValue, shape: Shape): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = next as { kind?: string; window?: { fromMs?: number }; buckets?: number };
    if (node.kind === 'event') {
      shape.events = true;
      shape.fromMs = Math.min(shape.fromMs, node.window?.fromMs ?? Number.NEGATIVE_INFINITY);
    }
    if (node.kind === 'sequence') shape.sequences++;
    if (node.kind === 'activeShare') shape.buckets = Math.max(shape.buckets, node.buckets ?? 0);
    waiting.push(...Object.values(next));
  }
}
