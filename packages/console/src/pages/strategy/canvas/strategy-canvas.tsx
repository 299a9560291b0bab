import { useMemo, useRef } from 'react';
import {
  Background,
  BackgroundVariant,
  Controls,
  MarkerType,
  MiniMap,
  ReactFlow,
  type EdgeTypes,
  type NodeTypes,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import type { Finding, StrategyDocument } from '@wutong/contract';
import type { StrategyNumbers } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useEventTitles } from '../../../frame/use-event-titles.ts';
import { useContentNames } from '../../../frame/use-names.ts';
import { onNodeKey } from '../../../parts/node-keys.ts';
import { useWide } from '../../../parts/use-wide.ts';
import { FlowEdge, type RoutedEdge } from './flow-edge.tsx';
import { edgeKey, layOut, type Placed } from './lay-out.ts';
import { NodeCard, type CardNode } from './node-card.tsx';
import { sentenceOfNode } from './node-sentence.ts';
import styles from './strategy-canvas.module.css';

interface StrategyCanvasProps {
  document: StrategyDocument;
  numbers: StrategyNumbers | undefined;
  findings: readonly Finding[];
  chosen: string;
  onChoose: (nodeId: string) => void;
}

const nodeTypes: NodeTypes = { card: NodeCard };
const edgeTypes: EdgeTypes = { flow: FlowEdge };

/** The strategy as a picture that reads from top to bottom, with live numbers. */
export default function StrategyCanvas({
  document,
  numbers,
  findings,
  chosen,
  onChoose,
}: StrategyCanvasProps) {
  const { text } = useReader();
  const wide = useWide();
  const element = useRef<HTMLDivElement>(null);
  const placed = usePlaced(document);
  const nodes = useCardNodes(document, placed, numbers, findings, chosen);
  const edges = useRoutedEdges(document, placed, numbers);
  return (
    <div className={styles.canvas} ref={element} onKeyDown={onNodeKey(onChoose)}>
      <ReactFlow<CardNode, RoutedEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(flow) => {
          const sheet = element.current?.getBoundingClientRect();
          if (sheet) void flow.setViewport(beginning(placed, chosen, sheet, wide));
        }}
        panOnScroll
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.2}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        onNodeClick={(_event, { id }) => onChoose(id)}
        onPaneClick={() => onChoose('')}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
        aria-label={text.strategy.tabs.canvas}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="#dcd7c9" />
        <Controls showInteractive={false} aria-label={text.strategy.panel.fit} />
        {wide && <MiniMap pannable zoomable nodeColor="#c9d8cf" maskColor="rgb(246 244 238 / 70%)" />}
      </ReactFlow>
    </div>
  );
}

/** How far the picture is shrunk at most when it opens: smaller, the sentences could not be read. */
const READABLE_ZOOM = 0.78;
const READABLE_ZOOM_PHONE = 0.6;
const TOP_MARGIN_PX = 24;

/** Opens at the chosen or the first node, large enough to read; the rest is scrolled to, or seen with "fit". */
function beginning(placed: Placed, chosen: string, sheet: DOMRect, wide: boolean): Viewport {
  const places = [...placed.nodes.values()];
  const bottom = Math.max(1, ...places.map(({ y, height }) => y + height));
  const smallest = wide ? READABLE_ZOOM : READABLE_ZOOM_PHONE;
  const zoom = Math.min(1, Math.max(smallest, (sheet.height - 2 * TOP_MARGIN_PX) / bottom));
  const first = places.toSorted((left, right) => left.y - right.y)[0];
  const middle = first ? first.x + first.width / 2 : 0;
  const aim = placed.nodes.get(chosen);
  const lift = aim ? Math.max(0, (aim.y + aim.height / 2) * zoom - sheet.height / 2) : 0;
  return { x: sheet.width / 2 - middle * zoom, y: TOP_MARGIN_PX - lift, zoom };
}

function useLabels(): (label: string) => string {
  const { text } = useReader();
  const words: Record<string, string> = text.strategy.edge;
  return (label) => words[label] ?? label;
}

function usePlaced(document: StrategyDocument) {
  const labelOf = useLabels();
  // The picture depends on the document and the language only; numbers come and go above it.
  return useMemo(() => layOut(document, ({ label }) => labelOf(label)), [document, labelOf('treated')]);
}

function useCardNodes(
  document: StrategyDocument,
  placed: Placed,
  numbers: StrategyNumbers | undefined,
  findings: readonly Finding[],
  chosen: string,
): CardNode[] {
  const { text, format } = useReader();
  const contentName = useContentNames();
  const { event: eventTitle } = useEventTitles();
  const byNode = new Map(numbers?.nodes.map((each) => [each.nodeId, each]));
  return document.nodes.flatMap((node): CardNode[] => {
    const place = placed.nodes.get(node.id);
    if (!place) return [];
    return [
      {
        id: node.id,
        type: 'card',
        position: { x: place.x, y: place.y },
        width: place.width,
        height: place.height,
        ariaRole: 'button',
        ariaLabel: node.title || text.words.nodeKind[node.kind],
        data: {
          node,
          sentence: sentenceOfNode(node, { text, format, contentName, eventTitle }),
          numbers: byNode.get(node.id),
          findings: findings.filter(({ nodeId }) => nodeId === node.id),
          chosen: node.id === chosen,
        },
      },
    ];
  });
}

function useRoutedEdges(
  document: StrategyDocument,
  placed: Placed,
  numbers: StrategyNumbers | undefined,
): RoutedEdge[] {
  const { format } = useReader();
  const labelOf = useLabels();
  const byNode = new Map(numbers?.nodes.map((each) => [each.nodeId, each]));
  const mostOut = Math.max(1, ...(numbers?.nodes ?? []).map(({ out }) => out));
  return document.edges.map((edge): RoutedEdge => {
    const from = byNode.get(edge.from);
    const went = from?.outcomes[edge.label];
    const named = labelOf(edge.label);
    const quiet = edge.label === 'holdout' || edge.label === 'refused';
    return {
      id: edgeKey(edge),
      source: edge.from,
      target: edge.to,
      type: 'flow',
      focusable: false,
      markerEnd: {
        type: MarkerType.ArrowClosed,
        color: quiet ? '#bdb8a9' : '#8fae9f',
        width: 16,
        height: 16,
        markerUnits: 'userSpaceOnUse',
      },
      data: {
        points: placed.edges.get(edgeKey(edge)) ?? [],
        label: named,
        share: named && went !== undefined && from && from.out > 0 ? format.percent(went / from.out, 0) : '',
        weight: (went ?? 0) / mostOut,
        quiet,
      },
    };
  });
}
