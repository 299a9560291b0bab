import type { ClickHouse } from '../platform/index.ts';

/**
 * Writes the people of a query to a new list. Only when it resolves is the list complete; a list that was
 * broken off is never named, and goes with the others that no run needs any more.
 */
export async function writeEntryList(
  clickhouse: ClickHouse,
  list: {
    strategyId: string;
    listId: string;
    neededListIds: readonly string[];
    sql: string;
    parameters: Record<string, unknown>;
  },
): Promise<number> {
  const named = { canvas_strategy_id: list.strategyId, canvas_list_id: list.listId };
  await clickhouse.command(
    `delete from canvas_entry_list
      where strategy_id = {canvas_strategy_id:String} and not has({needed:Array(UUID)}, list_id)`,
    { ...named, needed: list.neededListIds },
  );
  await clickhouse.command(
    `insert into canvas_entry_list (strategy_id, list_id, person_id)
     select {canvas_strategy_id:String}, {canvas_list_id:UUID}, people.* from (${list.sql}) as people`,
    { ...list.parameters, ...named },
  );
  const rows = await clickhouse.query<{ found: number }>(
    `select uniqExact(person_id) as found from canvas_entry_list
      where strategy_id = {canvas_strategy_id:String} and list_id = {canvas_list_id:UUID}`,
    named,
  );
  return rows[0]?.found ?? 0;
}

/** The next people of a list in ascending order. */
export async function readEntryList(
  clickhouse: ClickHouse,
  list: { strategyId: string; listId: string },
  afterPersonId: number,
  limit: number,
): Promise<number[]> {
  const rows = await clickhouse.query<{ person_id: number }>(
    `select distinct person_id from canvas_entry_list
      where strategy_id = {strategy_id:String} and list_id = {list_id:UUID} and person_id > {after:UInt64}
      order by person_id limit {limit:UInt32}`,
    { strategy_id: list.strategyId, list_id: list.listId, after: afterPersonId, limit },
  );
  return rows.map((row) => row.person_id);
}
