import { z } from 'zod';

const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);

export const conditionOperators = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'exists', 'missing'] as const;

/**
 * One test of an event's property. `sameAs` compares with a property of the event that brought the
 * person into the strategy instead of with a constant (the product that was looked at, then bought).
 */
export const propertyConditionSchema = z.object({
  property: z.string().min(1).max(200),
  operator: z.enum(conditionOperators),
  value: z.union([scalar, z.array(scalar).max(1_000)]).optional(),
  sameAs: z.string().min(1).max(200).optional(),
});
export type PropertyCondition = z.output<typeof propertyConditionSchema>;

/** Conditions on an event's properties; all of them must hold, none means every event. */
export const eventFilterSchema = z.object({
  event: z.string().min(1).max(200),
  where: z.array(propertyConditionSchema).max(20).default([]),
});
export type EventFilter = z.output<typeof eventFilterSchema>;

type Properties = Readonly<Record<string, unknown>>;

/**
 * Whether an event passes a filter. A comparison with a missing value is false, as in EQL; `missing` asks
 * for it. Numbers and texts of numbers compare as numbers where the other side is a number.
 */
export function matchesEvent(
  filter: EventFilter,
  event: { readonly event: string; readonly properties: Properties },
  context: Properties = {},
): boolean {
  return (
    filter.event === event.event &&
    filter.where.every((condition) => matchesCondition(condition, event.properties, context))
  );
}

function matchesCondition(
  condition: PropertyCondition,
  properties: Properties,
  context: Properties,
): boolean {
  const actual = properties[condition.property];
  const isMissing = actual === undefined || actual === null;
  if (condition.operator === 'missing') return isMissing;
  if (isMissing) return false;
  if (condition.operator === 'exists') return true;
  const expected = condition.sameAs === undefined ? condition.value : context[condition.sameAs];
  if (expected === undefined || expected === null) return false;
  if (condition.operator === 'in') {
    return Array.isArray(expected) && expected.some((each) => compare(actual, each) === 0);
  }
  const order = compare(actual, expected);
  if (order === undefined) return condition.operator === 'ne';
  switch (condition.operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    default:
      return false;
  }
}

/** Negative, zero or positive; undefined where the two cannot be compared. */
function compare(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' || typeof right === 'number') {
    const difference = Number(left) - Number(right);
    return Number.isNaN(difference) ? undefined : difference;
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    return String(left) === String(right) ? 0 : undefined;
  }
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  return left === right ? 0 : left < right ? -1 : 1;
}
