import type { ClickHouse } from '../../platform/index.ts';

/** Ids of records that hang together by linked pairs; each cluster once, single records left out. */
export async function clusterPairs(
  clickhouse: ClickHouse,
  tables: { record: string; score: string; rows: number },
): Promise<string[][]> {
  const parent = Uint32Array.from({ length: tables.rows }, (_, index) => index);
  const find = (start: number): number => {
    let root = start;
    while (parent[root] !== root) root = parent[root]!;
    for (let node = start; parent[node] !== root;) [node, parent[node]] = [parent[node]!, root];
    return root;
  };
  for await (const rows of clickhouse.queryStream<{ l: number; r: number }>(
    `select l, r from ${tables.score} where linked`,
  )) {
    for (const { l, r } of rows) parent[find(l)] = find(r);
  }
  const clusters = new Map<number, string[]>();
  for await (const rows of clickhouse.queryStream<{ record_number: number; id: string }>(
    `select record_number, id from ${tables.record}
     where record_number in (select l from ${tables.score} where linked union all select r from ${tables.score} where linked)`,
  )) {
    for (const { record_number, id } of rows) {
      const root = find(record_number);
      const cluster = clusters.get(root);
      if (cluster) cluster.push(id);
      else clusters.set(root, [id]);
    }
  }
  return [...clusters.values()];
}
