import { audienceApi, parseEql } from '@wutong/contract';
import { call } from '../../../api/call.ts';
import type { Usage } from '../../../api/vocabulary.ts';
import { namesIn, type NamedPart } from './names-in.ts';

/** A picture with more could not be read; what is left out is said. */
const MOST_NODES = 80;

export type LineageKind = Usage['kind'] | NamedPart['kind'];

export interface LineageNode {
  key: string;
  kind: LineageKind;
  id: string;
  name: string;
  /** Members of a segment, people with a value of a tag. */
  people?: number | undefined;
  archived?: boolean | undefined;
}

export interface Lineage {
  nodes: readonly LineageNode[];
  /** From what is used to what uses it. */
  edges: readonly { from: string; to: string }[];
  root: string;
  isComplete: boolean;
}

type Defined = Extract<Usage['kind'], 'segment' | 'tag'>;

interface Definition {
  name: string;
  people?: number | undefined;
  archived: boolean;
  text?: string | undefined;
  uses: readonly Usage[];
  usedBy: readonly Usage[];
}

async function readDefinition(kind: Defined, id: string): Promise<Definition> {
  if (kind === 'segment') {
    const segment = await call(audienceApi.readSegment, { params: { segmentId: id } });
    return { ...segment, people: segment.members };
  }
  const tag = await call(audienceApi.readTag, { params: { tagId: id } });
  return { ...tag, text: tag.kind === 'rule' ? tag.text : undefined };
}

const keyOf = (kind: LineageKind, id: string): string => `${kind} ${id}`;
const isDefined = (kind: LineageKind): kind is Defined => kind === 'segment' || kind === 'tag';

/**
 * Everything a segment or tag is made of, and everything that is made of it, however many steps away.
 * A definition that may not be read, or is gone, is a node without more behind it.
 */
export async function readLineage(kind: Defined, id: string): Promise<Lineage> {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, { from: string; to: string }>();
  const waiting: { kind: Defined; id: string; up: boolean; down: boolean }[] = [
    { kind, id, up: true, down: true },
  ];
  const seen = new Set<string>();
  let isComplete = true;
  const put = (node: LineageNode): boolean => {
    if (nodes.has(node.key)) return true;
    if (nodes.size >= MOST_NODES) isComplete = false;
    else nodes.set(node.key, node);
    return nodes.has(node.key);
  };
  const join = (from: string, to: string) => edges.set(`${from} ${to}`, { from, to });
  put({ key: keyOf(kind, id), kind, id, name: id });
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { up, down } = next;
    const key = keyOf(next.kind, next.id);
    const visit = `${key} ${up} ${down}`;
    if (seen.has(visit)) continue;
    seen.add(visit);
    const definition = await readDefinition(next.kind, next.id).catch(() => undefined);
    if (!definition) continue;
    const { name, people, archived } = definition;
    nodes.set(key, { key, kind: next.kind, id: next.id, name, people, archived });
    for (const usage of up ? definition.uses : []) {
      const other = keyOf(usage.kind, usage.id);
      if (!put({ key: other, ...usage })) continue;
      join(other, key);
      if (isDefined(usage.kind)) waiting.push({ kind: usage.kind, id: usage.id, up: true, down: false });
    }
    for (const part of up ? partsOf(definition.text) : []) {
      const other = keyOf(part.kind, part.name);
      if (put({ key: other, kind: part.kind, id: part.name, name: part.name })) join(other, key);
    }
    for (const usage of down ? definition.usedBy : []) {
      const other = keyOf(usage.kind, usage.id);
      if (!put({ key: other, ...usage })) continue;
      join(key, other);
      if (isDefined(usage.kind)) waiting.push({ kind: usage.kind, id: usage.id, up: false, down: true });
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], root: keyOf(kind, id), isComplete };
}

function partsOf(text: string | undefined): NamedPart[] {
  const parsed = text ? parseEql(text) : undefined;
  return parsed?.document ? namesIn(parsed.document) : [];
}

/** Everything that follows from a definition, by steps: what an edit or an archive would touch. */
export function dependentsIn({ nodes, edges, root }: Lineage): LineageNode[] {
  const reached = new Set<string>([root]);
  // Edges may be in any order: go round until nothing new is reached.
  for (let size = 0; size !== reached.size;) {
    size = reached.size;
    for (const { from, to } of edges) if (reached.has(from)) reached.add(to);
  }
  return nodes.filter(({ key }) => key !== root && reached.has(key));
}
