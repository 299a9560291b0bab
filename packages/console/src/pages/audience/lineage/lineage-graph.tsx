import { useMemo } from 'react';
import { graphlib, layout } from '@dagrejs/dagre';
import {
  Background,
  BackgroundVariant,
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
  type NodeTypes,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useNavigate } from 'react-router-dom';
import { useReader } from '../../../frame/reader.tsx';
import type { ExpressionNames } from '../../../eql/rule/names.ts';
import { useExpressionNames } from '../../../eql/use-expression-names.ts';
import { onNodeKey } from '../../../parts/node-keys.ts';
import { useWide } from '../../../parts/use-wide.ts';
import { addressOf } from './addresses.ts';
import type { Lineage, LineageNode } from './lineage-panel.tsx';
import styles from './lineage.module.css';

const WIDTH = 216;
const HEIGHT = 58;

type Card = Node<{ node: LineageNode; title: string; isRoot: boolean }, 'card'>;

/** A part of the model by its title. */
function titleOf(names: ExpressionNames, { kind, id, name }: LineageNode): string {
  if (kind === 'event') return names.events.find((each) => each.name === id)?.title ?? id;
  if (kind === 'attribute') return names.attributes.find((each) => each.name === id)?.title ?? id;
  if (kind === 'detail' || kind === 'relation') {
    const declared = [...names.details, ...names.relations, ...names.entities];
    return declared.find((each) => each.name === id)?.title ?? id;
  }
  return name;
}

/** From left to right: what it is made of, itself, what is made of it. Each leads to its own page. */
export default function LineageGraph({ lineage, root }: { lineage: Lineage; root: string }) {
  const { audience: words, sharing } = useReader().text;
  const { names } = useExpressionNames();
  const navigate = useNavigate();
  const wide = useWide();
  const placed = useMemo(() => place(lineage, wide), [lineage, wide]);
  const doorOf = (node: LineageNode) =>
    node.hidden || node.key === root ? undefined : addressOf(node.kind, node.id);
  const open = (node: LineageNode | undefined) => {
    const to = node && doorOf(node);
    if (to) void navigate(to);
  };
  const shownTitle = (node: LineageNode) => (node.hidden ? sharing.hidden : titleOf(names, node));
  const nodes = lineage.nodes.map((node): Card => ({
    id: node.key,
    type: 'card',
    position: placed.get(node.key) ?? { x: 0, y: 0 },
    width: WIDTH,
    height: HEIGHT,
    ariaRole: doorOf(node) ? 'link' : 'group',
    ariaLabel: shownTitle(node),
    data: { node, title: shownTitle(node), isRoot: node.key === root },
  }));
  // What is used stands before what uses it, as data flows.
  const edges = lineage.edges.map(({ from, to }): Edge => ({
    id: `${from} ${to}`,
    source: to,
    target: from,
    focusable: false,
    style: { stroke: '#9db8ab' },
    markerEnd: { type: MarkerType.ArrowClosed, color: '#9db8ab', width: 16, height: 16 },
  }));
  return (
    <div
      className={styles.graph}
      onKeyDown={onNodeKey((key) => open(lineage.nodes.find((each) => each.key === key)))}
    >
      <ReactFlow<Card>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1, minZoom: 0.5 }}
        minZoom={0.2}
        maxZoom={1.4}
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        onNodeClick={(_event, { data }) => open(data.node)}
        proOptions={{ hideAttribution: true }}
        aria-label={words.lineage.title}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="#dcd7c9" />
        <Controls showInteractive={false} />
      </ReactFlow>
      {!lineage.isComplete && <p className="faint">{words.lineage.cut}</p>}
    </div>
  );
}

function place({ nodes, edges }: Lineage, wide: boolean): Map<string, { x: number; y: number }> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: wide ? 'LR' : 'TB', nodesep: 16, ranksep: 64 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of nodes) graph.setNode(key, { width: WIDTH, height: HEIGHT });
  for (const { from, to } of edges) {
    if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(to, from);
  }
  layout(graph);
  return new Map(
    graph.nodes().map((key) => {
      const { x, y } = graph.node(key);
      return [key, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }];
    }),
  );
}

function LineageCard({ data }: NodeProps<Card>) {
  const { text, format } = useReader();
  const words = text.audience;
  const wide = useWide();
  const { node, title, isRoot } = data;
  const [near, far] = wide ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  return (
    <div className={styles.card} data-kind={node.kind} data-root={isRoot}>
      <Handle type="target" position={near} isConnectable={false} />
      <small>
        {words.lineage.kind[node.kind]}
        {node.archived && ` · ${words.archived}`}
        {node.people !== undefined && ` · ${format.integer(node.people)}`}
        {node.waitingSince && ` · ${words.statuses.waiting}`}
      </small>
      <b title={title}>{title}</b>
      <Handle type="source" position={far} isConnectable={false} />
    </div>
  );
}

const nodeTypes: NodeTypes = { card: LineageCard };
