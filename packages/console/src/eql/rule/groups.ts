/** How a condition reads as a group of the rule builder: all, any or none of several. */
import type { Condition } from '@wutong/contract';

export const groupKinds = ['all', 'any', 'none'] as const;
export type GroupKind = (typeof groupKinds)[number];

export interface Group {
  kind: GroupKind;
  items: readonly Condition[];
  /** Place of an item in the document, below the place of the group itself. */
  placeOf: (index: number) => string;
}

/** Conditions whose negation has words of its own, such as "has not done", and therefore needs no group. */
const NEGATED_IN_PLACE: ReadonlySet<Condition['kind']> = new Set([
  'did',
  'inSegment',
  'consents',
  'sequence',
  'changed',
  'inWindow',
]);

/** A condition without its `not`, for those that say their negation themselves. */
export function withoutNot(condition: Condition): { negated: boolean; condition: Condition } {
  if (condition.kind === 'not' && NEGATED_IN_PLACE.has(condition.item.kind)) {
    return { negated: true, condition: condition.item };
  }
  return { negated: false, condition };
}

/** Puts the `not` back. */
export function withNot(condition: Condition, negated: boolean): Condition {
  return negated ? { kind: 'not', item: condition } : condition;
}

/** The group a condition is; undefined for a single condition. */
export function groupOf(condition: Condition): Group | undefined {
  if (condition.kind === 'and' || condition.kind === 'or') {
    const kind = condition.kind === 'and' ? 'all' : 'any';
    return { kind, items: condition.items, placeOf: (index) => `.items[${index}]` };
  }
  if (condition.kind !== 'not' || NEGATED_IN_PLACE.has(condition.item.kind)) return undefined;
  const { item } = condition;
  if (item.kind === 'or') {
    return { kind: 'none', items: item.items, placeOf: (index) => `.item.items[${index}]` };
  }
  return { kind: 'none', items: [item], placeOf: () => '.item' };
}

/** The condition a group is. It may be empty while it is being built; `completed` leaves it out. */
export function groupCondition(kind: GroupKind, items: readonly Condition[]): Condition {
  if (kind === 'all') return { kind: 'and', items: [...items] };
  const any: Condition = { kind: 'or', items: [...items] };
  return kind === 'any' ? any : { kind: 'not', item: any };
}

/** The outermost group: a rule of a single condition is a group of one. */
export function rootGroup(where: Condition | undefined): Group {
  const group = where && groupOf(where);
  if (group) return group;
  return { kind: 'all', items: where ? [where] : [], placeOf: () => '' };
}

/** How many single conditions a rule has, however they are grouped. */
export function countConditions(condition: Condition | undefined): number {
  if (!condition) return 0;
  const group = groupOf(condition);
  return group ? group.items.reduce((sum, item) => sum + countConditions(item), 0) : 1;
}
