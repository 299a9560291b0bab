import type { ClickHouse } from '../../platform/index.ts';

/** A tree of entities, told by a relation from the part to the whole. */
export interface Tree {
  /** Whole of each part; tops are absent. */
  readonly wholeOf: ReadonlyMap<string, string>;
  readonly partsOf: ReadonlyMap<string, readonly string[]>;
  /** Every entity and every end of the relation. */
  readonly ids: ReadonlySet<string>;
}

/** More are no institutions of one bank. */
const MOST_ENTITIES = 100_000;

/** The tree as it is valid at `now` (epoch ms). Of several wholes the one that is valid since latest counts. */
export async function readTree(
  clickhouse: ClickHouse,
  source: { table: string; entityType: string; relation: string; now: number },
): Promise<Tree> {
  const [entities, edges] = await Promise.all([
    clickhouse.query<{ id: string }>(
      `select entity_id as id from ${source.table} final limit ${MOST_ENTITIES}`,
    ),
    clickhouse.query<{ part: string; whole: string }>(
      `select from_id as part, argMax(to_id, (valid_from, to_id)) as whole from relation final
        where relation_type = {relation:String} and from_type = {entityType:String} and to_type = {entityType:String}
          and valid_from <= fromUnixTimestamp64Milli({now:Int64}, 'UTC')
          and valid_to > fromUnixTimestamp64Milli({now:Int64}, 'UTC')
        group by part limit ${MOST_ENTITIES}`,
      { relation: source.relation, entityType: source.entityType, now: source.now },
    ),
  ]);
  return buildTree(
    entities.map((row) => row.id),
    edges,
  );
}

/** Edges that would close a circle are left out, in the order of the ids, so that every entity has a top. */
export function buildTree(
  entities: readonly string[],
  edges: readonly { part: string; whole: string }[],
): Tree {
  const wholeOf = new Map<string, string>();
  const partsOf = new Map<string, string[]>();
  const ids = new Set(entities);
  for (const { part, whole } of edges.toSorted((one, other) => (one.part < other.part ? -1 : 1))) {
    ids.add(part);
    ids.add(whole);
    if (closesCircle(wholeOf, part, whole)) continue;
    wholeOf.set(part, whole);
    const parts = partsOf.get(whole);
    if (parts) parts.push(part);
    else partsOf.set(whole, [part]);
  }
  return { wholeOf, partsOf, ids };
}

function closesCircle(wholeOf: ReadonlyMap<string, string>, part: string, whole: string): boolean {
  for (let at: string | undefined = whole; at !== undefined; at = wholeOf.get(at)) {
    if (at === part) return true;
  }
  return false;
}

/** From the top to the entity, both included. */
export function pathTo(tree: Tree, id: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = tree.wholeOf.get(at)) path.unshift(at);
  return path;
}

/**
 * The row that each entity belongs to when rows go `levels` below `under` (or below nothing: the tops are level one).
 * Entities at fewer levels have a row of their own: people of the whole itself. Entities elsewhere are absent.
 */
export function rowsOfTree(tree: Tree, under: string | undefined, levels: number): Map<string, string> {
  const rows = new Map<string, string>();
  const walk = (id: string, level: number, row: string): void => {
    rows.set(id, row);
    for (const part of tree.partsOf.get(id) ?? []) walk(part, level + 1, level < levels ? part : row);
  };
  if (under !== undefined) walk(under, 0, under);
  else for (const id of tree.ids) if (!tree.wholeOf.has(id)) walk(id, 1, id);
  return rows;
}
