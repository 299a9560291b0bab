import {
  strategyGraph,
  type NodeOfKind,
  type StrategyDocument,
  type StrategyNode,
  type Wait,
} from '@wutong/contract';

/** A document prepared for walking. Immutable, shared by everybody on the version. */
export interface Program {
  readonly strategyId: string;
  readonly version: number;
  readonly document: StrategyDocument;
  readonly entry: NodeOfKind<'entry'>;
  readonly holdout: NodeOfKind<'holdout'> | undefined;
  readonly nodes: ReadonlyMap<string, StrategyNode>;
  /** Next node by node and label. */
  readonly next: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly eventWaits: readonly { readonly nodeId: string; readonly wait: EventWait }[];
}

export type EventWait = Extract<Wait, { type: 'event' }>;

/** Prepares a document that passed the check: exactly one entry, no cycles. */
export function compileProgram(strategyId: string, version: number, document: StrategyDocument): Program {
  const graph = strategyGraph(document);
  const entry = document.nodes.find((node) => node.kind === 'entry');
  if (!entry) throw new Error(`strategy ${strategyId} version ${version} has no entry`);
  const next = new Map<string, Map<string, string>>();
  for (const [nodeId, edges] of graph.outgoing) {
    next.set(nodeId, new Map(edges.map((edge) => [edge.label, edge.to])));
  }
  return {
    strategyId,
    version,
    document,
    entry,
    holdout: document.nodes.find((node) => node.kind === 'holdout'),
    nodes: graph.nodes,
    next,
    eventWaits: document.nodes.flatMap((node) =>
      node.kind === 'wait' && node.wait.type === 'event' ? [{ nodeId: node.id, wait: node.wait }] : [],
    ),
  };
}

/** Names of the events that a strategy listens to: entry, waits and goal. */
export function eventsOf(document: StrategyDocument): string[] {
  const names = new Set<string>();
  if (document.goal) names.add(document.goal.event);
  for (const node of document.nodes) {
    if (node.kind === 'entry' && node.source.type === 'event') names.add(node.source.event);
    if (node.kind === 'wait' && node.wait.type === 'event') names.add(node.wait.event);
  }
  return [...names];
}
