import type { StrategyDocument, StrategyEdge, StrategyNode } from './document.ts';

/** A document's nodes and edges, indexed for walking. Edges whose ends do not exist are left out. */
export interface StrategyGraph {
  readonly nodes: ReadonlyMap<string, StrategyNode>;
  readonly outgoing: ReadonlyMap<string, readonly StrategyEdge[]>;
  readonly entry: StrategyNode | undefined;
}

export function strategyGraph(document: StrategyDocument): StrategyGraph {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const outgoing = new Map<string, StrategyEdge[]>();
  for (const edge of document.edges) {
    if (!nodes.has(edge.from) || !nodes.has(edge.to)) continue;
    const edges = outgoing.get(edge.from) ?? [];
    edges.push(edge);
    outgoing.set(edge.from, edges);
  }
  return { nodes, outgoing, entry: document.nodes.find((node) => node.kind === 'entry') };
}

/** Nodes that can be reached from `start`, itself included. */
export function reachable(graph: StrategyGraph, start: string, label?: string): Set<string> {
  const seen = new Set<string>();
  const open: string[] = [];
  const first = graph.outgoing.get(start) ?? [];
  if (label === undefined) open.push(start);
  else open.push(...first.filter((edge) => edge.label === label).map((edge) => edge.to));
  while (open.length > 0) {
    const id = open.pop()!;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const edge of graph.outgoing.get(id) ?? []) open.push(edge.to);
  }
  return seen;
}

/** Node ids in an order in which every edge points forward; nodes of cycles are left out. */
export function topologicalOrder(graph: StrategyGraph): string[] {
  const incoming = new Map([...graph.nodes.keys()].map((id) => [id, 0]));
  for (const edges of graph.outgoing.values()) {
    for (const edge of edges) incoming.set(edge.to, incoming.get(edge.to)! + 1);
  }
  const open = [...incoming].filter(([, count]) => count === 0).map(([id]) => id);
  const order: string[] = [];
  for (let index = 0; index < open.length; index++) {
    const id = open[index]!;
    order.push(id);
    for (const edge of graph.outgoing.get(id) ?? []) {
      const left = incoming.get(edge.to)! - 1;
      incoming.set(edge.to, left);
      if (left === 0) open.push(edge.to);
    }
  }
  return order;
}
