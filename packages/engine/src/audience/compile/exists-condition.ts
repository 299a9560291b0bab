import type { BoundCondition, BoundEventSource, BoundValue } from '../bind/bound.ts';

/** A condition said by whether there are events: of some source, not of some source, or both. */
export type EventsExist =
  | { readonly kind: 'exists'; readonly source: BoundEventSource }
  | { readonly kind: 'not'; readonly item: EventsExist }
  | { readonly kind: 'and'; readonly items: readonly EventsExist[] };

/**
 * What a condition asks, where that is only whether there are events of some kind: whose they are can then be gathered
 * from the rows as they are read, without a group for each person. Undefined for all other conditions.
 */
export function existsCondition(node: BoundCondition): EventsExist | undefined {
  if (node.kind === 'range') return lastWithin(node);
  if (node.kind !== 'compare' || node.left.kind !== 'aggregate' || node.right.kind !== 'literal')
    return undefined;
  const { source } = node.left;
  const { value } = node.right;
  if (source.kind !== 'event' || typeof value !== 'number') return undefined;
  const { function: aggregate } = node.left;
  if (aggregate === 'count') return source.property ? undefined : counted(source, node.operator, value);
  const isReached =
    (aggregate === 'max' && (node.operator === '>' || node.operator === '>=')) ||
    (aggregate === 'min' && (node.operator === '<' || node.operator === '<='));
  return isReached ? valued(source, node) : undefined;
}

type Comparison = Extract<BoundCondition, { kind: 'compare' }>;

/** A number of events compared so that only none and some differ. */
function counted(
  source: BoundEventSource,
  operator: Comparison['operator'],
  value: number,
): EventsExist | undefined {
  const some = { kind: 'exists', source } as const;
  const none = { kind: 'not', item: some } as const;
  const [fromNone, toOne] = [value >= 0 && value < 1, value > 0 && value <= 1];
  switch (operator) {
    case '>':
      return fromNone ? some : undefined;
    case '>=':
      return toOne ? some : undefined;
    case '<':
      return toOne ? none : undefined;
    case '<=':
      return fromNone ? none : undefined;
    case '=':
      return value === 0 ? none : undefined;
    case '!=':
      return value === 0 ? some : undefined;
  }
}

/** The greatest value is at least so much where one of the values is; the same for the least. */
function valued({ property, ...source }: BoundEventSource, node: Comparison): EventsExist | undefined {
  if (property?.type !== 'number') return undefined;
  return { kind: 'exists', source: withWhere(source, { ...node, left: property }) };
}

/** The last time is in a stretch where there are events in it, and none after it. */
function lastWithin(node: Extract<BoundCondition, { kind: 'range' }>): EventsExist | undefined {
  const { value, window } = node;
  if (value.type !== 'instant' || !isLastTime(value)) return undefined;
  const { property: _, windowAsWritten: __, ...source } = value.source as BoundEventSource;
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = source.window ?? {};
  const stretch = (from: number, to: number): EventsExist => ({
    kind: 'exists',
    source: {
      ...source,
      window: {
        ...(Number.isFinite(from) ? { fromMs: from } : {}),
        ...(Number.isFinite(to) ? { toMs: to } : {}),
      },
    },
  });
  const inside = stretch(
    Math.max(fromMs, window.fromMs ?? Number.NEGATIVE_INFINITY),
    Math.min(toMs, window.toMs ?? Number.POSITIVE_INFINITY),
  );
  if (window.toMs === undefined || window.toMs >= toMs) return inside;
  const after = stretch(Math.max(fromMs, window.toMs), toMs);
  return { kind: 'and', items: [inside, { kind: 'not', item: after }] };
}

function isLastTime(value: BoundValue): value is Extract<BoundValue, { kind: 'aggregate' }> {
  return (
    value.kind === 'aggregate' &&
    (value.function === 'last' || value.function === 'max') &&
    value.source.kind === 'event' &&
    value.source.property?.kind === 'eventPart' &&
    value.source.property.part === 'time'
  );
}

function withWhere(source: BoundEventSource, condition: BoundCondition): BoundEventSource {
  return {
    ...source,
    where: source.where ? { kind: 'and', items: [source.where, condition] } : condition,
  };
}
