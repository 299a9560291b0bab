/** Where the nodes and bands of a path diagram stand. Pure: numbers in, places out. */
import type { PathAnswer } from '@wutong/contract';

export interface PlacedNode {
  level: number;
  name: string;
  paths: number;
  ended: number;
  x: number;
  y: number;
  height: number;
  /** Height of the part whose paths end here. */
  endedHeight: number;
}

export interface PlacedLink {
  level: number;
  from: string;
  to: string;
  paths: number;
  x1: number;
  x2: number;
  /** Middle of the band at its two ends. */
  y1: number;
  y2: number;
  width: number;
}

export interface PathSize {
  widthPx: number;
  heightPx: number;
}

/** Width of a node and the least room between two, in px. */
export const NODE_WIDTH = 12;
const GAP = 26;
/** Room for the names of the last level. */
const NAME_ROOM = 150;
/** A node thinner than this could not be seen. */
const THINNEST = 2;

const keyOf = (level: number, name: string): string => `${level} ${name}`;

/** Places levels from left to right, few bands crossing. */
export function layOutPath(
  { nodes, links }: Pick<PathAnswer, 'nodes' | 'links'>,
  { widthPx, heightPx }: PathSize,
): { nodes: PlacedNode[]; links: PlacedLink[] } {
  const levels = Math.max(0, ...nodes.map(({ level }) => level)) + 1;
  const columns = orderLevels(nodes, links, levels);
  const scale = Math.min(
    ...columns.map((column) => {
      const paths = column.reduce((sum, node) => sum + node.paths, 0);
      return paths === 0 ? Infinity : Math.max(40, heightPx - GAP * column.length) / paths;
    }),
  );
  const step = levels > 1 ? (widthPx - NAME_ROOM - NODE_WIDTH) / (levels - 1) : 0;
  const placed = new Map<string, PlacedNode>();
  for (const [level, column] of columns.entries()) {
    let y = GAP - 8;
    for (const node of column) {
      const height = Math.max(THINNEST, node.paths * scale);
      placed.set(keyOf(level, node.name), {
        ...node,
        x: level * step,
        y,
        height,
        endedHeight: node.ended * scale,
      });
      y += height + GAP;
    }
  }
  return { nodes: [...placed.values()], links: placeLinks(links, placed, scale) };
}

type Node = PathAnswer['nodes'][number];

/** The first level by size; the others where most of their paths come from, so that few bands cross. */
function orderLevels(nodes: readonly Node[], links: PathAnswer['links'], levels: number): Node[][] {
  const columns: Node[][] = [];
  let ranks = new Map<string, number>();
  for (let level = 0; level < levels; level++) {
    const former = ranks;
    const origin = ({ name, paths }: Node): number => {
      const into = links.filter((link) => link.level === level - 1 && link.to === name);
      const weight = into.reduce((sum, link) => sum + link.paths, 0);
      if (weight === 0) return -paths;
      return into.reduce((sum, link) => sum + (former.get(link.from) ?? 0) * link.paths, 0) / weight;
    };
    const column = nodes
      .filter((node) => node.level === level)
      .map((node) => ({ node, origin: origin(node) }))
      .toSorted((left, right) => left.origin - right.origin || right.node.paths - left.node.paths)
      .map(({ node }) => node);
    ranks = new Map(column.map(({ name }, index) => [name, index]));
    columns.push(column);
  }
  return columns;
}

/** Bands leave a node from its top down in the order of their ends, and come in likewise. */
function placeLinks(
  links: PathAnswer['links'],
  placed: ReadonlyMap<string, PlacedNode>,
  scale: number,
): PlacedLink[] {
  const left = new Map<string, number>();
  const entered = new Map<string, number>();
  const yOf = (level: number, name: string) => placed.get(keyOf(level, name))?.y ?? 0;
  const sorted = links
    .filter(({ level, from, to }) => placed.has(keyOf(level, from)) && placed.has(keyOf(level + 1, to)))
    .toSorted(
      (one, other) =>
        one.level - other.level ||
        yOf(one.level, one.from) - yOf(other.level, other.from) ||
        yOf(one.level + 1, one.to) - yOf(other.level + 1, other.to),
    );
  return sorted.map((link) => {
    const [source, target] = [keyOf(link.level, link.from), keyOf(link.level + 1, link.to)];
    const [from, to] = [placed.get(source)!, placed.get(target)!];
    const width = link.paths * scale;
    const y1 = from.y + (left.get(source) ?? 0) + width / 2;
    const y2 = to.y + (entered.get(target) ?? 0) + width / 2;
    left.set(source, (left.get(source) ?? 0) + width);
    entered.set(target, (entered.get(target) ?? 0) + width);
    return { ...link, x1: from.x + NODE_WIDTH, x2: to.x, y1, y2, width: Math.max(1, width) };
  });
}
