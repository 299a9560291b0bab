import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { OTHER_GROUP, type PathAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { colorOf, QUIET } from '../chart/colors.ts';
import { useDrill } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { layOutPath, NODE_WIDTH, type PlacedLink, type PlacedNode } from './lay-out-path.ts';
import { pathCell } from './path-cell.ts';
import styles from './path.module.css';

interface PathDiagramProps {
  question: QuestionOf<'path'>;
  answer: PathAnswer;
  nameOf: (name: string) => string;
  heightPx: number | undefined;
}

/** The least room a level needs so that its names can be read; narrower screens scroll. */
const LEVEL_WIDTH = 190;

/** Paths as bands between events: the wider, the more went that way; what ends at an event fades out. */
export function PathDiagram({ question, answer, nameOf, heightPx }: PathDiagramProps) {
  const { text } = useReader();
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(900);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const levels = Math.max(0, ...answer.nodes.map(({ level }) => level)) + 1;
  const busiest = Math.max(
    ...Array.from(
      { length: levels },
      (_, level) => answer.nodes.filter((node) => node.level === level).length,
    ),
  );
  const height = heightPx ?? Math.max(360, busiest * 56);
  const width = Math.max(room, levels * LEVEL_WIDTH);
  const backwards = question.anchor?.kind === 'end';
  const placed = useMemo(
    () => mirrored(layOutPath(answer, { widthPx: width, heightPx: height }), backwards ? width : undefined),
    [answer, width, height, backwards],
  );
  const colors = useMemo(() => {
    const order = [...new Set(answer.nodes.map(({ name }) => name))];
    return new Map(order.map((name, index) => [name, name === OTHER_GROUP ? QUIET : colorOf(index)]));
  }, [answer]);
  const bottom = Math.max(height, ...placed.nodes.map((node) => node.y + node.height + 24));
  return (
    <div ref={frame} className={styles.frame}>
      <svg width={width} height={bottom} role="group" aria-label={text.insight.pathDiagram}>
        {placed.links.map((link) => (
          <Band
            key={`${link.level} ${link.from} ${link.to}`}
            link={link}
            color={colors.get(link.from) ?? QUIET}
            question={question}
            nameOf={nameOf}
          />
        ))}
        {placed.nodes.map((node) => (
          <Node
            key={`${node.level} ${node.name}`}
            node={node}
            color={colors.get(node.name) ?? QUIET}
            question={question}
            nameOf={nameOf}
            textLeft={backwards}
          />
        ))}
      </svg>
    </div>
  );
}

/** Paths that end in an event are read towards it: the first level stands at the right. */
function mirrored<Placed extends { nodes: PlacedNode[]; links: PlacedLink[] }>(
  placed: Placed,
  width: number | undefined,
) {
  if (width === undefined) return placed;
  return {
    nodes: placed.nodes.map((node) => ({ ...node, x: width - node.x - NODE_WIDTH })),
    links: placed.links.map((link) => ({ ...link, x1: width - link.x1, x2: width - link.x2 })),
  };
}

/** Attributes that make a shape a button. */
function doorOf(open: (() => void) | undefined, label: string) {
  if (!open) return { 'aria-label': label, role: 'img' };
  return {
    role: 'button',
    tabIndex: 0,
    'aria-label': label,
    className: styles.door,
    onClick: open,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      open();
    },
  };
}

interface ShapeProps {
  color: string;
  question: QuestionOf<'path'>;
  nameOf: (name: string) => string;
}

function Band({ link, color, question, nameOf }: ShapeProps & { link: PlacedLink }) {
  const { format } = useReader();
  const drill = useDrill();
  const title = `${nameOf(link.from)} → ${nameOf(link.to)} · ${format.integer(link.paths)}`;
  const of = pathCell(question, link.level, link.from, link.to);
  const middle = (link.x1 + link.x2) / 2;
  return (
    <path
      d={`M${link.x1},${link.y1} C${middle},${link.y1} ${middle},${link.y2} ${link.x2},${link.y2}`}
      fill="none"
      stroke={color}
      strokeWidth={link.width}
      strokeOpacity={0.26}
      {...doorOf(drill && (() => drill({ of, title })), title)}
    >
      <title>{title}</title>
    </path>
  );
}

function Node({
  node,
  color,
  question,
  nameOf,
  textLeft,
}: ShapeProps & { node: PlacedNode; textLeft: boolean }) {
  const { text, format } = useReader();
  const drill = useDrill();
  const name = nameOf(node.name);
  const title = `${name} · ${format.integer(node.paths)}`;
  const of = pathCell(question, node.level, node.name);
  const textX = textLeft ? node.x - 8 : node.x + NODE_WIDTH + 8;
  const share = node.paths > 0 ? node.ended / node.paths : 0;
  return (
    <g {...doorOf(drill && (() => drill({ of, title })), title)}>
      <title>{`${title} · ${text.insight.endedHere(format.integer(node.ended), format.percent(share))}`}</title>
      <rect x={node.x} y={node.y} width={NODE_WIDTH} height={node.height} rx={2} fill={color} />
      {node.endedHeight > 1 && (
        <rect
          x={node.x}
          y={node.y + node.height - node.endedHeight}
          width={NODE_WIDTH}
          height={node.endedHeight}
          rx={2}
          fill="#ffffff"
          fillOpacity={0.55}
        />
      )}
      <text
        x={textX}
        y={node.y - 5}
        className={styles.name}
        textAnchor={textLeft ? 'end' : 'start'}
        dx={textLeft ? 20 : -20}
      >
        {name}
        <tspan className={styles.count} dx={6}>
          {format.compact(node.paths)}
        </tspan>
      </text>
    </g>
  );
}
