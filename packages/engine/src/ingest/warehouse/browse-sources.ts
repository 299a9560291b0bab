import type { connectionsApi } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import {
  removeTable,
  selectConnections,
  selectTables,
  tasksReading,
  upsertTable,
  type ConnectionRow,
  type MappedTableRow,
} from './connection-store.ts';
import type { SourceColumn, SourceTable, TableReference } from './connectors/index.ts';
import { createReadable, DECLARATION_SETTINGS, dropReadable, placeOf } from './declare-tables.ts';
import { maskCell } from './mask-preview.ts';
import { connectorOf, inTime, openSource } from './open-source.ts';
import { firstRows, naming, prepareQuery, type PreparedQuery } from './run-query.ts';
import { sourceError } from './source-error.ts';
import type { Reader, SourceReader } from './source-reader.ts';

const TABLE_LIMIT = 2_000;
const PREVIEW_ROWS = 20;

/** What sources hold, and which tables of them are mapped. */
export interface SourceBrowser {
  tables(
    connectionId: string,
    search: string | undefined,
  ): Promise<{ items: SourceTable[]; truncated: boolean }>;
  columns(connectionId: string, table: TableReference): Promise<SourceColumn[]>;
  preview(connectionId: string, table: TableReference, open: boolean): Promise<connectionsApi.Preview>;
  previewSql(sql: string, open: boolean): Promise<connectionsApi.Preview>;
  mapped(): Promise<connectionsApi.MappedTable[]>;
  map(
    tableName: string,
    mapping: TableReference & { connectionId: string; textColumns: readonly string[]; description: string },
    actor: string,
  ): Promise<connectionsApi.MappedTable>;
  /** @throws CodedError mapped_table_not_found, mapped_table_in_use */
  unmap(tableName: string, actor: string): Promise<void>;
}

export function createSourceBrowser(platform: Platform, sourceReader: SourceReader): SourceBrowser {
  const { database, clock, audit } = platform;

  async function find(connectionId: string): Promise<ConnectionRow> {
    const [row] = await selectConnections(database, connectionId);
    if (!row) throw new CodedError('connection_not_found', { details: { connectionId } });
    return row;
  }

  const describe = async (row: ConnectionRow, table: TableReference): Promise<SourceColumn[]> =>
    asSource(() =>
      sourceReader.use(async (reader) => {
        const source = await openSource(platform, reader, row);
        const columns = await connectorOf(row.kind).columns(source, table);
        if (columns.length === 0) throw new CodedError('source_table_missing', { details: { ...table } });
        return columns;
      }),
    );

  const show = async (
    reader: Reader,
    query: PreparedQuery,
    open: boolean,
  ): Promise<connectionsApi.Preview> => {
    const rows = await firstRows(reader, query, PREVIEW_ROWS).catch(async (error: unknown) => {
      throw await naming(platform, query, error);
    });
    return {
      columns: [...query.columns],
      rows: open ? rows : rows.map((row) => row.map((cell, at) => maskCell(cell, query.columns[at]!.type))),
      masked: !open,
    };
  };

  return {
    async tables(connectionId, search) {
      const row = await find(connectionId);
      const all = await asSource(() =>
        sourceReader.use(async (reader) =>
          connectorOf(row.kind).tables(await openSource(platform, reader, row), TABLE_LIMIT + 1),
        ),
      );
      const wanted = search?.toLowerCase() ?? '';
      const items = all.filter((table) => `${table.schema}.${table.table}`.toLowerCase().includes(wanted));
      return { items: items.slice(0, TABLE_LIMIT), truncated: all.length > TABLE_LIMIT };
    },
    columns: async (connectionId, table) => describe(await find(connectionId), table),
    async preview(connectionId, table, open) {
      const row = await find(connectionId);
      const columns = await describe(row, table);
      return sourceReader.use(async (reader) => {
        // A name that no mapped table can have: theirs begin with a letter.
        const place = placeOf(`_preview_${platform.ids.newId().replaceAll('-', '')}`);
        try {
          await asSource(async () => {
            const source = await openSource(platform, reader, row);
            const engine = await connectorOf(row.kind).engine(source, table);
            const { sql, values } = createReadable(place, columns, engine);
            await inTime(reader, reader.composer.command(sql, values, DECLARATION_SETTINGS));
          });
          return await show(
            reader,
            { sql: `SELECT * FROM ${place}`, from: place, columns, tables: [] },
            open,
          );
        } finally {
          await dropReadable(reader, place).catch(() => undefined);
        }
      });
    },
    previewSql: (sql, open) =>
      sourceReader.use(async (reader) => show(reader, await prepareQuery(platform, reader, sql), open)),
    mapped: async () => (await selectTables(database)).map(showTable),
    async map(tableName, mapping, actor) {
      const { connectionId, schema, table, textColumns, description } = mapping;
      const columns = await describe(await find(connectionId), { schema, table });
      const texts = new Set(textColumns);
      const [before] = await selectTables(database, { names: [tableName] });
      const now = clock.now();
      const row: MappedTableRow = {
        table_name: tableName,
        connection_id: connectionId,
        schema_name: schema,
        source_table: table,
        text_columns: textColumns,
        description,
        columns: columns.map((column) =>
          texts.has(column.name) ? { ...column, type: 'Nullable(String)' } : column,
        ),
        created_at: before?.created_at ?? now,
        updated_at: Math.max(now, (before?.updated_at ?? 0) + 1),
      };
      await database.transaction(async (transaction) => {
        await upsertTable(transaction, row);
        await audit.record(transaction, {
          actor,
          action: 'mapped_table.save',
          object: tableName,
          detail: { connectionId, schema, table },
        });
      });
      return showTable(row);
    },
    async unmap(tableName, actor) {
      const tasks = await tasksReading(database, tableName);
      if (tasks.length > 0) throw new CodedError('mapped_table_in_use', { details: { tasks } });
      await database.transaction(async (transaction) => {
        if (!(await removeTable(transaction, tableName)))
          throw new CodedError('mapped_table_not_found', { details: { tableName } });
        await audit.record(transaction, { actor, action: 'mapped_table.delete', object: tableName });
      });
    },
  };
}

async function asSource<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw sourceError(error, 'source');
  }
}

const showTable = (row: MappedTableRow): connectionsApi.MappedTable => ({
  tableName: row.table_name,
  connectionId: row.connection_id,
  schema: row.schema_name,
  table: row.source_table,
  textColumns: [...row.text_columns],
  description: row.description,
  columns: [...row.columns],
  createdAt: new Date(row.created_at).toISOString(),
});
