import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestClickHouseCluster, startClickHouseCluster } from './clickhouse-cluster.ts';

let cluster: TestClickHouseCluster;

beforeAll(async () => {
  cluster = await startClickHouseCluster(2);
});

afterAll(async () => {
  await cluster?.stop();
});

test('rows inserted through a distributed table land on both shards and are counted together', async () => {
  const shards = cluster.urls.map((url) => createClient({ url }));
  const first = shards[0]!;
  try {
    for (const shard of shards) {
      await shard.command({
        query: 'create table fact_local (person UInt64) engine = MergeTree order by person',
      });
      await shard.command({
        query: `create table fact as fact_local engine = Distributed(${cluster.name}, wutong, fact_local, person)`,
      });
    }
    await first.command({
      query: 'insert into fact select number from numbers(10000)',
      clickhouse_settings: { distributed_foreground_insert: 1 },
    });
    const countOf = async (client: typeof first, table: string) => {
      const answer = await client.query({
        query: `select count() as n from ${table}`,
        format: 'JSONEachRow',
      });
      return Number((await answer.json<{ n: string }>())[0]?.n);
    };
    expect(await countOf(first, 'fact')).toBe(10_000);
    expect(await Promise.all(shards.map((shard) => countOf(shard, 'fact_local')))).toEqual([5_000, 5_000]);
  } finally {
    await Promise.all(shards.map((shard) => shard.close()));
  }
});
