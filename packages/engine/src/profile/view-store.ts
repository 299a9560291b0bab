import type { ClickHouse } from '../platform/index.ts';
import { columnOf, detailTable, entityTable } from './name-columns.ts';

/** A relation as it lies in ClickHouse. */
export interface RelationRow {
  readonly relation_type: string;
  readonly from_type: string;
  readonly from_id: string;
  readonly from_key_number: number;
  readonly to_type: string;
  readonly to_id: string;
  readonly to_key_number: number;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly attributes: Record<string, string>;
  readonly sealed: Record<string, string>;
}

/** A row of an entity or detail table; declared fields beside the fixed columns. */
export type TableRow = Record<string, unknown> & { readonly sealed: Record<string, string> };

/** Relations shown of one person or entity; beyond that a list page has to be opened. */
const MAXIMUM_RELATIONS = 500;

const RELATION_COLUMNS = `relation_type, from_type, from_id, from_key_number, to_type, to_id, to_key_number,
  valid_from, valid_to, attributes, sealed`;

/** Relations with an end of this type and one of these ids, newest first. */
export function readRelations(
  clickhouse: ClickHouse,
  type: string,
  ids: readonly string[],
  options: { relationTypes?: readonly string[]; limit?: number } = {},
): Promise<RelationRow[]> {
  return clickhouse.query<RelationRow>(
    `select ${RELATION_COLUMNS} from relation final
     where ((from_type = {type:String} and from_id in {ids:Array(String)})
         or (to_type = {type:String} and to_id in {ids:Array(String)}))
       ${options.relationTypes ? 'and relation_type in {relationTypes:Array(String)}' : ''}
     order by valid_from desc, relation_type, from_id, to_id limit {limit:UInt32}`,
    { type, ids, relationTypes: options.relationTypes ?? [], limit: options.limit ?? MAXIMUM_RELATIONS },
  );
}

/** Entities of a type by id. */
export async function readEntities(
  clickhouse: ClickHouse,
  type: string,
  ids: readonly string[],
): Promise<Map<string, TableRow>> {
  if (ids.length === 0) return new Map();
  const rows = await clickhouse.query<TableRow>(
    `select * from ${entityTable(type)} final where entity_id in {ids:Array(String)}`,
    { ids },
  );
  return new Map(rows.map((row) => [row['entity_id'] as string, row]));
}

/** A page of entities by id; with a search, those whose id or one of the columns contains it, whatever the case. */
export function listEntityRows(
  clickhouse: ClickHouse,
  type: string,
  columns: readonly string[],
  options: { search: string; after: string; limit: number },
): Promise<TableRow[]> {
  const matches = ['entity_id', ...columns].map(
    (column) => `positionCaseInsensitiveUTF8(${column}, {search:String}) > 0`,
  );
  return clickhouse.query<TableRow>(
    `select * from ${entityTable(type)} final
     where entity_id > {after:String} ${options.search === '' ? '' : `and (${matches.join(' or ')})`}
     order by entity_id limit {limit:UInt32}`,
    options,
  );
}

/** Newest details of owners; for persons the ids are their key numbers. */
export function readDetails(
  clickhouse: ClickHouse,
  type: string,
  ownerType: string,
  ownerIds: readonly string[],
  limitEach: number,
): Promise<TableRow[]> {
  // The column of the two that has an index.
  const isTheirs =
    ownerType === 'person'
      ? 'key_number in {keyNumbers:Array(UInt64)}'
      : 'owner_id in {ownerIds:Array(String)}';
  const ids = ownerType === 'person' ? { keyNumbers: ownerIds.map(Number) } : { ownerIds };
  return clickhouse.query<TableRow>(
    `select * from ${detailTable(type)} final
     where owner_type = {ownerType:String} and ${isTheirs}
     order by time desc, detail_id limit {limitEach:UInt32} by owner_id`,
    { ownerType, ...ids, limitEach },
  );
}

/** Details with an id in a field: how many, and the newest. */
export async function readReferring(
  clickhouse: ClickHouse,
  type: string,
  field: string,
  id: string,
  limit: number,
): Promise<{ count: number; rows: TableRow[] }> {
  const where = `from ${detailTable(type)} final where ${columnOf(field)} = {id:String}`;
  const [counted] = await clickhouse.query<{ count: number }>(`select count() as count ${where}`, { id });
  const count = counted?.count ?? 0;
  if (count === 0) return { count, rows: [] };
  const rows = await clickhouse.query<TableRow>(
    `select * ${where} order by time desc, detail_id limit {limit:UInt32}`,
    { id, limit },
  );
  return { count, rows };
}

/** An event of a person. */
export interface EventRow {
  readonly event: string;
  readonly event_id: string;
  readonly time: string;
  readonly source_id: string;
  readonly key_number: number;
  readonly properties: Record<string, unknown>;
}

/**
 * Events of keys, newest first. They stand under the persons of their arrival, which are the present one or former
 * ones of these keys: naming those lets the table's order (person, time) do the work.
 */
export function readEvents(
  clickhouse: ClickHouse,
  query: {
    personIds: readonly number[];
    keyNumbers: readonly number[];
    events: readonly string[];
    from: string;
    before: string;
    beforeId: string;
    limit: number;
  },
): Promise<EventRow[]> {
  return clickhouse.query<EventRow>(
    `select event, event_id, time, source_id, key_number, properties from event
     where person_id in {personIds:Array(UInt64)} and key_number in {keyNumbers:Array(UInt64)}
       and time >= {from:DateTime64(3, 'UTC')}
       and (time, event_id) < ({before:DateTime64(3, 'UTC')}, {beforeId:UUID})
       ${query.events.length > 0 ? 'and event in {events:Array(String)}' : ''}
     order by time desc, event_id desc limit {limit:UInt32}`,
    query,
  );
}
