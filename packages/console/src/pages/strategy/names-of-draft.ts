/** What a draft is made of. Uses are declared when a version is published; of a draft only its own rules tell. */
import { parseEql, type audienceApi, type StrategyDocument } from '@wutong/contract';

type Lineage = ReturnType<typeof audienceApi.readLineage.response.parse>;

/** Keys of the segments and tags that the rules of a draft name, as in lineage: `segment:vip`. */
export function namesOfDraft({ nodes }: StrategyDocument): string[] {
  const found = new Set<string>();
  const texts = nodes.flatMap((node) => {
    if (node.kind === 'branch') return node.branches.map(({ eql }) => eql);
    return node.kind === 'entry' && node.source.type === 'audience' ? [node.source.eql] : [];
  });
  // A rule that cannot be read names nothing.
  const waiting: unknown[] = texts.map((text) => parseEql(text).document ?? null);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const { segment, tag } = next as { segment?: unknown; tag?: unknown };
    if (typeof segment === 'string') found.add(`segment:${segment}`);
    if (typeof tag === 'string') found.add(`tag:${tag}`);
    waiting.push(...(Object.values(next) as unknown[]).filter((value) => value !== undefined));
  }
  return [...found];
}

/** The nodes that the named ones are made of, themselves among them. */
export function madeOf({ nodes, edges }: Lineage, names: readonly string[]): Lineage['nodes'] {
  const usedBy = new Map<string, string[]>();
  for (const { from, to } of edges) usedBy.set(from, [...(usedBy.get(from) ?? []), to]);
  const reached = new Set(names);
  for (const key of reached) for (const used of usedBy.get(key) ?? []) reached.add(used);
  return nodes.filter(({ key }) => reached.has(key));
}
