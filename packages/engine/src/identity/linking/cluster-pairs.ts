import { Readable } from 'node:stream';
import type { ClickHouse } from '../../platform/index.ts';
import { joinCohering, type ScoredPairs } from './join-cohering.ts';
import type { LinkageTables, Thresholds } from './linkage-store.ts';

const BLOCK_ROWS = 50_000;

/**
 * Groups the records by their scored pairs, and leaves only such pairs linked whose records are in one group: a pair
 * that would glue two groups together waits for review, however sure it is of itself. May be done again with other
 * thresholds.
 */
export async function settleClusters(
  clickhouse: ClickHouse,
  tables: LinkageTables,
  thresholds: Thresholds,
): Promise<void> {
  const pairs = await readPairs(clickhouse, tables, thresholds);
  const groupOf = joinCohering(tables.rows, pairs);
  await clickhouse.command(`drop table if exists ${tables.cluster}`);
  await clickhouse.command(
    `create table ${tables.cluster} (record_number UInt32, cluster UInt32) engine = MergeTree order by record_number`,
  );
  await clickhouse.insertStream(
    tables.cluster,
    Readable.from(linesOf(groupOf, pairs), { objectMode: false }),
    'CSV',
  );
  const settled = `${tables.score}_settled`;
  await clickhouse.command(`drop table if exists ${settled}`);
  await clickhouse.command(
    `create table ${settled} engine = MergeTree order by (l, r) as
     select score.* replace (score.probability >= ${thresholds.link} and own.cluster = other.cluster as linked)
     from ${tables.score} as score
     any left join ${tables.cluster} as own on own.record_number = score.l
     any left join ${tables.cluster} as other on other.record_number = score.r`,
  );
  // In one step: a process that dies leaves the pairs.
  await clickhouse.command(`exchange tables ${settled} and ${tables.score}`);
  await clickhouse.command(`drop table ${settled}`);
}

async function readPairs(
  clickhouse: ClickHouse,
  { score }: LinkageTables,
  thresholds: Thresholds,
): Promise<ScoredPairs> {
  const counted = `from ${score} where probability >= ${thresholds.review}`;
  const [count] = await clickhouse.query<{ pairs: number }>(`select count() as pairs ${counted}`);
  const length = count!.pairs;
  const pairs = {
    left: new Uint32Array(length),
    right: new Uint32Array(length),
    probability: new Float32Array(length),
    joins: new Uint8Array(length),
  };
  let place = 0;
  for await (const rows of clickhouse.queryStream<{
    l: number;
    r: number;
    likely: number;
    joins: number;
  }>(
    `select l, r, toFloat32(probability) as likely, toUInt8(probability >= ${thresholds.link}) as joins
     ${counted} order by l, r`,
  )) {
    for (const { l, r, likely, joins } of rows) {
      pairs.left[place] = l;
      pairs.right[place] = r;
      pairs.probability[place] = likely;
      pairs.joins[place++] = joins;
    }
  }
  return pairs;
}

/** The group of each record that a pair names, as CSV. */
function* linesOf(groupOf: Uint32Array, { left, right }: ScoredPairs): Generator<string> {
  const named = new Uint8Array(groupOf.length);
  for (const record of left) named[record] = 1;
  for (const record of right) named[record] = 1;
  let lines: string[] = [];
  for (let record = 0; record < groupOf.length; record++) {
    if (named[record] === 1) lines.push(`${record},${groupOf[record]}\n`);
    if (lines.length < BLOCK_ROWS) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

/** Ids of records that are one person; each cluster once, single records left out. */
export async function readClusters(clickhouse: ClickHouse, tables: LinkageTables): Promise<string[][]> {
  const clusters: string[][] = [];
  for await (const rows of clickhouse.queryStream<{ ids: string[] }>(
    `select groupArray(id) as ids
     from ${tables.cluster} as grouped join ${tables.record} as record on record.record_number = grouped.record_number
     group by cluster having length(ids) > 1 order by min(record.record_number)`,
  )) {
    for (const { ids } of rows) clusters.push(ids);
  }
  return clusters;
}
