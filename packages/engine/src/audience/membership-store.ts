import type { ClickHouse } from '../platform/index.ts';
import type { MembershipChange } from './front-door.ts';

/** A run of a segment that is being written. */
export interface OpenRun {
  readonly segmentId: string;
  readonly run: number;
  /** The run whose members are the present ones; 0: none yet. */
  readonly committedRun: number;
}

/** Removes what unfinished runs left behind: rows of runs beyond the committed one. */
export async function clearUnfinished(clickhouse: ClickHouse, runs: readonly OpenRun[]): Promise<void> {
  const left = runs.filter((run) => run.run > run.committedRun + 1);
  for (const run of left) {
    const parameters = { segment: run.segmentId, run: run.committedRun };
    for (const table of ['segment_membership', 'segment_change']) {
      await clickhouse.command(
        `DELETE FROM ${table} WHERE segment_id = {segment:String} AND run > {run:UInt64}`,
        parameters,
        { lightweight_deletes_sync: '2' },
      );
    }
  }
}

/** Members as expressions of one row, each a bitmap of people, in the order of the runs. */
export interface ComputedMembers {
  readonly row: string;
  readonly bitmaps: readonly string[];
  readonly parameters: Record<string, unknown>;
}

/** Writes the members of several runs. */
export async function writeMembers(
  clickhouse: ClickHouse,
  runs: readonly OpenRun[],
  statement: ComputedMembers,
  settings: Record<string, string | number>,
): Promise<void> {
  await clickhouse.command(
    `INSERT INTO segment_membership (segment_id, run, members)
     SELECT tupleElement(row, 1), tupleElement(row, 2), tupleElement(row, 3) FROM (
       SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)}, [${statement.bitmaps.join(', ')}])) AS row
       FROM (${statement.row}))`,
    {
      ...statement.parameters,
      segments: runs.map((run) => run.segmentId),
      runs: runs.map((run) => run.run),
    },
    settings,
  );
}

/** Parameters travel in the address of a request, which the engine bounds at 1 MiB. */
const IDS_A_STATEMENT = 20_000;

/** Writes the members of an imported run, block by block; the blocks of a run add up. */
export async function writeImportedMembers(
  clickhouse: ClickHouse,
  run: OpenRun,
  people: AsyncIterable<readonly number[]> | Iterable<readonly number[]>,
): Promise<void> {
  for await (const block of people) {
    for (let start = 0; start < block.length; start += IDS_A_STATEMENT) {
      await clickhouse.command(
        `INSERT INTO segment_membership (segment_id, run, members)
         SELECT {segment:String}, {run:UInt64}, groupBitmapState(person_id)
         FROM (SELECT arrayJoin({people:Array(UInt64)}) AS person_id)`,
        { segment: run.segmentId, run: run.run, people: block.slice(start, start + IDS_A_STATEMENT) },
      );
    }
  }
}

/** Writes who entered and left between the committed run and the new one; returns the numbers. */
export async function writeChanges(
  clickhouse: ClickHouse,
  runs: readonly OpenRun[],
  at: number,
  cause: 'computed' | 'imported',
): Promise<Map<string, { members: number; entered: number; left: number }>> {
  const parameters = {
    segments: runs.map((run) => run.segmentId),
    runs: runs.map((run) => run.run),
    committed: runs.map((run) => run.committedRun),
    at,
    cause,
  };
  const both = `SELECT segment_id, transform(toString(segment_id), {segments:Array(String)}, {runs:Array(UInt64)}, 0) AS new_run,
      transform(toString(segment_id), {segments:Array(String)}, {committed:Array(UInt64)}, 0) AS old_run,
      groupBitmapMergeStateIf(members, run = new_run) AS after,
      groupBitmapMergeStateIf(members, run = old_run AND old_run > 0) AS before
    FROM segment_membership
    WHERE segment_id IN {segments:Array(String)} AND run IN arrayConcat({runs:Array(UInt64)}, {committed:Array(UInt64)})
    GROUP BY segment_id`;
  const rows = await clickhouse.query<{ segment_id: string; members: number; entered: number; left: number }>(
    `SELECT segment_id, bitmapCardinality(after) AS members,
            bitmapAndnotCardinality(after, before) AS entered, bitmapAndnotCardinality(before, after) AS left
     FROM (${both})`,
    parameters,
  );
  // Most runs change little, and many nothing at all.
  if (rows.some((row) => row.entered + row.left > 0)) {
    await clickhouse.command(
      `INSERT INTO segment_change (segment_id, run, person_id, at, direction, cause)
       SELECT segment_id, new_run, tupleElement(change, 1), fromUnixTimestamp64Milli({at:Int64}, 'UTC'),
              tupleElement(change, 2), {cause:String}
       FROM (${both})
       ARRAY JOIN arrayConcat(
         arrayMap(person -> (person, 'entered'), bitmapToArray(bitmapAndnot(after, before))),
         arrayMap(person -> (person, 'left'), bitmapToArray(bitmapAndnot(before, after)))) AS change`,
      parameters,
    );
  }
  return new Map(rows.map((row) => [row.segment_id, row]));
}

/** Removes members of runs that nobody can ask for any more; the committed one stays. */
export async function dropOldMembers(
  clickhouse: ClickHouse,
  segmentId: string,
  committedRun: number,
): Promise<void> {
  await clickhouse.command(
    'DELETE FROM segment_membership WHERE segment_id = {segment:String} AND run < {run:UInt64}',
    { segment: segmentId, run: committedRun },
  );
}

/** Members of a run, ascending, in blocks. */
export async function* streamMembers(
  clickhouse: ClickHouse,
  segmentId: string,
  run: number,
): AsyncIterable<number[]> {
  const blocks = clickhouse.queryStream<{ person_id: number }>(
    `SELECT arrayJoin(bitmapToArray(groupBitmapMergeState(members))) AS person_id FROM segment_membership
     WHERE segment_id = {segment:String} AND run = {run:UInt64} ORDER BY person_id`,
    { segment: segmentId, run },
  );
  for await (const rows of blocks) yield rows.map((row) => row.person_id);
}

/** One page of members, ascending, from `after` (excluded). */
export async function pageMembers(
  clickhouse: ClickHouse,
  segmentId: string,
  run: number,
  page: { after: number; limit: number },
): Promise<number[]> {
  const rows = await clickhouse.query<{ people: number[] }>(
    `SELECT bitmapToArray(bitmapSubsetLimit(groupBitmapMergeState(members), {from:UInt64}, {limit:UInt64})) AS people
     FROM segment_membership WHERE segment_id = {segment:String} AND run = {run:UInt64}`,
    { segment: segmentId, run, from: page.after + 1, limit: page.limit },
  );
  return (rows[0]?.people ?? []).sort((left, right) => left - right);
}

/** Changes after a position, in order, up to a committed run. */
export async function selectChanges(
  clickhouse: ClickHouse,
  segmentId: string,
  after: { run: number; personId: number },
  untilRun: number,
  limit: number,
): Promise<MembershipChange[]> {
  const rows = await clickhouse.query<{
    run: number;
    person_id: number;
    at_ms: number;
    direction: 'entered' | 'left';
    cause: MembershipChange['cause'];
  }>(
    `SELECT run, person_id, toUnixTimestamp64Milli(at) AS at_ms, direction, cause FROM segment_change
     WHERE segment_id = {segment:String} AND run <= {until:UInt64}
       AND (run, person_id) > ({run:UInt64}, {person:UInt64})
     ORDER BY run, person_id LIMIT {limit:UInt64}`,
    { segment: segmentId, until: untilRun, run: after.run, person: after.personId, limit },
  );
  return rows.map((row) => ({
    run: row.run,
    personId: row.person_id,
    at: row.at_ms,
    direction: row.direction,
    cause: row.cause,
  }));
}

/** Members as sorted 16-bit offsets by their upper bits, as the look-up in memory keeps them. */
export async function selectMemberChunks(
  clickhouse: ClickHouse,
  segmentId: string,
  run: number,
): Promise<{ chunk: number; offsets: number[] }[]> {
  return clickhouse.query<{ chunk: number; offsets: number[] }>(
    `SELECT intDiv(person_id, 65536) AS chunk, arraySort(groupArray(toUInt16(person_id % 65536))) AS offsets
     FROM (SELECT arrayJoin(bitmapToArray(groupBitmapMergeState(members))) AS person_id FROM segment_membership
           WHERE segment_id = {segment:String} AND run = {run:UInt64})
     GROUP BY chunk`,
    { segment: segmentId, run },
  );
}

/** Sum of the hashes of the members of runs, by segment, as texts: equal for equal sets. */
export async function hashMembers(
  clickhouse: ClickHouse,
  runs: readonly { segment_id: string; run: number }[],
): Promise<Map<string, string>> {
  const rows = await clickhouse.query<{ segment_id: string; hash: string }>(
    `SELECT segment_id, sum(cityHash64(person)) AS hash FROM (
       SELECT segment_id, arrayJoin(bitmapToArray(groupBitmapMergeState(members))) AS person FROM segment_membership
       WHERE (segment_id, run) IN (SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))
       GROUP BY segment_id)
     GROUP BY segment_id`,
    { segments: runs.map((run) => run.segment_id), runs: runs.map((run) => run.run) },
    { output_format_json_quote_64bit_integers: 1 },
  );
  return new Map(rows.map((row) => [row.segment_id, row.hash]));
}

/** People who are in at least one of the segments at the given runs. */
export async function countAnywhere(
  clickhouse: ClickHouse,
  runs: readonly { segment_id: string; run: number }[],
): Promise<number> {
  if (runs.length === 0) return 0;
  const rows = await clickhouse.query<{ people: number }>(
    `SELECT bitmapCardinality(groupBitmapMergeState(members)) AS people FROM segment_membership
     WHERE (segment_id, run) IN (SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))`,
    { segments: runs.map((run) => run.segment_id), runs: runs.map((run) => run.run) },
  );
  return rows[0]?.people ?? 0;
}
