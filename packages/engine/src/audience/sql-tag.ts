import {
  CodedError,
  isForbiddenFunction,
  onlyRows,
  readStatement,
  StatementRefusal,
  type Platform,
} from '../platform/index.ts';
import { readAsPresent } from './present-tables.ts';
import { maySee, SHARING_COLUMNS, type Sharing } from './sharing.ts';
import { refusalOf } from './run-expression.ts';
import type { TagRow } from './tag-store.ts';
import { countPeopleOfTags, heldValue, removeOlderValues } from './tag-value-store.ts';

/** Tables an analyst's SQL may read, besides entity_* and detail_*. */
const READABLE = new Set(['event', 'person', 'relation', 'consent', 'suppression', 'tag_value']);
const READABLE_PREFIXES = ['entity_', 'detail_'];

/** The engine's own limits for a statement written by hand: it reads, for at most a minute, within bounds. */
const SANDBOX_SETTINGS = {
  readonly: '1',
  max_execution_time: 60,
  max_rows_to_read: '1000000000',
  max_memory_usage: '2000000000',
  max_result_rows: '20000000',
  allow_ddl: 0,
  allow_introspection_functions: 0,
} as const;

/**
 * Checks SQL by the engine's own parse tree: one SELECT, of person_id and value, over the readable tables of
 * our database, without table functions (files, URLs, other servers). Returns the statement to be run: the same
 * one over the tables as they are now.
 * @throws CodedError tag_sql_refused
 */
export async function checkTagSql(platform: Platform, sql: string): Promise<string> {
  const refuse = (reason: string): never => {
    throw new CodedError('tag_sql_refused', { details: { reason } });
  };
  if (sql.trim() === '') refuse('there is no statement');
  await readStatement(platform.clickhouse, sql).catch((error: unknown) => {
    if (!(error instanceof StatementRefusal)) throw error;
    refuse(error.reason);
  });
  let tree: string[] = [];
  try {
    const rows = await platform.clickhouse.query<{ explain: string }>(
      `EXPLAIN QUERY TREE run_passes = 1 SELECT person_id, value FROM (${sql}\n)`,
      {},
      SANDBOX_SETTINGS,
    );
    tree = rows.map((row) => row.explain);
  } catch (error) {
    // The engine's own words may hold values that it computed while it read the statement.
    refuse(
      /Syntax error[^.(]*\([^)]*\)/.exec(String((error as Error).message))?.[0] ??
        'the engine cannot read it',
    );
  }
  const own = await platform.clickhouse.query<{ name: string }>('SELECT currentDatabase() AS name');
  const database = own[0]?.name ?? '';
  const tables = new Set<string>();
  for (const line of tree) {
    const used = /\bfunction_name: ([^\s,]+)/.exec(line)?.[1];
    if (used !== undefined && isForbiddenFunction(used)) refuse(`the function ${used} is not allowed`);
    if (/\bTABLE_FUNCTION\b/.test(line)) refuse('table functions are not allowed');
    const table = /\bTABLE id: \d+.*table_name: ([^\s,]+)/.exec(line)?.[1];
    if (table === undefined) continue;
    const [place, name = ''] = table.includes('.') ? table.split('.') : [database, table];
    const readable = READABLE.has(name) || READABLE_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (place !== database || !readable) refuse(`the table ${table} may not be read`);
    if (/\bsample_size: /.test(line)) refuse('SAMPLE is not allowed');
    tables.add(name);
  }
  if (tree.some((line) => /^\s*PREWHERE\b/.test(line))) refuse('PREWHERE is not allowed; say WHERE');
  return readAsPresent(sql, tables, database);
}

/**
 * Which values of tags whoever wrote the present version may see, as a condition on `tag_value`: SQL names tags by
 * values, which nothing binds. Who is gone sees what is open to all.
 */
async function tagsOfAuthor({ database, access }: Platform, tagId: string): Promise<string> {
  const [version] = await database.query<{ edited_by: string }>(
    'select edited_by from audience.tag_version where tag_id = $1 order by version desc limit 1',
    [tagId],
  );
  const author = await access.userBehind({ userId: version?.edited_by ?? '' });
  const asker = author ?? { userId: '', permissions: new Set<string>() };
  if (asker.permissions.has('*')) return '1';
  const rows = await database.query<Sharing & { tag_id: string }>(
    `select tag_id, ${SHARING_COLUMNS} from audience.tag order by tag_id`,
  );
  const listOf = (wanted: boolean): string[] =>
    rows.flatMap((row) => (maySee(asker, row) === wanted ? [`'${row.tag_id}'`] : []));
  const [seen, unseen] = [listOf(true), listOf(false)];
  if (unseen.length === 0) return '1';
  if (seen.length === 0) return '0';
  // The shorter list: it travels in the address of the request.
  return seen.length < unseen.length
    ? `tag_id in [${seen.join(', ')}]`
    : `tag_id not in [${unseen.join(', ')}]`;
}

/** Computes an SQL tag; returns how many people have a value. */
export async function computeSqlTag(platform: Platform, row: TagRow, run: number): Promise<number> {
  const sql = await checkTagSql(platform, row.body ?? '');
  const held = heldValue(row.value_type, 'typed');
  const typed = {
    number: 'toFloat64OrNull(toString(value))',
    boolean: "toString(value) IN ('1', 'true')",
    date: 'toDate32OrNull(toString(value))',
    instant: "parseDateTime64BestEffortOrNull(toString(value), 3, 'UTC')",
    list: 'value',
    map: 'value',
    text: 'toNullable(toString(value))',
  }[row.value_type];
  try {
    // The read alone is sandboxed; writing its result is ours. Numbers that are nobody's get no value.
    await platform.clickhouse.command(
      `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version)
       SELECT {tag:String}, person_id, ${held.texts}, ${held.numbers}, {version:UInt64}
       FROM (SELECT toUInt64(person_id) AS person_id, any(${typed}) AS typed FROM (${sql}\n) GROUP BY person_id)
       WHERE ${held.present} AND bitmapContains((SELECT groupBitmapState(person_id) FROM person FINAL), person_id)`,
      { tag: row.tag_id, version: run },
      {
        max_execution_time: 60,
        max_rows_to_read: '1000000000',
        max_memory_usage: '2000000000',
        priority: '5',
        ...onlyRows({ tag_value: await tagsOfAuthor(platform, row.tag_id) }),
      },
    );
  } catch (error) {
    throw refusalOf(error);
  }
  await removeOlderValues(platform.clickhouse, row.tag_id, run);
  return (await countPeopleOfTags(platform.clickhouse, [row.tag_id])).get(row.tag_id) ?? 0;
}
