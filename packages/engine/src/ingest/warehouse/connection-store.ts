import type { Transaction } from '../../platform/index.ts';
import type { Settings, SourceColumn } from './connectors/index.ts';

export interface ConnectionRow {
  readonly connection_id: string;
  readonly name: string;
  readonly kind: string;
  readonly settings: Settings;
  readonly secrets_box: string | null;
  readonly secret_names: readonly string[];
  readonly created_at: number;
  readonly updated_at: number;
  readonly checked_at: number | null;
  /** Null when the last test went well. */
  readonly check_code: string | null;
}

export interface MappedTableRow {
  readonly table_name: string;
  readonly connection_id: string;
  readonly schema_name: string;
  readonly source_table: string;
  readonly text_columns: readonly string[];
  readonly description: string;
  readonly columns: readonly SourceColumn[];
  readonly created_at: number;
  readonly updated_at: number;
}

export function selectConnections(transaction: Transaction, connectionId?: string): Promise<ConnectionRow[]> {
  return transaction.query<ConnectionRow>(
    'select * from warehouse.connection where $1::text is null or connection_id = $1 order by connection_id',
    [connectionId ?? null],
  );
}

type NewConnection = Omit<ConnectionRow, 'checked_at' | 'check_code'>;

/** Makes a connection; false when the id is taken. */
export async function insertConnection(transaction: Transaction, row: NewConnection): Promise<boolean> {
  const inserted = await transaction.execute(
    `insert into warehouse.connection
       (connection_id, name, kind, settings, secrets_box, secret_names, created_at, updated_at)
     values ($1, $2, $3, $4::jsonb, $5, $6::text[], $7, $8) on conflict do nothing`,
    [
      row.connection_id,
      row.name,
      row.kind,
      JSON.stringify(row.settings),
      row.secrets_box,
      row.secret_names,
      row.created_at,
      row.updated_at,
    ],
  );
  return inserted === 1;
}

export async function changeConnection(
  transaction: Transaction,
  row: Pick<
    ConnectionRow,
    'connection_id' | 'name' | 'settings' | 'secrets_box' | 'secret_names' | 'updated_at'
  >,
): Promise<void> {
  await transaction.execute(
    `update warehouse.connection set name = $2, settings = $3::jsonb, secrets_box = $4, secret_names = $5::text[],
       updated_at = $6, checked_at = null, check_code = null where connection_id = $1`,
    [
      row.connection_id,
      row.name,
      JSON.stringify(row.settings),
      row.secrets_box,
      row.secret_names,
      row.updated_at,
    ],
  );
}

export async function noteCheck(
  transaction: Transaction,
  connectionId: string,
  check: { at: number; code: string | null },
): Promise<void> {
  await transaction.execute(
    'update warehouse.connection set checked_at = $2, check_code = $3 where connection_id = $1',
    [connectionId, check.at, check.code],
  );
}

export async function removeConnection(transaction: Transaction, connectionId: string): Promise<boolean> {
  const removed = await transaction.execute('delete from warehouse.connection where connection_id = $1', [
    connectionId,
  ]);
  return removed === 1;
}

export function selectTables(
  transaction: Transaction,
  which: { names?: readonly string[]; connectionId?: string } = {},
): Promise<MappedTableRow[]> {
  return transaction.query<MappedTableRow>(
    `select * from warehouse.mapped_table
     where ($1::text[] is null or table_name = any($1)) and ($2::text is null or connection_id = $2)
     order by table_name`,
    [which.names ?? null, which.connectionId ?? null],
  );
}

/** Maps a table, or maps it anew. */
export async function upsertTable(transaction: Transaction, row: MappedTableRow): Promise<void> {
  await transaction.execute(
    `insert into warehouse.mapped_table (table_name, connection_id, schema_name, source_table, text_columns,
       description, columns, created_at, updated_at)
     values ($1, $2, $3, $4, $5::text[], $6, $7::jsonb, $8, $9)
     on conflict (table_name) do update set connection_id = excluded.connection_id,
       schema_name = excluded.schema_name, source_table = excluded.source_table,
       text_columns = excluded.text_columns, description = excluded.description, columns = excluded.columns,
       updated_at = excluded.updated_at`,
    [
      row.table_name,
      row.connection_id,
      row.schema_name,
      row.source_table,
      row.text_columns,
      row.description,
      JSON.stringify(row.columns),
      row.created_at,
      row.updated_at,
    ],
  );
}

export async function removeTable(transaction: Transaction, name: string): Promise<boolean> {
  return (
    (await transaction.execute('delete from warehouse.mapped_table where table_name = $1', [name])) === 1
  );
}

/** Ids of tasks whose query reads a mapped table. */
export async function tasksReading(transaction: Transaction, name: string): Promise<string[]> {
  const rows = await transaction.query<{ task_id: string }>(
    'select task_id from warehouse.task where $1 = any(tables) order by task_id limit 100',
    [name],
  );
  return rows.map((row) => row.task_id);
}
