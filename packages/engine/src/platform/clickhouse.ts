import { openClickHouseCluster } from './clickhouse-cluster.ts';
import { openClickHouseNode, type ClickHouse, type ClickHouseOptions } from './clickhouse-node.ts';

export type { ClickHouse } from './clickhouse-node.ts';

/**
 * Opens ClickHouse; the URL carries user, password and database. With the name of a cluster there are several
 * URLs, one of each node, with commas between them.
 */
export function openClickHouse(
  url: string,
  options: ClickHouseOptions & { readonly cluster?: string | undefined } = {},
): ClickHouse {
  const { cluster, ...others } = options;
  if (cluster !== undefined) return openClickHouseCluster(url.split(','), cluster, others);
  return openClickHouseNode(url, others);
}
