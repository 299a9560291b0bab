/** Places a strategy's nodes in layers from top to bottom, and routes its edges around them. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { StrategyDocument } from '@wutong/contract';

export const CARD_WIDTH = 248;
export const CARD_HEIGHT = 128;
const EXIT_HEIGHT = 84;
const LABEL_HEIGHT = 22;

export interface Point {
  x: number;
  y: number;
}

export interface Placed {
  /** Top left corner of each node's card. */
  nodes: Map<string, Point & { width: number; height: number }>;
  /** Points each edge passes, by `edgeKey`. */
  edges: Map<string, Point[]>;
}

type Edge = StrategyDocument['edges'][number];

/** An edge's own name: a node may have several ways to one other. */
export const edgeKey = ({ from, label, to }: Edge): string => `${from} ${label} ${to}`;

/**
 * Lays the document out. The same document always gives the same picture, so that people find a node
 * where they saw it; positions stored in the document are not needed.
 */
export function layOut(document: StrategyDocument, labelOf: (edge: Edge) => string): Placed {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 44, ranksep: 30, edgesep: 28, ranker: 'network-simplex' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, kind } of document.nodes) {
    graph.setNode(id, { width: CARD_WIDTH, height: kind === 'exit' ? EXIT_HEIGHT : CARD_HEIGHT });
  }
  for (const edge of document.edges) {
    if (!graph.hasNode(edge.from) || !graph.hasNode(edge.to)) continue;
    const label = labelOf(edge);
    graph.setEdge(
      edge.from,
      edge.to,
      { width: label ? label.length * 12 + 40 : 0, height: label ? LABEL_HEIGHT : 0, labelpos: 'c' },
      edgeKey(edge),
    );
  }
  layout(graph);
  const placed: Placed = { nodes: new Map(), edges: new Map() };
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id);
    placed.nodes.set(id, { x: x - width / 2, y: y - height / 2, width, height });
  }
  for (const edge of graph.edges()) {
    if (edge.name) placed.edges.set(edge.name, graph.edge(edge).points ?? []);
  }
  return placed;
}

/** A smooth line through points: straight pieces whose corners are rounded. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M ${first.x} ${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) {
      path += ` L ${point.x} ${point.y}`;
      return;
    }
    const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += ` Q ${point.x} ${point.y} ${middle.x} ${middle.y}`;
  });
  return path;
}
