import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startClickHouseCluster, type TestClickHouseCluster } from '../../test/harness/clickhouse-cluster.ts';
import { createDatabasesOn, type TestDatabases } from '../../test/harness/databases.ts';
import { openClickHouse, type ClickHouse } from './clickhouse.ts';
import { readTableStatement } from './place-tables.ts';

let cluster: TestClickHouseCluster;
let databases: TestDatabases;
let clickhouse: ClickHouse;
let nodes: ClickHouse[];

beforeAll(async () => {
  cluster = await startClickHouseCluster(2);
  databases = await createDatabasesOn(inject('databaseUrl'), cluster.urls.join(','), cluster.name);
  clickhouse = openClickHouse(databases.clickhouseUrl, { cluster: cluster.name });
  nodes = databases.clickhouseUrl.split(',').map((url) => openClickHouse(url));
}, 120_000);

afterAll(async () => {
  await clickhouse?.close();
  await Promise.all((nodes ?? []).map((node) => node.close()));
  await databases?.drop();
  await cluster?.stop();
});

const rowsOf = (table: string): Promise<number[]> =>
  Promise.all(
    nodes.map(
      async (node) => (await node.query<{ rows: number }>(`select count() as rows from ${table}`))[0]!.rows,
    ),
  );
const change = (person: number) => ({
  segment_id: 'vip',
  run: 1,
  person_id: person,
  at: '2026-03-02 02:00:00.000',
  direction: 'entered',
  cause: 'computed',
});
const people = Array.from({ length: 200 }, (_, index) => change(index));

it('copies values of tags into the order of people on the node where they lie', async () => {
  const values = people.map((_, person) => ({
    tag_id: 'tier',
    person_id: person,
    texts: ['gold'],
    version: 1,
  }));
  await clickhouse.insert('tag_value', values);
  const lying = await rowsOf('shard_tag_value');
  expect(Math.min(...lying)).toBeGreaterThan(0);
  expect(await rowsOf('shard_tag_value_of_person')).toEqual(lying);
  const [found] = await clickhouse.query<{ texts: string[] }>(
    'select texts from tag_value_of_person final where person_id = 7',
  );
  expect(found?.texts).toEqual(['gold']);
});

describe('two shards that look like one ClickHouse', () => {
  it('shares rows out by person and reads them as one table', async () => {
    await clickhouse.insert('segment_change', people);
    const [one, two] = await rowsOf('shard_segment_change');
    expect(one! + two!).toBe(200);
    expect(Math.min(one!, two!)).toBeGreaterThan(50);
    expect(await rowsOf('segment_change')).toEqual([200, 200]);
  });

  it('inserts nothing when a batch comes again under its token', async () => {
    const event = (person: number) => ({
      person_id: person,
      key_number: person,
      time: '2026-03-02 02:00:00.000',
      received_at: '2026-03-02 02:00:00.000',
      event: 'login',
      event_id: `00000000-0000-7000-8000-${String(person).padStart(12, '0')}`,
      source_id: 'app',
      batch_id: '00000000-0000-7000-8000-00000000aaaa',
      properties: { n: person },
    });
    const batch = Array.from({ length: 50 }, (_, index) => event(index));
    for (let time = 0; time < 3; time++) {
      await clickhouse.insert('event', batch, { deduplicationToken: 'batch:0' });
    }
    expect(await rowsOf('event')).toEqual([50, 50]);
  });

  it('replaces, adds columns, deletes and drops on every node', async () => {
    await clickhouse.insert(
      'person',
      [1, 2, 3].map((person) => ({ person_id: person, key_number: person, version: 1 })),
    );
    await clickhouse.command('alter table person add column if not exists a_city Nullable(String)');
    await clickhouse.insert('person', [{ person_id: 2, key_number: 2, version: 2, a_city: '上海' }]);
    expect(await clickhouse.query('select person_id, a_city from person final order by person_id')).toEqual([
      { person_id: 1, a_city: null },
      { person_id: 2, a_city: '上海' },
      { person_id: 3, a_city: null },
    ]);
    await clickhouse.command(
      'delete from segment_change where person_id < 100',
      {},
      { lightweight_deletes_sync: '2' },
    );
    expect(await rowsOf('segment_change')).toEqual([100, 100]);
    await clickhouse.command(
      'create table event_count_7 (person_id UInt64) engine = MergeTree order by person_id',
    );
    await clickhouse.command('drop table if exists event_count_7');
    for (const node of nodes) {
      expect(await node.query("select name from system.tables where name like '%event_count_7'")).toEqual([]);
    }
  });

  it('joins sharded tables, each of them read once', async () => {
    await clickhouse.command(
      'create table if not exists entity_product (entity_id String, version UInt64, name String) engine = ReplacingMergeTree(version) order by entity_id',
    );
    await clickhouse.command(
      'create table if not exists detail_holding (detail_id String, product String, version UInt64) engine = ReplacingMergeTree(version) order by detail_id',
    );
    const ids = Array.from({ length: 40 }, (_, index) => `P${index}`);
    await clickhouse.insert(
      'entity_product',
      ids.map((id) => ({ entity_id: id, version: 1, name: `name ${id}` })),
    );
    await clickhouse.insert(
      'detail_holding',
      ids.map((id) => ({ detail_id: id, product: id, version: 1 })),
    );
    expect(Math.min(...(await rowsOf('shard_entity_product')))).toBeGreaterThan(0);
    const rows = await clickhouse.query<{ n: number }>(
      `select count() as n from detail_holding as d final
       left any join (select entity_id, name from entity_product final) as e on e.entity_id = d.product
       where e.name = concat('name ', d.product)`,
    );
    expect(rows).toEqual([{ n: 40 }]);
  });

  it('refuses a plan in which a shard would read from the others', async () => {
    const direct = nodes[0]!.query(
      `select count() as n from segment_change where person_id in (select person_id from segment_change)`,
      {},
      { distributed_product_mode: 'allow', max_distributed_depth: '1' },
    );
    await expect(direct).rejects.toThrow(/distributed depth/i);
    // The same through the client: the inner result is computed once and handed over.
    const [row] = await clickhouse.query<{ n: number }>(
      'select count() as n from segment_change where person_id in (select person_id from segment_change)',
    );
    expect(row?.n).toBe(100);
  });
});

describe('statements about tables', () => {
  it.each([
    ['create table if not exists event (a Int8) engine = MergeTree order by a', 'create', 'event'],
    ['ALTER TABLE person ADD COLUMN IF NOT EXISTS a Int8, ADD COLUMN b Int8', 'alter columns', 'person'],
    ['alter table event delete where 1', 'alter rows', 'event'],
    ['\n  DELETE FROM segment_change WHERE run > 1', 'delete', 'segment_change'],
    ['TRUNCATE TABLE consent', 'truncate', 'consent'],
    ['optimize table person final', 'optimize', 'person'],
    ['drop table if exists detail_loan', 'drop', 'detail_loan'],
  ])('%s', (sql, verb, table) => {
    const statement = readTableStatement(sql);
    expect([statement?.verb, statement?.table]).toEqual([verb, table]);
    expect(statement?.on('other')).toBe(sql.replace(table, 'other'));
  });

  it('leaves queries and inserts alone', () => {
    expect(readTableStatement('insert into event select * from event')).toBeUndefined();
    expect(readTableStatement('select 1')).toBeUndefined();
  });
});
