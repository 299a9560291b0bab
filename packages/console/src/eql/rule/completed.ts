/** What of a rule is ready to be counted: conditions still being filled in are left out, and known by their place. */
import type { Condition, EqlDocument, Value } from '@wutong/contract';
import { isEmptyValue } from './comparison.ts';

export interface CompletedRule {
  document: EqlDocument;
  /** Place of each kept condition: in the document that is sent → in the one that is edited. */
  placeOf: ReadonlyMap<string, string>;
  /** How many single conditions were left out. */
  leftOut: number;
}

/** The rule without its unfinished conditions and empty groups. */
export function completedRule(document: EqlDocument): CompletedRule {
  const placeOf = new Map<string, string>();
  let leftOut = 0;
  if (document.kind !== 'population') return { document, placeOf, leftOut: isUnfinished(document) ? 1 : 0 };
  const keep = (condition: Condition, edited: string, sent: string): Condition | undefined => {
    if (condition.kind === 'and' || condition.kind === 'or') {
      const items: Condition[] = [];
      condition.items.forEach((item, index) => {
        const kept = keep(item, `${edited}.items[${index}]`, `${sent}.items[${items.length}]`);
        if (kept) items.push(kept);
      });
      if (items.length === 0) return undefined;
      placeOf.set(sent, edited);
      return { kind: condition.kind, items };
    }
    if (condition.kind === 'not') {
      const item = keep(condition.item, `${edited}.item`, `${sent}.item`);
      if (!item) return undefined;
      placeOf.set(sent, edited);
      return { kind: 'not', item };
    }
    if (isUnfinished(condition)) {
      leftOut += 1;
      return undefined;
    }
    placeOf.set(sent, edited);
    return condition;
  };
  const where = document.where && keep(document.where, 'where', 'where');
  const { where: _edited, ...rest } = document;
  return { document: where ? { ...rest, where } : rest, placeOf, leftOut };
}

/** Whether something in a condition is still to be given: an empty value, an empty list, an empty name or group. */
export function isUnfinished(node: Condition | Value | EqlDocument): boolean {
  const waiting: unknown[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      waiting.push(...(next as unknown[]));
      continue;
    }
    if (!isGiven(next)) return true;
    waiting.push(...(Object.values(next) as unknown[]));
  }
  return false;
}

/** Names that must be there, by the kind of the node that has them. */
const NAMES: Record<string, string[]> = {
  event: ['event'],
  related: ['name'],
  inSegment: ['segment'],
  changed: ['segment'],
  daysIn: ['segment'],
  tag: ['tag'],
  consents: ['purpose', 'channel'],
};
const NEEDS_PROPERTY = new Set(['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last', 'nth']);

function isGiven(node: object): boolean {
  const fields = node as Record<string, unknown>;
  const { kind } = fields;
  // Windows and durations have kinds as well, but nothing in them can be empty.
  if (typeof kind !== 'string') return true;
  if (kind === 'text' && 'value' in fields && typeof fields['value'] === 'string') {
    return !isEmptyValue(node as Value);
  }
  if ((kind === 'list' || kind === 'and' || kind === 'or') && Array.isArray(fields['items'])) {
    return fields['items'].length > 0;
  }
  if (kind === 'aggregate' && NEEDS_PROPERTY.has(String(fields['function']))) {
    return (fields['source'] as { property?: unknown }).property !== undefined;
  }
  return (NAMES[kind] ?? []).every((name) => fields[name] !== '');
}
