import type { ClickHouse } from '../../platform/index.ts';

/** Numbers of present people above `after`, up to and with `until`, ascending. */
export async function pagePeople(
  clickhouse: ClickHouse,
  after: number,
  until: number,
  limit: number,
): Promise<number[]> {
  const rows = await clickhouse.query<{ person_id: number }>(
    `select person_id from person final
     where person_id > {after:UInt64} and person_id <= {until:UInt64} order by person_id limit {limit:UInt64}`,
    { after, until, limit },
  );
  return rows.map((row) => row.person_id);
}
