import { CodedError, type Platform } from '../../platform/index.ts';
import { selectConnections, selectTables, upsertTable, type MappedTableRow } from './connection-store.ts';
import type { SourceColumn } from './connectors/index.ts';
import { connectorOf, openSource } from './open-source.ts';
import { plainType } from './run-query.ts';
import { sourceError } from './source-error.ts';
import type { Reader } from './source-reader.ts';

/** Whole numbers, the narrowest first: what a wider one holds of a narrower one is the same. */
const WHOLE = [
  ['Int8', 'Int16', 'Int32', 'Int64'],
  ['UInt8', 'UInt16', 'UInt32', 'UInt64'],
];

/**
 * Looks whether columns of mapped tables still are what they were when the tables were mapped, before anything is
 * read. A database gives texts, which are read by the types of the mapping: a time that lost its zone would be another
 * instant without an error, NULL in a column that had none a nought, and a column that is gone an error without its
 * name. What became wider is followed; where a decimal has more digits, the reader says so itself.
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
      .map((before) => {
        const now = present.get(before.name);
        const isText = table.text_columns.includes(before.name);
        return { before, now, became: now && isText ? 'alike' : compareColumns(before, now) };
      });
    const changed = found.filter(({ became }) => became === 'changed');
    if (changed.length > 0) {
      const columns = changed.map(({ before, now }) => `${before.name} (${wordOf(before)} → ${wordOf(now)})`);
      throw new CodedError('source_table_changed', { details: { table: table.table_name, columns } });
    }
    const wider = new Map(
      found.map(({ before, now, became }) => [before.name, became === 'wider' ? now : undefined]),
    );
    if ([...wider.values()].some((now) => now !== undefined)) {
      const columns = table.columns.map((column) => wider.get(column.name) ?? column);
      await upsertTable(platform.database, { ...table, columns });
    }
  }
}

/** What became of a column: `wider` holds all that it held, and more. */
export function compareColumns(
  before: SourceColumn,
  now: SourceColumn | undefined,
): 'alike' | 'wider' | 'changed' {
  if (!now) return 'changed';
  const [was, is] = [plainType(before.type), plainType(now.type)];
  const hadNull = before.type !== was;
  if (was === is) return hadNull || now.type === is ? 'alike' : 'wider';
  if (was.startsWith('Decimal(') && is.startsWith('Decimal(')) return 'alike';
  const isWider = WHOLE.some((types) => types.includes(was) && types.indexOf(is) > types.indexOf(was));
  return isWider ? 'wider' : 'changed';
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

const wordOf = (column: SourceColumn | undefined): string =>
  column === undefined ? 'gone' : (column.sourceType ?? column.type);
