import type { ClickHouse, SeenPeople } from '../platform/index.ts';
import type { RunRow, SegmentRow } from './segment-store.ts';
import type { TagRow } from './tag-store.ts';

// Numbers of segments and tags for users of an institution: of its people only. Definitions, and what is computed of
// them, are the bank's; the numbers that PostgreSQL keeps with them are of all people and are counted again here.

/** Bitmap of the people who are seen, in a ClickHouse that is cut. */
const SEEN = '(select groupBitmapState(person_id) from person final)';

/** Segments with the members that are seen, at their present run. */
export async function segmentsSeen(
  seen: SeenPeople | undefined,
  rows: readonly SegmentRow[],
): Promise<SegmentRow[]> {
  if (!seen || rows.length === 0) return [...rows];
  const counts = await (
    await seen.cut()
  ).query<{ segment_id: string; members: number }>(
    `select segment_id, bitmapAndCardinality(groupBitmapMergeState(members), ${SEEN}) as members
     from segment_membership
     where (segment_id, run) in (select arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))
     group by segment_id`,
    { segments: rows.map((row) => row.segment_id), runs: rows.map((row) => row.run) },
  );
  const members = new Map(counts.map((count) => [count.segment_id, count.members]));
  return rows.map((row) =>
    row.members === null ? row : { ...row, members: members.get(row.segment_id) ?? 0 },
  );
}

/** A run with the numbers of the people who are seen. */
export async function runSeen(
  seen: SeenPeople | undefined,
  segment: SegmentRow,
  run: RunRow,
): Promise<RunRow> {
  if (!seen) return run;
  const [[own], changes] = await Promise.all([
    segmentsSeen(seen, [{ ...segment, run: run.run }]),
    (await seen.cut()).query<{ entered: number; left_count: number }>(
      `select countIf(direction = 'entered') as entered, countIf(direction = 'left') as left_count
       from segment_change where segment_id = {segment:String} and run = {run:UInt64}`,
      { segment: segment.segment_id, run: run.run },
    ),
  ]);
  return { ...run, members: own?.members ?? 0, ...changes[0] };
}

/** Members of a run that are seen, ascending, from `after` (excluded). */
export async function pageMembersSeen(
  seen: SeenPeople,
  segment: SegmentRow,
  page: { after: number; limit: number },
): Promise<number[]> {
  const rows = await (
    await seen.cut()
  ).query<{ person_id: number }>(
    `select person_id from (
       select arrayJoin(bitmapToArray(bitmapAnd(groupBitmapMergeState(members), ${SEEN}))) as person_id
       from segment_membership where segment_id = {segment:String} and run = {run:UInt64})
     where person_id > {after:Int64} order by person_id limit {limit:UInt64}`,
    { segment: segment.segment_id, run: segment.run, ...page },
  );
  return rows.map((row) => row.person_id);
}

/** Members of a run that are not seen, in blocks: whoever gives a list of the own people leaves them as they are. */
export async function* streamMembersElsewhere(
  seen: SeenPeople,
  segment: SegmentRow,
): AsyncGenerator<number[]> {
  const blocks = (await seen.cut()).queryStream<{ person_id: number }>(
    `select arrayJoin(bitmapToArray(bitmapAndnot(groupBitmapMergeState(members), ${SEEN}))) as person_id
     from segment_membership where segment_id = {segment:String} and run = {run:UInt64}`,
    { segment: segment.segment_id, run: segment.run },
  );
  for await (const rows of blocks) yield rows.map((row) => row.person_id);
}

/** Tags with the people who are seen and have a value. */
export async function tagsSeen(seen: SeenPeople | undefined, rows: readonly TagRow[]): Promise<TagRow[]> {
  if (!seen || rows.length === 0) return [...rows];
  const counts = await (
    await seen.cut()
  ).query<{ tag_id: string; people: number }>(
    `select tag_id, count() as people from tag_value final where tag_id in {tags:Array(String)} group by tag_id`,
    { tags: rows.map((row) => row.tag_id) },
  );
  const people = new Map(counts.map((count) => [count.tag_id, count.people]));
  return rows.map((row) => (row.people === null ? row : { ...row, people: people.get(row.tag_id) ?? 0 }));
}

/** All people, as far as they are seen. */
export async function countPeopleSeen(clickhouse: ClickHouse, seen: SeenPeople | undefined): Promise<number> {
  const rows = await (seen ? await seen.cut() : clickhouse).query<{ total: number }>(
    'SELECT count() AS total FROM person FINAL',
  );
  return rows[0]?.total ?? 0;
}
