import type { ClickHouse, Database } from '../platform/index.ts';

/** Segments in use, and people who are in at least one of them, at their last computations. */
export async function countTotals(
  database: Pick<Database, 'query'>,
  clickhouse: Pick<ClickHouse, 'query'>,
): Promise<{ segments: number; people: number }> {
  const rows = await database.query<{ segment_id: string; run: number }>(
    'select segment_id, run from audience.segment where not archived',
  );
  const computed = rows.filter((row) => row.run > 0);
  if (computed.length === 0) return { segments: rows.length, people: 0 };
  const [counted] = await clickhouse.query<{ people: number }>(
    `SELECT groupBitmapMerge(members) AS people FROM segment_membership
     WHERE (segment_id, run) IN (SELECT arrayJoin(arrayZip({segments:Array(String)}, {runs:Array(UInt64)})))`,
    { segments: computed.map((row) => row.segment_id), runs: computed.map((row) => row.run) },
  );
  return { segments: rows.length, people: counted?.people ?? 0 };
}
