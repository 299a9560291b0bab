import type { ClickHouse } from './clickhouse.ts';

/** A SELECT that a person wrote, as far as its syntax tells. */
export interface ReadStatement {
  /** Names after FROM and JOIN as written: tables, and names that a WITH of the statement defines. */
  readonly tables: readonly string[];
}

/** What is wrong with a statement, in both languages; holds no values of tables. */
export interface StatementProblem {
  readonly code: string;
  readonly en: string;
  readonly zh: string;
}

/** Why a statement is not run. */
export class StatementRefusal extends Error {
  constructor(
    readonly kind: 'syntax' | 'forbidden',
    readonly problem: StatementProblem,
  ) {
    super(problem.en);
    this.name = 'StatementRefusal';
  }

  get reason(): string {
    return this.problem.en;
  }
}

/** The problem that a part of SQL (a clause, a function, a table) may not be used. */
export function notAllowed(
  what: string,
  part: { en: string; zh: string } = { en: '', zh: '' },
): StatementProblem {
  return {
    code: 'sql_not_allowed',
    en: `${part.en === '' ? '' : `the ${part.en} `}${what} is not allowed`,
    zh: `不允许使用${part.zh} ${what}`,
  };
}

/** The problem that a table is none of those that may be read. */
export const tableNotReadable = (table: string): StatementProblem => ({
  code: 'sql_table_not_readable',
  en: `the table ${table} may not be read`,
  zh: `不能读取表 ${table}`,
});

export const FUNCTION = { en: 'function', zh: '函数' };
const TABLE_FUNCTION = { en: 'table function', zh: '表函数' };
const NOT_A_SELECT: StatementProblem = {
  code: 'sql_no_select',
  en: 'only a SELECT over tables is allowed',
  zh: '只允许对表的 SELECT 查询',
};
const syntaxProblem = (en: string, zh: string): StatementProblem => ({ code: 'sql_syntax', en, zh });

/**
 * Functions that reach beyond the rows of a query: files (`file` reads any path), dictionaries, join tables,
 * models, the server's settings and names, time to waste.
 */
const FORBIDDEN_FUNCTIONS =
  /^(file|dict\w*|joinGet\w*|catboostEvaluate|executable|getSetting\w*|getServer\w*|getMacro|getOSKernelVersion|hostName|fqdn|tcpPort|version|buildId|serverUUID|currentUser|user|current_user|currentDatabase|currentProfiles|currentRoles|enabledRoles|defaultRoles|initialQueryID|queryID|filesystem\w*|sleep\w*|throwIf|addressToLine\w*|addressToSymbol|demangle|showCertificate|getClientHTTPHeader|ai\w*|naiveBayesClassifier|revision|displayName|connectionId|zookeeperSessionUptime|tid|logTrace|evalMLMethod|hasColumnInTable|partitionId|getTypeSerializationStreams|transactionID|merge[tT]ree\w*)$/i;

/** Whether SQL of people may not call a function. */
export const isForbiddenFunction = (name: string): boolean => FORBIDDEN_FUNCTIONS.test(name);

/** What some may use that SQL of people may not elsewhere. */
export interface Allowed {
  readonly functions?: RegExp;
  readonly tableFunctions?: RegExp;
  /** Names of columns, with the table in front. */
  readonly names?: RegExp;
}

/** Such a function works without brackets too, as an argument: `arrayMap(file, ['/etc/passwd'])`. */
const FORBIDDEN_NAMES =
  /^(file|dict\w+|joinGet\w*|catboostEvaluate|executable|getSetting\w*|getServer\w*|getMacro|sleep\w*|(system|information_schema)\..*)$/i;

/** Nodes of the engine's syntax tree that a SELECT over tables is made of. What is not here is refused. */
const NODES = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'Subquery',
  'WithElement',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'SampleRatio',
  'Function',
  'Identifier',
  'Literal',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsListMatcher',
  'ColumnsRegexpMatcher',
  'QualifiedColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'OrderByElement',
  'InterpolateElement',
  'WindowDefinition',
  'WindowListElement',
]);

const REFUSED_NODES: Readonly<Record<string, StatementProblem>> = {
  Set: notAllowed('SETTINGS'),
  ColumnsApplyTransformer: notAllowed('APPLY'),
};

/**
 * Reads a statement by the engine's own parser, which computes nothing: one SELECT, without table functions (files,
 * URLs, other servers), without functions that reach beyond its rows, without settings, formats and files of output.
 * `values` are what the caller binds in it; the writer can bind none. `allowed`: what is no matter here all the same. Which of the tables may be read is for the caller to judge, and for the rights of the user who runs it.
 * @throws StatementRefusal
 */
export async function readStatement(
  clickhouse: Pick<ClickHouse, 'client'>,
  sql: string,
  values: Readonly<Record<string, unknown>> = {},
  allowed: Allowed = {},
): Promise<ReadStatement> {
  if (sql.includes('\u0000'))
    throw new StatementRefusal('syntax', syntaxProblem('the text has a NUL character', '文本中有 NUL 字符'));
  // On its own first, for positions that the writer knows; then in brackets, where only a SELECT can stand.
  await explain(clickhouse, sql, values);
  const lines = await explain(clickhouse, `SELECT * FROM (${sql}\n)`, values).catch((error: unknown) => {
    // Positions in it are not those of the writer.
    throw error instanceof StatementRefusal ? new StatementRefusal(error.kind, NOT_A_SELECT) : error;
  });
  return checkTree(lines, allowed);
}

async function explain(
  clickhouse: Pick<ClickHouse, 'client'>,
  sql: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  try {
    // Without a FORMAT of ours, which would become part of the statement that is explained.
    const answer = await clickhouse.client.exec({ query: `EXPLAIN AST ${sql}`, query_params: { ...values } });
    let lines = '';
    for await (const piece of answer.stream.setEncoding('utf8')) lines += String(piece);
    return lines.split('\n').filter((line) => line !== '');
  } catch (error) {
    const { message, type } = error as Error & { type?: string };
    if (type === 'UNKNOWN_QUERY_PARAMETER')
      throw new StatementRefusal('syntax', syntaxProblem('parameters are not allowed', '不允许使用参数'));
    if (/^(SETTING_CONSTRAINT_VIOLATION|UNKNOWN_SETTING|READONLY)$/.test(type ?? ''))
      throw new StatementRefusal('forbidden', notAllowed('SETTINGS'));
    if (type?.startsWith('TOO_DEEP_') || message.includes('Maximum parse depth'))
      throw new StatementRefusal(
        'syntax',
        syntaxProblem('the statement is nested too deeply', '语句嵌套过深'),
      );
    if (type !== 'SYNTAX_ERROR' && !/Syntax error/.test(message)) throw error;
    // What follows the position repeats the text and may hold values that it names.
    const position = /failed at position (\d+)/.exec(message)?.[1];
    const before = 'EXPLAIN AST '.length;
    const at = position === undefined ? undefined : Math.max(1, Number(position) - before);
    const problem = syntaxProblem(
      at === undefined ? 'syntax error' : `syntax error at character ${at}`,
      at === undefined ? '语法错误' : `第 ${at} 个字符处语法错误`,
    );
    throw new StatementRefusal('syntax', problem);
  }
}

function checkTree(lines: readonly string[], allowed: Allowed): ReadStatement {
  const tables = new Set<string>();
  const forbid = (problem: StatementProblem): never => {
    throw new StatementRefusal('forbidden', problem);
  };
  const parents: string[] = [];
  for (const line of lines) {
    const match = /^( *)(\S+)(?: (.*?))?(?: \(alias .*\))?(?: \(children \d+\))?$/.exec(line);
    const [depth, node = '', name = ''] = match ? [match[1]!.length, match[2], match[3]] : [0, '', ''];
    if (!NODES.has(node)) forbid(REFUSED_NODES[node] ?? NOT_A_SELECT);
    parents[depth] = node;
    if (node === 'Function') {
      const isTable = parents[depth - 1] === 'TableExpression';
      if (isTable && !allowed.tableFunctions?.test(name)) forbid(notAllowed(name, TABLE_FUNCTION));
      if (FORBIDDEN_FUNCTIONS.test(name) && !allowed.functions?.test(name))
        forbid(notAllowed(name, FUNCTION));
    }
    if (node === 'Identifier' && FORBIDDEN_NAMES.test(name) && !allowed.names?.test(name))
      forbid(notAllowed(name, { en: 'name', zh: '名称' }));
    if (node === 'TableIdentifier') tables.add(name);
  }
  return { tables: [...tables] };
}
