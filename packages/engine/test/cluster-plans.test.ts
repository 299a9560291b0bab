import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { addEvents, fillBank, TWENTY_SEGMENTS } from '../bench/audience/fill-bank.ts';
import { defineSegments } from '../bench/segments-20.ts';
import type { Audience } from '../src/audience/index.ts';
import { createInsight } from '../src/insight/index.ts';
import { testNeeds } from '../src/insight/insight-world.ts';
import { createHttpServer, openClickHouse, type ClickHouse, type HttpServer } from '../src/platform/index.ts';
import { startClickHouseCluster, type TestClickHouseCluster } from './harness/clickhouse-cluster.ts';
import { createDatabasesOn, type TestDatabases } from './harness/databases.ts';
import { makeUser } from './harness/make-user.ts';
import { createTestPlatform } from './harness/platform.ts';

const TOKEN = 'cluster-plans-token';
/** Forty events each: what sends events instead of a row for each person is seen at once. */
const SIZE = { people: 1_000, events: 40_000 };
const HOUR_MS = 3_600_000;

let cluster: TestClickHouseCluster;
let databases: TestDatabases;
let platform: ReturnType<typeof createTestPlatform>;
let nodes: ClickHouse[];
let audience: Audience;
let server: HttpServer;

beforeAll(async () => {
  cluster = await startClickHouseCluster(2);
  databases = await createDatabasesOn(inject('databaseUrl'), cluster.urls.join(','), cluster.name);
  platform = createTestPlatform(databases);
  nodes = databases.clickhouseUrl.split(',').map((url) => openClickHouse(url));
  audience = await fillBank(platform, { keepFromEvents: 0 }, { rows: true, size: SIZE });
  server = createHttpServer({ access: platform.access, log: platform.log, ids: platform.ids });
  audience.routes(server);
  createInsight(platform, testNeeds({ audience })).routes(server);
  await makeUser(platform, { name: 'bank', displayName: '银行', role: 'administrator' }, TOKEN);
}, 180_000);

afterAll(async () => {
  await server?.fastify.close();
  await platform?.close();
  await Promise.all((nodes ?? []).map((node) => node.close()));
  await databases?.drop();
  await cluster?.stop();
});

async function ask(path: string, body: object): Promise<void> {
  const answer = await server.fastify.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${TOKEN}` },
    payload: body,
  });
  expect(answer.statusCode, `${path} ${answer.body}`).toBe(200);
}

/** A statement as a node saw it. */
interface NodeStatement {
  readonly node: number;
  /** 1: it came from Wutong; 0: from the node that Wutong asked. */
  readonly is_initial: number;
  readonly query: string;
  /** Names without the database. */
  readonly tables: string[];
  readonly read_rows: number;
  /** Rows of the answer, or rows written. */
  readonly result_rows: number;
}

/** Queries and inserts since the log was emptied, by node in order of time. */
async function statements(): Promise<NodeStatement[]> {
  const all = nodes.map(async (node, number) => {
    await node.command('SYSTEM FLUSH LOGS');
    const rows = await node.query<Omit<NodeStatement, 'node'>>(
      `SELECT is_initial_query AS is_initial, query, read_rows, result_rows,
         arrayMap(name -> replaceOne(name, concat(currentDatabase(), '.'), ''), tables) AS tables
       FROM system.query_log WHERE type = 'QueryFinish' AND has(databases, currentDatabase())
         AND query_kind IN ('Select', 'Insert') ORDER BY event_time_microseconds`,
    );
    return rows.map((row) => ({ node: number, ...row }));
  });
  return (await Promise.all(all)).flat();
}

/** The statements of everything that reads many people: segments twice, tags, analyses. */
async function statementsOfWork(): Promise<NodeStatement[]> {
  const ids = await defineSegments(platform, TWENTY_SEGMENTS);
  for (const node of nodes) {
    // What filled the bank is written down before it is cleared away.
    await node.command('SYSTEM FLUSH LOGS');
    await node.command('TRUNCATE TABLE IF EXISTS system.query_log');
  }
  await audience.computeSegments(ids);
  const now = platform.clock.now();
  const span = { fromMs: now, toMs: now + HOUR_MS, people: SIZE.people };
  await addEvents(platform, SIZE.events, SIZE.events / 100, span);
  platform.clock.advance(HOUR_MS + 1);
  await audience.computeSegments(ids);
  await ask('/tags', { tagId: 'age_group', name: '年龄段', text: "tier { '青' when age < 30 else '长' }" });
  await ask('/tags', { tagId: 'logins', name: '登录', text: 'count(event login within last 30 days)' });
  await ask('/tags', { tagId: 'held', name: '持有', text: 'sum(holding.amount)' });
  await ask('/eql/count', { text: TWENTY_SEGMENTS[2] });
  const period = { lastDays: 30 };
  const steps = [{ event: 'login' }, { event: 'view_product' }, { event: 'trade' }];
  await ask('/analyses/funnel', { period, steps });
  await ask('/analyses/funnel', {
    period,
    steps,
    people: "person where in segment segment_7 and tag age_group = '青'",
  });
  await ask('/analyses/retention', { period, start: { event: 'login' }, returning: { event: 'trade' } });
  await ask('/analyses/path', { period });
  await ask('/analyses/trend', { period, series: [{ event: 'login', measure: { kind: 'people' } }] });
  return statements();
}

/** Statements that fill the bank come from outside. */
const isOfTest = ({ query }: NodeStatement): boolean => /INSERT INTO \S*event \(/i.test(query);

it('moves no rows of people between shards', async () => {
  const work = (await statementsOfWork()).filter((each) => !isOfTest(each));
  const ofShards = work.filter((each) => !each.is_initial);
  const [, peopleOfSecond = 0] = await Promise.all(
    nodes.map(
      async (node) => (await node.query<{ n: number }>('SELECT count() AS n FROM shard_person'))[0]!.n,
    ),
  );
  const show = ({ node, query, tables, read_rows, result_rows }: NodeStatement): string =>
    `${node} read ${read_rows}, answered ${result_rows}, ${tables.join(' ')}: ${query.slice(0, 300)}`;
  const strangest = (test: (each: NodeStatement) => boolean): string[] => ofShards.filter(test).map(show);

  // All ask the first node, and it asks the second.
  expect(work.filter((each) => each.is_initial && each.node > 0).map(show)).toEqual([]);
  expect(ofShards.length).toBeGreaterThan(50);
  // A shard reads its own part, and what was handed to it: never the table of all parts.
  const isOwn = (table: string): boolean => /^shard_|^_temporary_and_external_tables\./.test(table);
  expect(strangest(({ tables }) => !tables.every(isOwn))).toEqual([]);
  // What is handed to a shard is what details refer to, and nothing of people.
  const isGiven = ({ tables }: NodeStatement): boolean => tables.some((table) => table.startsWith('_'));
  expect(strangest((each) => isGiven(each) && !each.tables.includes('shard_detail_holding'))).toEqual([]);
  expect(ofShards.filter(isGiven).length).toBeGreaterThan(0);
  // It answers with sums and sets: a row a person at most, however many events it read. Details lie by their own
  // ids, so that a person may have some on every shard.
  const mostRows = ({ tables }: NodeStatement): number => {
    if (tables.includes('shard_detail_holding')) return SIZE.people;
    // Values of tags are written twice, see 0011-tags-of-person.sql.
    return tables.includes('shard_tag_value_of_person') ? 2 * peopleOfSecond : peopleOfSecond;
  };
  const isBig = (each: NodeStatement): boolean => each.result_rows > mostRows(each);
  // What a run finds out: who entered and left.
  const isFound = ({ query }: NodeStatement): boolean => /^INSERT INTO \S+shard_segment_change /.test(query);
  // Events that a shard keeps of its own.
  const isKept = ({ query }: NodeStatement): boolean =>
    /^INSERT INTO \S+shard_kept_event_\d+ .* SELECT /is.test(query);
  expect(strangest((each) => isBig(each) && !isFound(each) && !isKept(each))).toEqual([]);
  expect(ofShards.filter((each) => isKept(each) && isBig(each))).toHaveLength(1);
});
