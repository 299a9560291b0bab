import type { audienceApi, EqlDocument } from '@wutong/contract';
import { shownProblem } from './computation-problem.ts';
import type { GovernedRow } from './governance-store.ts';
import type { UserOfNames } from './usage-store.ts';

type Lineage = ReturnType<typeof audienceApi.readLineage.response.parse>;
export type LineageKind = Lineage['nodes'][number]['kind'];

/** More than anybody can look at; a focus shows the part that matters. */
const MAXIMUM_NODES = 5_000;

/** What is known of uses. */
export interface UseFacts {
  readonly made: readonly GovernedRow[];
  readonly uses: readonly {
    readonly user: UserOfNames;
    readonly usedKind: 'segment' | 'tag';
    readonly usedId: string;
  }[];
  /** Segments and tags that may not be seen, as `kind:id`: they keep their place, without name and rule. */
  readonly unseen: ReadonlySet<string>;
  /** What a name in a rule is, and how people know it. */
  describe(kind: DataKind, name: string): { readonly kind: DataKind; readonly title: string };
}

export type DataKind = 'event' | 'attribute' | 'detail' | 'relation';

/** The graph of what uses what: all of it, or what depends on one node and what that one depends on. */
export function traceLineage(
  facts: UseFacts,
  options: { focus?: { kind: LineageKind; id: string } | undefined; data: boolean; language: 'zh' | 'en' },
): Lineage {
  const nodes = new Map<string, Lineage['nodes'][number]>();
  const edges = new Map<string, { from: string; to: string }>();
  const add = (node: Omit<Lineage['nodes'][number], 'key'>): string => {
    const key = `${node.kind}:${node.id}`;
    if (!nodes.has(key)) nodes.set(key, { key, ...node });
    return key;
  };
  const connect = (from: string, to: string): void => void edges.set(`${from} ${to}`, { from, to });
  for (const row of facts.made) {
    const { kind, id, name, archived, people } = row;
    const problem = shownProblem(row, options.language);
    add({
      kind,
      id,
      name,
      archived,
      ...(people === null ? {} : { people }),
      ...(problem === undefined ? {} : { problem }),
      ...(row.waiting_since === null ? {} : { waitingSince: new Date(row.waiting_since).toISOString() }),
    });
  }
  for (const { user, usedKind, usedId } of facts.uses) {
    const from = add({ ...user, archived: false });
    connect(from, add({ kind: usedKind, id: usedId, name: usedId, archived: false }));
  }
  for (const row of options.data ? facts.made : []) {
    if (facts.unseen.has(`${row.kind}:${row.id}`)) continue;
    for (const used of row.document ? dataOf(row.document, facts) : []) {
      const { kind, title } = facts.describe(used.kind, used.name);
      connect(`${row.kind}:${row.id}`, add({ kind, id: used.name, name: title, archived: false }));
    }
  }
  const { focus } = options;
  const kept = focus ? connectedTo(`${focus.kind}:${focus.id}`, [...edges.values()]) : undefined;
  const shown = [...nodes.values()].filter((node) => kept?.has(node.key) ?? true);
  const cut = shown.slice(0, MAXIMUM_NODES);
  const keys = new Set(cut.map((node) => node.key));
  const connected = [...edges.values()].filter((edge) => keys.has(edge.from) && keys.has(edge.to));
  const isComplete = shown.length <= MAXIMUM_NODES;
  if (focus && facts.unseen.has(`${focus.kind}:${focus.id}`)) return { nodes: [], edges: [], isComplete };
  return { ...withoutUnseen(cut, connected, facts.unseen), isComplete };
}

/** What may not be seen has no name, and is left out where nothing that may be seen touches it. */
function withoutUnseen(
  nodes: readonly Lineage['nodes'][number][],
  edges: readonly Lineage['edges'][number][],
  unseen: UseFacts['unseen'],
): Pick<Lineage, 'nodes' | 'edges'> {
  if (unseen.size === 0) return { nodes: [...nodes], edges: [...edges] };
  const kept = edges.filter((edge) => !unseen.has(edge.from) || !unseen.has(edge.to));
  const touched = new Set(kept.flatMap((edge) => [edge.from, edge.to]));
  const masks = new Map<string, string>();
  const shown: Lineage['nodes'] = [];
  for (const node of nodes) {
    if (!unseen.has(node.key)) shown.push(node);
    else if (touched.has(node.key)) {
      const id = `hidden-${masks.size + 1}`;
      const key = `${node.kind}:${id}`;
      masks.set(node.key, key);
      shown.push({ key, kind: node.kind, id, name: '', archived: false, hidden: true });
    }
  }
  const masked = (key: string): string => masks.get(key) ?? key;
  return { nodes: shown, edges: kept.map((edge) => ({ from: masked(edge.from), to: masked(edge.to) })) };
}

/** Everything on a way that leads to a node or on from it. */
function connectedTo(start: string, edges: readonly { from: string; to: string }[]): Set<string> {
  const found = new Set([start]);
  for (const [near, far] of [
    ['from', 'to'],
    ['to', 'from'],
  ] as const) {
    const next = new Map<string, string[]>();
    for (const edge of edges) next.set(edge[near], [...(next.get(edge[near]) ?? []), edge[far]]);
    const reached = new Set([start]);
    for (const key of reached) {
      for (const other of next.get(key) ?? []) reached.add(other);
    }
    for (const key of reached) found.add(key);
  }
  return found;
}

/** Those who depend on a segment or tag, nearest first, each with how many steps away it is. */
export function dependentsOf(
  uses: UseFacts['uses'],
  start: { kind: 'segment' | 'tag'; id: string },
): (UserOfNames & { steps: number })[] {
  const found = new Map<string, UserOfNames & { steps: number }>();
  let edge: { kind: string; id: string }[] = [start];
  for (let steps = 1; edge.length > 0; steps++) {
    const targets = new Set(edge.map(({ kind, id }) => `${kind}:${id}`));
    edge = [];
    for (const { user, usedKind, usedId } of uses) {
      const key = `${user.kind}:${user.id}`;
      if (!targets.has(`${usedKind}:${usedId}`) || found.has(key)) continue;
      found.set(key, { ...user, steps });
      edge.push(user);
    }
  }
  return [...found.values()];
}

/** Names of events, attributes, details and relations in a rule; attributes by the first part of their path. */
function dataOf(
  document: EqlDocument,
  { describe }: Pick<UseFacts, 'describe'>,
): { kind: DataKind; name: string }[] {
  const found = new Map<string, { kind: DataKind; name: string }>();
  const note = (kind: DataKind, name: string): void => void found.set(`${kind} ${name}`, { kind, name });
  const waiting: { value: unknown; isRow: boolean }[] = [{ value: document, isRow: false }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, isRow } = next;
    if (typeof value !== 'object' || value === null) continue;
    const node = value as {
      kind?: string;
      event?: string;
      name?: string;
      path?: string[];
      property?: string[];
    };
    if (node.kind === 'event' && node.event !== undefined) note('event', node.event);
    if (node.kind === 'related' && node.name !== undefined) {
      note('detail', node.name);
      const [first] = node.property ?? [];
      // In `company.loan`, the details of what a relation leads to.
      const isFar = first !== undefined && describe('detail', node.name).kind === 'relation';
      if (isFar && describe('detail', first).kind === 'detail') note('detail', first);
    }
    // Inside a source, a path names a property of its rows.
    if (node.kind === 'attribute' && !isRow && node.path?.[0] !== undefined) note('attribute', node.path[0]);
    const isSource = node.kind === 'event' || (node.kind === 'related' && node.name !== undefined);
    for (const inner of Object.values(value)) waiting.push({ value: inner, isRow: isRow || isSource });
  }
  return [...found.values()];
}
