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
  const topOf = makeTops();
  for (const { part, whole } of edges.toSorted((one, other) => (one.part < other.part ? -1 : 1))) {
    ids.add(part);
    ids.add(whole);
    // A part has one whole, so it is a top itself until it gets it.
    if (topOf.find(whole) === part) continue;
    topOf.join(part, whole);
    wholeOf.set(part, whole);
    const parts = partsOf.get(whole);
    if (parts) parts.push(part);
    else partsOf.set(whole, [part]);
  }
  return { wholeOf, partsOf, ids };
}

/** The top that stands above each entity, found in few steps also where institutions hang in one long chain. */
function makeTops() {
  const nearer = new Map<string, string>();
  const find = (id: string): string => {
    let top = id;
    for (let above = nearer.get(top); above !== undefined; above = nearer.get(top)) top = above;
    for (let at = id; at !== top;) {
      const above = nearer.get(at)!;
      nearer.set(at, top);
      at = above;
    }
    return top;
  };
  return { find, join: (part: string, whole: string) => nearer.set(part, find(whole)) };
}

/** From the top to the entity, both included. */
export function pathTo(tree: Tree, id: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = tree.wholeOf.get(at)) path.push(at);
  return path.reverse();
}

/**
 * The row that each entity belongs to when rows go `levels` below `under` (or below nothing: the tops are level one).
 * Entities at fewer levels have a row of their own: people of the whole itself. Entities elsewhere are absent.
 */
export function rowsOfTree(tree: Tree, under: string | undefined, levels: number): Map<string, string> {
  const rows = new Map<string, string>();
  // A list and no recursion: a chain may be deeper than the stack.
  const open = (under !== undefined ? [under] : [...tree.ids].filter((id) => !tree.wholeOf.has(id))).map(
    (id) => ({ id, level: under === undefined ? 1 : 0, row: id }),
  );
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { id, level, row } = next;
    rows.set(id, row);
    for (const part of tree.partsOf.get(id) ?? []) {
      open.push({ id: part, level: level + 1, row: level < levels ? part : row });
    }
  }
  return rows;
}
