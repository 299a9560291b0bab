import type { ClickHouseSettings } from '@clickhouse/client';
import {
  CodedError,
  readStatement,
  StatementRefusal,
  tableNotReadable,
  type Platform,
} from '../../platform/index.ts';
import type { SourceColumn } from './connectors/index.ts';
import { selectTables } from './connection-store.ts';
import { declareAsWritten, declareTables } from './declare-tables.ts';
import { quoteName } from './quote-sql.ts';
import { sourceError } from './source-error.ts';
import type { Reader } from './source-reader.ts';

/** A SELECT that was read, checked and described; its tables are declared. */
export interface PreparedQuery {
  readonly sql: string;
  /** What stands after FROM to read it: a table directly, so that its source is told the conditions. */
  readonly from: string;
  readonly columns: readonly QueryColumn[];
  /** Mapped tables that it reads. */
  readonly tables: readonly string[];
}

export interface QueryColumn extends SourceColumn {
  /** It is read as its source writes it, and is no value of `type` yet. */
  readonly asWritten?: boolean;
}

/** A cell as text; null is no value. */
export type Cell = string | null;

const PLAIN_TABLE = /^(?:warehouse\.)?[\p{L}_][\p{L}\p{N}_]{0,62}$/u;

/**
 * Reads SQL that a person wrote: by its syntax first, then by the rights of the user that runs it.
 * @throws CodedError source_query_refused, source_query_invalid, mapped_table_not_found and those of sources
 */
export async function prepareQuery(platform: Platform, reader: Reader, sql: string): Promise<PreparedQuery> {
  const names = await checkStatement(reader, sql);
  const tables = await declareTables(platform, reader, names);
  const from = `(${sql}\n)`;
  return { sql, from, tables, columns: await describe(reader, from) };
}

/** A whole mapped table as a query. @throws CodedError mapped_table_not_found and those of sources */
export async function prepareTable(
  platform: Platform,
  reader: Reader,
  tableName: string,
): Promise<PreparedQuery> {
  const tables = await declareTables(platform, reader, [tableName]);
  if (tables.length === 0) throw new CodedError('mapped_table_not_found', { details: { tableName } });
  const from = quoteName(tableName);
  return { sql: `SELECT * FROM ${from}`, from, tables, columns: await describe(reader, from) };
}

/**
 * The same with times, days and numbers of fixed digits read as their source writes them, but for the columns that are
 * compared: what is none of its type (`infinity`, `0000-00-00`, `NaN`) is then a text in its row, where it would be
 * taken for 1970-01-01 otherwise, or end the reading. Sources that give no texts are read as before.
 */
export async function asWritten(
  platform: Platform,
  reader: Reader,
  tableName: string,
  { query, compared }: { query: PreparedQuery; compared: readonly string[] },
): Promise<PreparedQuery> {
  const columns = query.columns.map((column) =>
    isDoubtful(column.type) && !compared.includes(column.name) ? { ...column, asWritten: true } : column,
  );
  const names = columns.filter((column) => column.asWritten).map(({ name }) => name);
  const place = names.length > 0 && (await declareAsWritten(platform, reader, tableName, names));
  return place ? { ...query, from: quoteName(place), columns } : query;
}

/** Types of which a source may hold values that ClickHouse cannot. */
const isDoubtful = (type: string): boolean =>
  /^(Date|Date32|DateTime|DateTime64|Decimal)\b/.test(plainType(type));

/**
 * Refuses what a person may not run; `values` are what we bind in it.
 * @returns the names of tables in it
 * @throws CodedError source_query_refused, source_query_invalid
 */
export async function checkStatement(
  reader: Reader,
  sql: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const written = await readStatement(reader.analyst, sql, values).catch((error: unknown) => {
    if (!(error instanceof StatementRefusal)) throw sourceError(error, 'query');
    const code = error.kind === 'syntax' ? 'source_query_invalid' : 'source_query_refused';
    throw new CodedError(code, { details: { reason: error.reason, problems: [error.problem] } });
  });
  const strange = written.tables.find((name) => !PLAIN_TABLE.test(name));
  if (strange === undefined) return written.tables.map((name) => name.replace(/^warehouse\./, ''));
  const problem = tableNotReadable(strange.slice(0, 100));
  throw new CodedError('source_query_refused', { details: { reason: problem.en, problems: [problem] } });
}

async function describe(reader: Reader, from: string): Promise<SourceColumn[]> {
  try {
    const columns = await reader.analyst.query<SourceColumn>(
      `DESCRIBE TABLE ${from}`,
      {},
      { max_execution_time: 30 },
    );
    return columns.map(({ name, type }) => ({ name, type }));
  } catch (error) {
    throw sourceError(error, 'query');
  }
}

/** An expression that gives a column of a prepared query as text, as the mapping of records reads it. */
export function textExpression({ name, type, asWritten: isWritten }: QueryColumn): string {
  const column = quoteName(name);
  const plain = plainType(type);
  if (isWritten) return writtenExpression(column, plain);
  // A type with a zone is an instant: said in UTC, so that no reader takes it for another wall time.
  if (hasZone(plain)) return `concat(replaceOne(toString(toTimeZone(${column}, 'UTC')), ' ', 'T'), 'Z')`;
  if (plain.startsWith('FixedString')) return `toStringCutToZero(${column})`;
  if (plain.startsWith('Array(')) {
    return `arrayStringConcat(arrayMap(element -> ifNull(toString(element), ''), ${column}), char(31))`;
  }
  if (/^(Tuple|Map|Nested|JSON|Object|Variant|Dynamic|AggregateFunction)/.test(plain))
    return `toJSONString(${column})`;
  return `toString(${column})`;
}

/** Of a text that a source wrote: instants in UTC, where it is one; all else as it is. */
function writtenExpression(column: string, plain: string): string {
  if (!hasZone(plain)) return column;
  const instant = `parseDateTime64BestEffortOrNull(${column}, ${/^DateTime64\((\d)/.exec(plain)?.[1] ?? 0}, 'UTC')`;
  // More than four digits of a year, or one before Christ, would be read as something else.
  const isInstant = `match(${column}, '^[0-9]{4}-[0-9-]{5} [0-9:.]+([+-][0-9:]+)?$')`;
  return `if(${isInstant}, ifNull(concat(replaceOne(toString(${instant}), ' ', 'T'), 'Z'), ${column}), ${column})`;
}

/** A type without what it is wrapped in. */
export const plainType = (type: string): string =>
  type.replace(/^LowCardinality\((.*)\)$/s, '$1').replace(/^Nullable\((.*)\)$/s, '$1');

export const hasZone = (type: string): boolean =>
  /^DateTime\('[^']+'\)$/.test(type) || /^DateTime64\(\d, '[^']+'\)$/.test(type);

/** The first rows of a prepared query as texts. */
export async function firstRows(reader: Reader, query: PreparedQuery, limit: number): Promise<Cell[][]> {
  const texts = query.columns.map(textExpression).join(', ');
  const rows: Cell[][] = [];
  const limits = { timeoutSeconds: 30, maximumRows: limit };
  const statement = { sql: `SELECT ${texts} FROM ${query.from} LIMIT ${limit}`, values: {} };
  for await (const block of streamRows(reader, statement, limits)) rows.push(...block);
  return rows;
}

/** How many rows of a prepared query have no value in a column. */
export async function countWithout(
  reader: Reader,
  query: PreparedQuery,
  options: { column: string; timeoutSeconds: number; values: Readonly<Record<string, unknown>> },
): Promise<number> {
  const { column, timeoutSeconds, values } = options;
  const sql = `SELECT toString(count()) FROM ${query.from} WHERE ${quoteName(column)} IS NULL`;
  let count = 0;
  const limits = { timeoutSeconds, maximumRows: 1 };
  for await (const [row] of streamRows(reader, { sql, values }, limits)) count = Number(row?.[0] ?? 0);
  return count;
}

/** The error of a reading, with the columns that may hold what their type cannot. */
export async function naming(platform: Platform, query: PreparedQuery, error: unknown): Promise<unknown> {
  if (!(error instanceof CodedError) || error.code !== 'source_value_unreadable') return error;
  const tables = await selectTables(platform.database, { names: [...query.tables] });
  const columns = tables.flatMap((table) =>
    table.columns
      .filter(({ type }) => plainType(type) === error.details['type'])
      .map(({ name }) => `${table.table_name}.${name}`),
  );
  return new CodedError(error.code, { details: { ...error.details, columns }, cause: error.cause });
}

/**
 * Rows of a statement around a prepared query, in blocks as they arrive.
 * @throws CodedError source_too_slow when it takes longer than the limit, also when the source hangs
 */
export async function* streamRows(
  reader: Reader,
  statement: { sql: string; values: Readonly<Record<string, unknown>> },
  limits: { timeoutSeconds: number; maximumRows: number; signal?: AbortSignal },
): AsyncGenerator<Cell[][]> {
  const settings: ClickHouseSettings = {
    max_execution_time: limits.timeoutSeconds,
    timeout_overflow_mode: 'throw',
    max_result_rows: String(limits.maximumRows),
    result_overflow_mode: 'throw',
    wait_end_of_query: 0,
    // It counts an Iceberg table by its metadata, and with it the rows that equality deletes took away.
    optimize_trivial_count_query: 0,
    // Few and small blocks: what waits here to be written is bounded, and so is what a slow reader holds back.
    max_block_size: '8192',
    max_threads: 2,
    // By itself the engine asks a bucket that is away 500 times, which takes longer than any run should.
    s3_retry_attempts: '8',
  };
  const watch = new AbortController();
  // The engine looks at its clock between blocks only; a source that says nothing is found out by ours.
  const alarm = setTimeout(
    () => {
      reader.retire();
      watch.abort();
    },
    limits.timeoutSeconds * 1_000 + 1_000,
  );
  const signals = limits.signal ? [watch.signal, limits.signal] : [watch.signal];
  try {
    const result = await reader.analyst.client.query({
      query: statement.sql,
      query_params: { ...statement.values },
      format: 'JSONCompactEachRow',
      clickhouse_settings: settings,
      abort_signal: AbortSignal.any(signals),
    });
    for await (const rows of result.stream<Cell[]>()) {
      // The time that the writer takes is not the source's.
      alarm.refresh();
      yield rows.map((row) => row.json<Cell[]>().map(withoutNul));
    }
  } catch (error) {
    throw sourceError(error, 'query');
  } finally {
    clearTimeout(alarm);
    watch.abort();
  }
}

/** PostgreSQL holds no NUL in texts. */
const withoutNul = (cell: Cell): Cell => (cell?.includes('\u0000') ? cell.replaceAll('\u0000', '') : cell);
