import { CodedError, type Platform } from '../../platform/index.ts';
import { selectConnections, selectTables, upsertTable, type MappedTableRow } from './connection-store.ts';
import type { SourceColumn } from './connectors/index.ts';
import { connectorOf, openSource } from './open-source.ts';
import { sourceError } from './source-error.ts';
import type { Reader } from './source-reader.ts';

/** Whole numbers, the narrowest first: what a wider one holds of a narrower one is the same. */
const WHOLE = ['Int8', 'Int16', 'Int32', 'Int64'].map((type) => `Nullable(${type})`);

/**
 * Looks whether columns of mapped tables still are what they were when the tables were mapped, before anything is
 * read. A database gives texts, which are read by the types of the mapping: a time that lost its zone would be another
 * instant without an error, and a column that is gone an error without its name. Whole numbers that became wider are
 * followed; where digits of a decimal became more, the reader says so itself.
 * @param isUsed by the name of a column; changes of others do not matter
 * @throws CodedError source_table_changed, source_table_missing and those of sources
 */
export async function followColumns(
  platform: Platform,
  reader: Reader,
  names: readonly string[],
  isUsed: (column: string) => boolean,
): Promise<void> {
  if (names.length === 0) return;
  for (const table of await selectTables(platform.database, { names })) {
    const present = await presentColumns(platform, reader, table);
    if (!present) continue;
    const found = table.columns
      .filter(({ name }) => isUsed(name))
      .map((before) => ({ before, now: present.get(before.name) }));
    const changed = found.filter(({ before, now }) => !isAlike(table, before, now));
    if (changed.length > 0) {
      const columns = changed.map(({ before, now }) => `${before.name} (${wordOf(before)} → ${wordOf(now)})`);
      throw new CodedError('source_table_changed', { details: { table: table.table_name, columns } });
    }
    const wider = new Map(
      found.flatMap(({ before, now }) => (now && isWider(before, now) ? [[now.name, now] as const] : [])),
    );
    if (wider.size > 0) {
      const columns = table.columns.map((column) => wider.get(column.name) ?? column);
      await upsertTable(platform.database, { ...table, columns });
    }
  }
}

/** Undefined for sources that know the types of what they send. */
async function presentColumns(
  platform: Platform,
  reader: Reader,
  table: MappedTableRow,
): Promise<Map<string, SourceColumn> | undefined> {
  const [connection] = await selectConnections(platform.database, table.connection_id);
  const connector = connectorOf(connection!.kind);
  if (!connector.givesTexts) return undefined;
  try {
    const source = await openSource(platform, reader, connection!);
    const columns = await connector.columns(source, { schema: table.schema_name, table: table.source_table });
    if (columns.length === 0) throw new CodedError('source_table_missing');
    return new Map(columns.map((column) => [column.name, column]));
  } catch (error) {
    const coded = sourceError(error, 'source');
    const details = { ...coded.details, table: table.table_name };
    throw new CodedError(coded.code, { details, cause: error });
  }
}

function isAlike(table: MappedTableRow, before: SourceColumn, now: SourceColumn | undefined): boolean {
  if (!now) return false;
  if (before.type === now.type || table.text_columns.includes(before.name)) return true;
  const isDecimal = ({ type }: SourceColumn): boolean => type.startsWith('Nullable(Decimal(');
  return isWider(before, now) || (isDecimal(before) && isDecimal(now));
}

function isWider(before: SourceColumn, now: SourceColumn): boolean {
  const place = WHOLE.indexOf(before.type);
  return place >= 0 && WHOLE.indexOf(now.type) > place;
}

const wordOf = (column: SourceColumn | undefined): string =>
  column === undefined ? 'gone' : (column.sourceType ?? column.type);
