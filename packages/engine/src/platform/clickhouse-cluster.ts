import { openClickHouseNode, type ClickHouse, type ClickHouseOptions } from './clickhouse-node.ts';
import { placementOf, readFeed, readTableStatement, type TableStatement } from './place-tables.ts';

/** Local part of a sharded table. */
export const shardTable = (table: string): string => `shard_${table}`;

/**
 * ClickHouse as several shards that look like one. A sharded table is a local table on every node with a
 * `Distributed` table of the table's own name before it; definitions and deletions are sent to each node (not
 * every installation has a Keeper for `ON CLUSTER`).
 *
 * Queries go to the first node. Each shard aggregates its own rows and sends the partial results there; no
 * shard reads from another. A statement that was cut off between two nodes is run again as a whole, which is
 * why migrations say `if not exists`.
 */
export function openClickHouseCluster(
  urls: readonly string[],
  cluster: string,
  options: ClickHouseOptions = {},
): ClickHouse {
  const nodes = urls.map((url) =>
    openClickHouseNode(url, {
      ...options,
      settings: {
        // The answer to an insert waits until the rows are on the disks of their shards.
        distributed_foreground_insert: '1',
        // No shard reads from another: a subquery over a sharded table within a sharded query is computed
        // once and its result (sets of ids) handed to all; a plan that would go round it is refused.
        distributed_product_mode: 'global',
        max_distributed_depth: '1',
      },
    }),
  );
  const [first] = nodes;
  if (!first) throw new Error('a cluster has at least one node');
  const database = decodeURIComponent(new URL(urls[0]!).pathname.replace(/^\//, '')) || 'default';

  /** The statements that a statement about a sharded table becomes on a node, in order. */
  function shardedStatements(statement: TableStatement, by: string): string[] {
    const { verb, table } = statement;
    const local = shardTable(table);
    switch (verb) {
      case 'create':
        return [
          statement.on(local),
          `create table if not exists ${table} as ${local} engine = Distributed('${cluster}', '${database}', '${local}', ${by})`,
        ];
      case 'alter columns':
      case 'drop':
        return [statement.on(local), statement.on(table)];
      case 'alter rows':
      case 'delete':
      case 'truncate':
      case 'optimize':
        return [statement.on(local)];
    }
  }

  return {
    ...first,
    async command(sql, parameters, settings) {
      const feed = readFeed(sql);
      if (feed) {
        for (const node of nodes) await node.command(feed.on(shardTable), parameters, settings);
        return;
      }
      const statement = readTableStatement(sql);
      const placement = statement && placementOf(statement.table);
      if (!statement || !placement || placement.kind === 'single') {
        return first.command(sql, parameters, settings);
      }
      for (const node of nodes) {
        for (const each of shardedStatements(statement, placement.by)) {
          await node.command(each, parameters, settings);
        }
      }
    },
    async ping() {
      return (await Promise.all(nodes.map((node) => node.ping()))).every(Boolean);
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}
