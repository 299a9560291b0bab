import { createHash } from 'node:crypto';
import type { ComparisonOperator } from '@wutong/contract';
import type { BoundCondition, BoundEventSource, BoundQuery } from '../bind/bound.ts';

/** Something about people that is kept from run to run, under a name that does not change as windows move on. */
export type KeptPart = { readonly name: string } & (
  | {
      /** How many events of a source each person has. */
      readonly kind: 'count';
      readonly source: BoundEventSource;
    }
  | {
      /** Who fits a condition on the person's own row, or a consent. */
      readonly kind: 'person' | 'consents';
      readonly condition: BoundCondition;
    }
  | {
      /** Who fits a condition that asks for several counts, or for counts and the person's row, at once. */
      readonly kind: 'joined';
      readonly condition: BoundCondition;
      /** Names of the counts. */
      readonly counts: readonly string[];
    }
);

/** A rule put together of what is kept. */
export type KeptTree =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'part'; readonly name: string }
  | {
      readonly kind: 'counted';
      readonly name: string;
      readonly operator: ComparisonOperator;
      readonly value: number;
    }
  | { readonly kind: 'not'; readonly item: KeptTree }
  | { readonly kind: 'and' | 'or'; readonly items: readonly KeptTree[] };

/** A rule whose members can be brought up to date, and the parts it needs. */
export interface KeptRule {
  readonly tree: KeptTree;
  readonly parts: readonly KeptPart[];
}

/**
 * Conditions and values that change for a person only by new events, windows that move over events, the person's
 * attributes and consents, merges and splits. Others can change by the mere passing of time, or by rows that are not
 * the person's.
 */
const TRACKED_KINDS = new Set([
  'population',
  'person',
  'constant',
  'and',
  'or',
  'not',
  'compare',
  'oneOf',
  'text',
  'listHas',
  'missing',
  'consents',
  'member',
  'literal',
  'field',
  'arithmetic',
  'call',
]);
// What moves with the clock inside a condition on single events would change counts of old events too.
const MOVING_CONDITIONS = new Set(['range', 'elapsed', 'anniversary', 'sequence']);

/** What a rule comes to when its members can be brought up to date; undefined when it must be computed in full. */
export function keptRuleOf(query: BoundQuery): KeptRule | undefined {
  if (query.kind !== 'population' || !isTracked(query)) return undefined;
  const parts = new Map<string, KeptPart>();
  const tree = treeOf(query.where, (part) => {
    parts.set(part.name, part);
    return part.name;
  });
  // What asks of no events is computed as fast in full.
  const hasCounts = [...parts.values()].some((part) => part.kind === 'count');
  return hasCounts ? { tree, parts: [...parts.values()] } : undefined;
}

/** Nodes within a bound query, not within what it counts of events. */
function* nodesOf(root: object): Iterable<{ kind: string } & Record<string, unknown>> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = next as { kind?: string } & Record<string, unknown>;
    if (node.kind !== undefined) yield node as { kind: string } & Record<string, unknown>;
    if (node.kind !== 'aggregate') waiting.push(...Object.values(node));
  }
}

function isTracked(query: BoundQuery): boolean {
  for (const node of nodesOf(query)) {
    if (node.kind === 'aggregate' ? countedSource(node) === undefined : !TRACKED_KINDS.has(node.kind))
      return false;
  }
  return true;
}

/** The events that an aggregate counts; undefined when it does something else. */
function countedSource(node: Record<string, unknown>): BoundEventSource | undefined {
  const source = node['source'] as { kind: string };
  if (node['function'] !== 'count' || source.kind !== 'event') return undefined;
  const events = source as BoundEventSource;
  if (events.property) return undefined;
  for (const { kind } of nodesOf(events.where ?? {})) if (MOVING_CONDITIONS.has(kind)) return undefined;
  return events;
}

type AddPart = (part: KeptPart) => string;

function treeOf(node: BoundCondition, add: AddPart): KeptTree {
  if (node.kind === 'constant') return node;
  if (node.kind === 'not') return { kind: 'not', item: treeOf(node.item, add) };
  if (node.kind === 'and' || node.kind === 'or') return treeOfItems(node, add);
  if (node.kind === 'consents') {
    return { kind: 'part', name: add({ kind: 'consents', name: nameOf(node), condition: node }) };
  }
  return comparedCount(node, add) ?? partOf(node, add);
}

/** Items that are decided in the same place are one part. */
function treeOfItems(node: Extract<BoundCondition, { kind: 'and' | 'or' }>, add: AddPart): KeptTree {
  const items: KeptTree[] = [];
  const together = { person: [] as BoundCondition[], joined: [] as BoundCondition[] };
  for (const item of node.items) {
    const place = STRUCTURES.has(item.kind) || comparison(item) ? undefined : placeOf(item);
    if (place) together[place].push(item);
    else items.push(treeOf(item, add));
  }
  for (const conditions of Object.values(together)) {
    const [first, ...more] = conditions;
    if (first) items.push(partOf(more.length === 0 ? first : { kind: node.kind, items: conditions }, add));
  }
  return { kind: node.kind, items };
}

const STRUCTURES: ReadonlySet<BoundCondition['kind']> = new Set(['constant', 'and', 'or', 'not', 'consents']);

/** A count beside a number, which the digits of the count decide. */
function comparison(
  node: BoundCondition,
): { source: BoundEventSource; operator: ComparisonOperator; value: number } | undefined {
  if (node.kind !== 'compare' || node.left.kind !== 'aggregate' || node.right.kind !== 'literal')
    return undefined;
  const { source } = node.left;
  const { value } = node.right;
  if (source.kind !== 'event' || typeof value !== 'number') return undefined;
  return { source, operator: node.operator, value };
}

function comparedCount(node: BoundCondition, add: AddPart): KeptTree | undefined {
  const compared = comparison(node);
  if (!compared) return undefined;
  const { source, operator, value } = compared;
  return { kind: 'counted', name: addCount(source, add), operator, value };
}

const addCount = (source: BoundEventSource, add: AddPart): string =>
  add({ kind: 'count', name: nameOf(source), source });

const placeOf = (node: BoundCondition): 'person' | 'joined' =>
  sourcesOf(node).length === 0 ? 'person' : 'joined';

function sourcesOf(node: BoundCondition): BoundEventSource[] {
  return [...nodesOf(node)].flatMap((each) => (each.kind === 'aggregate' ? (countedSource(each) ?? []) : []));
}

function partOf(condition: BoundCondition, add: AddPart): KeptTree {
  const counts = sourcesOf(condition).map((source) => addCount(source, add));
  const name = nameOf(condition);
  const part: KeptPart =
    counts.length === 0
      ? { kind: 'person', name, condition }
      : { kind: 'joined', name, condition, counts: [...new Set(counts)] };
  return { kind: 'part', name: add(part) };
}

/** Name that stays the same while the windows of events move, and changes with everything else. */
export function nameOf(node: BoundCondition | BoundEventSource): string {
  const text = JSON.stringify(node, function leaveWindows(this: { kind?: string }, key, value: unknown) {
    return key === 'window' && this.kind === 'event' ? undefined : value;
  });
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
