import type { ClickHouse } from '../platform/index.ts';

/**
 * Writes the people of a query to a new list. Only when it resolves is the list complete; a list that was
 * broken off is never named again.
 */
export async function writeEntryList(
  clickhouse: ClickHouse,
  list: { listId: string; now: number; sql: string; parameters: Record<string, unknown> },
): Promise<number> {
  await clickhouse.command(
    `insert into canvas_entry_list (list_id, person_id, created_at)
     select {canvas_list_id:UUID}, people.*, fromUnixTimestamp64Milli({canvas_now:Int64}, 'UTC')
       from (${list.sql}) as people`,
    { ...list.parameters, canvas_list_id: list.listId, canvas_now: list.now },
  );
  const rows = await clickhouse.query<{ found: number }>(
    'select uniqExact(person_id) as found from canvas_entry_list where list_id = {list_id:UUID}',
    { list_id: list.listId },
  );
  return rows[0]?.found ?? 0;
}

/** The next people of a list in ascending order. */
export async function readEntryList(
  clickhouse: ClickHouse,
  listId: string,
  afterPersonId: number,
  limit: number,
): Promise<number[]> {
  const rows = await clickhouse.query<{ person_id: number }>(
    `select distinct person_id from canvas_entry_list
      where list_id = {list_id:UUID} and person_id > {after:UInt64}
      order by person_id limit {limit:UInt32}`,
    { list_id: listId, after: afterPersonId, limit },
  );
  return rows.map((row) => row.person_id);
}
