import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningClickHouse, findFreePort, startClickHouse } from '../../src/platform/engines/index.ts';

export interface TestClickHouseCluster {
  /** The cluster's name in `<remote_servers>`, for Distributed tables and cluster(). */
  name: string;
  /** One URL per shard; all shards know all shards. */
  urls: string[];
  stop(): Promise<void>;
}

/**
 * Real shards on one machine: as many ClickHouse processes as asked for, each with the whole cluster in its
 * configuration. There is no Keeper, so ON CLUSTER and replicated tables do not work here: create tables on
 * every shard.
 */
export async function startClickHouseCluster(shardCount: number): Promise<TestClickHouseCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'wutong-cluster-'));
  const password = randomBytes(16).toString('hex');
  const name = 'wutong_test';
  const ports = [];
  for (let shard = 0; shard < shardCount; shard += 1) {
    ports.push({ httpPort: await findFreePort(), tcpPort: await findFreePort() });
  }
  const definition = {
    name,
    shards: ports.map(({ tcpPort }) => ({ host: '127.0.0.1', tcpPort, password })),
  };
  const started: RunningClickHouse[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    for (const [index, { httpPort, tcpPort }] of ports.entries()) {
      started.push(
        await startClickHouse({
          directory: join(directory, `shard-${index}`),
          memoryBytes: 1024 ** 3,
          cluster: { httpPort, tcpPort, password, definition },
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, urls: started.map((server) => server.url), stop };
}
