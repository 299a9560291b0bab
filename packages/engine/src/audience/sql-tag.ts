import type { Catalogue } from '@wutong/contract';
import {
  CodedError,
  FUNCTION,
  isForbiddenFunction,
  notAllowed,
  onlyRows,
  readStatement,
  StatementRefusal,
  tableNotReadable,
  type Platform,
  type StatementProblem,
} from '../platform/index.ts';
import { readAsPresent } from './present-tables.ts';
import { maySee, SHARING_COLUMNS, type Sharing } from './sharing.ts';
import { refusalOf } from './run-expression.ts';
import type { TagRow } from './tag-store.ts';
import { countPeopleOfTags, heldValue, removeOlderValues } from './tag-value-store.ts';

/** Tables an analyst's SQL may read, besides entity_* and detail_*. */
const READABLE = new Set(['event', 'person', 'relation', 'consent', 'suppression', 'tag_value']);
const READABLE_PREFIXES = ['entity_', 'detail_'];
const TABLES = [...READABLE, ...READABLE_PREFIXES.map((prefix) => `${prefix}…`)].join(', ');
/** The one row that a SELECT without FROM reads. */
const ONE_ROW = 'system.one';

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
const EMPTY: StatementProblem = { code: 'sql_empty', en: 'there is no statement', zh: '没有语句' };
const NO_PREWHERE: StatementProblem = {
  code: 'sql_not_allowed',
  en: 'PREWHERE is not allowed; say WHERE',
  zh: '不允许使用 PREWHERE，请改用 WHERE',
};
const NO_TABLE_FUNCTION: StatementProblem = {
  code: 'sql_not_allowed',
  en: 'table functions are not allowed',
  zh: '不允许使用表函数',
};
const NO_SAMPLE: StatementProblem = {
  code: 'sql_not_allowed',
  en: 'SAMPLE is not allowed: a tag is of everybody',
  zh: '不允许使用 SAMPLE：标签针对所有客户',
};
const NO_FINAL_NAME: StatementProblem = {
  code: 'sql_not_allowed',
  en: 'FINAL may stand after a table only; give columns another name',
  zh: 'FINAL 只能写在表名之后；请为列另取名称',
};

/** Where the tables of people, entities, relations and details keep the ciphertext of identifying values. */
const CIPHERTEXT = 'sealed';
const identifies = (column: string): StatementProblem => ({
  code: 'sql_not_allowed',
  en: `the column ${column} identifies people and may not be read; name the columns instead of *`,
  zh: `列 ${column} 可识别个人身份，不能读取；请逐一写出所需列名，不要使用 *`,
});

/** Where relations of all types keep their fields: which of them is read cannot be told. */
const FIELDS_OF_RELATIONS = 'attributes';

/** Columns of each table that hold what identifies people: as everywhere, they are no values. */
function identifyingColumns(model: Catalogue): Map<string, ReadonlySet<string>> {
  const ofRelations = model.relationTypes.flatMap(({ fields }) =>
    fields.map((field) => ({ ...field, name: FIELDS_OF_RELATIONS })),
  );
  const tables = [
    { table: 'relation', fields: ofRelations },
    { table: 'person', fields: model.attributes },
    ...model.entityTypes,
    ...model.detailTypes,
    ...model.detailTypes.map(({ historyTable, fields }) => ({ table: historyTable, fields })),
  ];
  return new Map(
    tables.map(({ table, fields }) => [
      table,
      new Set(fields.filter((field) => field.pii === 'identifying').map((field) => field.name)),
    ]),
  );
}

/** The first column that a statement reads from a table and that identifies people. */
function identifyingColumn(tree: readonly string[], model: Catalogue): string | undefined {
  const identifying = identifyingColumns(model);
  const sources = new Map<string, string>();
  for (const line of tree) {
    const [, id = '', table = ''] = /\bTABLE id: (\d+),.*table_name: ([^\s,]+)/.exec(line) ?? [];
    if (id !== '') sources.set(id, table.split('.').at(-1) ?? '');
  }
  for (const line of tree) {
    const [, column = '', source = ''] =
      /\bCOLUMN id: \d+,.*column_name: ([^\s,]+),.*source_id: (\d+)/.exec(line) ?? [];
    const table = sources.get(source);
    if (table === undefined) continue;
    // A part of a column, such as one key of a map, is a column with a dot in its name.
    const [whole = ''] = column.split('.');
    if (whole === CIPHERTEXT || identifying.get(table)?.has(whole)) return whole;
  }
  return undefined;
}

/** The engine has none over tables of several shards, and not all of them over those of one. */
const NO_CORRELATION: StatementProblem = {
  code: 'sql_not_allowed',
  en: 'a subquery that names columns of the outer query cannot be run here; say person_id IN (SELECT person_id FROM …), or JOIN',
  zh: '此处无法执行引用外层查询列的子查询（相关子查询），请改写为 person_id IN (SELECT person_id FROM …) 或 JOIN',
};

/** What the engine says of a statement that it does not accept, without its own words: they may hold values. */
function problemOfEngine(error: unknown, sql: string): StatementProblem {
  const { message, type = '' } = error as Error & { type?: string };
  // Only a name that stands in the statement, or that it lacks, is said again.
  const named =
    /(?:table expression identifier|identifier|table|function)(?: with name)? [`']?([\w.]{1,100})[`']?/i.exec(
      message,
    )?.[1];
  const isWritten = named !== undefined && (sql.includes(named) || /^(person_id|value)$/.test(named));
  const name = isWritten ? ` ${named}` : '';
  if (type === 'NOT_IMPLEMENTED' && /correlated/i.test(message)) return NO_CORRELATION;
  switch (type) {
    case 'SAMPLING_NOT_SUPPORTED':
      return NO_SAMPLE;
    case 'ILLEGAL_PREWHERE':
      return NO_PREWHERE;
    case 'UNKNOWN_IDENTIFIER':
      return { code: 'sql_unknown_column', en: `there is no column${name}`, zh: `没有列${name}` };
    case 'UNKNOWN_TABLE':
    case 'UNKNOWN_DATABASE':
      return {
        code: 'sql_unknown_table',
        en: `there is no table${name}; there are ${TABLES}`,
        zh: `没有表${name}；可读取 ${TABLES}`,
      };
    case 'UNKNOWN_FUNCTION':
      return { code: 'sql_unknown_function', en: `there is no function${name}`, zh: `没有函数${name}` };
    default:
      return {
        code: 'sql_unreadable',
        en: `the engine cannot read it (${type})`,
        zh: `数据库无法执行该语句（${type}）`,
      };
  }
}

/**
 * A setting of newer engines, by which a condition such as `IN (SELECT …)` would go to the shards of a cluster with its
 * question, and there ask all shards again.
 */
const PUSHED = 'allow_push_predicate_ast_for_distributed_subqueries';

/**
 * Checks SQL by the engine's own parse tree: one SELECT, of person_id and value, over the readable tables of
 * our database, without table functions (files, URLs, other servers) and what identifies people. Returns the statement to be run: the same
 * one over the tables as they are now.
 * @throws CodedError tag_sql_refused
 */
export async function checkTagSql(platform: Platform, model: Catalogue, written: string): Promise<string> {
  const refuse = (problem: StatementProblem): never => {
    throw new CodedError('tag_sql_refused', { details: { problems: [problem] } });
  };
  const sql = written.replace(/;\s*$/, '');
  if (sql.trim() === '') refuse(EMPTY);
  await readStatement(platform.clickhouse, sql).catch((error: unknown) => {
    if (!(error instanceof StatementRefusal)) throw error;
    refuse(error.problem);
  });
  const treeOf = async (statement: string): Promise<string[]> => {
    const rows = await platform.clickhouse.query<{ explain: string }>(
      `EXPLAIN QUERY TREE run_passes = 1 SELECT person_id, value FROM (${statement}\n)`,
      {},
      SANDBOX_SETTINGS,
    );
    return rows.map((row) => row.explain);
  };
  const tree = await treeOf(sql).catch((error: unknown) => {
    if (typeof (error as { type?: unknown }).type !== 'string') throw error;
    return refuse(problemOfEngine(error, sql));
  });
  const [own] = await platform.clickhouse.query<{ name: string; pushes: number }>(
    `SELECT currentDatabase() AS name, (SELECT count() FROM system.settings WHERE name = '${PUSHED}') AS pushes`,
  );
  const database = own?.name ?? '';
  const tables = new Set<string>();
  for (const line of tree) {
    const used = /\bfunction_name: ([^\s,]+)/.exec(line)?.[1];
    if (used !== undefined && isForbiddenFunction(used)) refuse(notAllowed(used, FUNCTION));
    if (/\bTABLE_FUNCTION\b/.test(line)) refuse(NO_TABLE_FUNCTION);
    const table = /\bTABLE id: \d+.*table_name: ([^\s,]+)/.exec(line)?.[1];
    if (table === undefined || table === ONE_ROW) continue;
    const [place, name = ''] = table.includes('.') ? table.split('.') : [database, table];
    // The rows of a CTE that names itself are a table without a database.
    if (!table.includes('.') && /\brecursive\b/i.test(sql)) refuse(notAllowed('WITH RECURSIVE'));
    const readable = READABLE.has(name) || READABLE_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (place !== database || !readable) refuse(tableNotReadable(table));
    if (/\bsample_size: /.test(line)) refuse(NO_SAMPLE);
    tables.add(name);
  }
  const personal = identifyingColumn(tree, model);
  if (personal !== undefined) refuse(identifies(personal));
  if (tree.some((line) => /^\s*PREWHERE\b/.test(line))) refuse(NO_PREWHERE);
  const plain = readAsPresent(sql, tables, database);
  const present = own?.pushes && plain !== sql ? `${plain} SETTINGS ${PUSHED} = 0` : plain;
  // Without the word FINAL the statement means the same, unless it was a name.
  await treeOf(present).catch((error: unknown) => {
    if (typeof (error as { type?: unknown }).type !== 'string') throw error;
    refuse(NO_FINAL_NAME);
  });
  return present;
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
export async function computeSqlTag(
  platform: Platform,
  model: Catalogue,
  row: TagRow,
  run: number,
): Promise<number> {
  const sql = await checkTagSql(platform, model, row.body ?? '');
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
  // Of several rows of one person the largest, so that a value does not change by itself; maps have no order.
  const chosen = row.value_type === 'map' ? `any(${typed})` : `max(${typed})`;
  try {
    // The read alone is sandboxed; writing its result is ours. Numbers that are nobody's get no value.
    await platform.clickhouse.command(
      `INSERT INTO tag_value (tag_id, person_id, texts, numbers, version)
       SELECT {tag:String}, person_id, ${held.texts}, ${held.numbers}, {version:UInt64}
       FROM (SELECT toUInt64(person_id) AS person_id, ${chosen} AS typed FROM (${sql}\n) GROUP BY person_id)
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
