import { createHash } from 'node:crypto';
import { CodedError, SOURCE_DATABASE, type Platform } from '../../platform/index.ts';
import {
  selectConnections,
  selectTables,
  type ConnectionRow,
  type MappedTableRow,
} from './connection-store.ts';
import type { Fragment, SourceColumn } from './connectors/index.ts';
import { connectorOf, inTime, openSource, QUESTION_SECONDS } from './open-source.ts';
import { quoteName } from './quote-sql.ts';
import type { Reader } from './source-reader.ts';
import { sourceError } from './source-error.ts';

/**
 * Makes mapped tables readable for SQL, by their names in the reader's database; those that are already there and
 * have not changed are left. Names that are not mapped are passed over: a WITH may define them.
 * @returns the names that are mapped
 */
export async function declareTables(
  platform: Platform,
  reader: Reader,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const tables = await selectTables(platform.database, { names });
  const connections = new Map<string, ConnectionRow>();
  for (const { connection_id: id } of tables) {
    if (!connections.has(id)) connections.set(id, (await selectConnections(platform.database, id))[0]!);
  }
  const turn = reader.declaring.then(async () => {
    for (const table of tables)
      await declareTable(platform, reader, table, connections.get(table.connection_id)!);
  });
  reader.declaring = turn.catch(() => undefined);
  await turn;
  return tables.map((table) => table.table_name);
}

/**
 * Makes a mapped table readable a second time, with some columns as its source writes them.
 * @returns its name, or undefined when the source gives no texts
 */
export async function declareAsWritten(
  platform: Platform,
  reader: Reader,
  tableName: string,
  columns: readonly string[],
): Promise<string | undefined> {
  const [table] = await selectTables(platform.database, { names: [tableName] });
  const [connection] = table ? await selectConnections(platform.database, table.connection_id) : [];
  if (!table || !connection || !connectorOf(connection.kind).givesTexts) return undefined;
  // Another choice of columns is another table: two tasks may read it at once.
  const name = `_written_${createHash('sha256')
    .update(JSON.stringify([tableName, columns]))
    .digest('hex')
    .slice(0, 32)}`;
  const written = table.columns.map((column) =>
    columns.includes(column.name) ? { ...column, type: 'Nullable(String)' } : column,
  );
  const turn = reader.declaring.then(() =>
    declareTable(platform, reader, { ...table, table_name: name, columns: written }, connection),
  );
  reader.declaring = turn.catch(() => undefined);
  await turn;
  return name;
}

async function declareTable(
  platform: Platform,
  reader: Reader,
  table: MappedTableRow,
  connection: ConnectionRow,
): Promise<void> {
  try {
    const source = await openSource(platform, reader, connection);
    const connector = connectorOf(connection.kind);
    const reference = { schema: table.schema_name, table: table.source_table };
    const engine = await connector.engine(source, reference);
    const print = createHash('sha256')
      .update(JSON.stringify([table.updated_at, connection.updated_at, table.columns, engine]))
      .digest('hex');
    if (reader.declared.get(table.table_name) === print) return;
    const isGbk = connection.settings['encoding'] === 'gbk';
    const raw = isGbk ? rawNameOf(table.table_name) : table.table_name;
    await dropReadable(reader, placeOf(table.table_name));
    if (isGbk) await dropReadable(reader, placeOf(raw));
    const { sql, values } = createReadable(placeOf(raw), table.columns, engine);
    await inTime(reader, reader.composer.command(sql, values, DECLARATION_SETTINGS));
    if (isGbk) await reader.composer.command(decodingView(table, raw));
    reader.declared.set(table.table_name, print);
  } catch (error) {
    const coded = sourceError(error, 'source');
    throw new CodedError(coded.code, {
      details: { ...coded.details, table: table.table_name },
      cause: error,
    });
  }
}

/** The statement that makes a table of a source readable at a place in the reader. */
export function createReadable(
  place: string,
  columns: readonly SourceColumn[],
  engine: Fragment,
): { sql: string; values: Record<string, unknown> } {
  const list = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ');
  const told = engine.findsColumns ? '' : `(${list})`;
  return { sql: `CREATE TABLE ${place} ${told} ENGINE = ${engine.sql}`, values: { ...engine.values } };
}

/** It waits for those who read the table, one of whom may hang. */
export async function dropReadable(reader: Reader, place: string): Promise<void> {
  await inTime(reader, reader.composer.command(`DROP TABLE IF EXISTS ${place} SYNC`));
}

export const placeOf = (name: string): string => `${SOURCE_DATABASE}.${quoteName(name)}`;
/** No mapped table has a name like it: theirs begin with a letter. */
const rawNameOf = (name: string): string => `_bytes_of_${name}`;

export const DECLARATION_SETTINGS = {
  max_execution_time: QUESTION_SECONDS,
  mysql_datatypes_support_level: 'decimal,datetime64,date2Date32',
  // Unwilling servers are found out at once, not after a minute.
  postgresql_connection_attempt_timeout: 10,
  s3_max_redirects: 0,
  s3_retry_attempts: 8,
} as never;

/** GB18030 holds all of GBK. Names of columns are as the reader of the format gave them. */
function decodingView(table: MappedTableRow, raw: string): string {
  const columns = table.columns.map(({ name, type }) =>
    /^(Nullable\(|LowCardinality\(|LowCardinality\(Nullable\()?String\)*$/.test(type)
      ? `convertCharset(${quoteName(name)}, 'GB18030', 'UTF-8') AS ${quoteName(name)}`
      : quoteName(name),
  );
  return `CREATE VIEW ${placeOf(table.table_name)} AS SELECT ${columns.join(', ')} FROM ${placeOf(raw)}`;
}
