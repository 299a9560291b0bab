import type { ClickHouse } from './clickhouse.ts';

/** A SELECT that a person wrote, as far as its syntax tells. */
export interface ReadStatement {
  /** Names after FROM and JOIN as written: tables, and names that a WITH of the statement defines. */
  readonly tables: readonly string[];
}

/** Why a statement is not run; `reason` says it in English and holds no values of tables. */
export class StatementRefusal extends Error {
  constructor(
    readonly kind: 'syntax' | 'forbidden',
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'StatementRefusal';
  }
}

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

const REFUSED_NODES: Readonly<Record<string, string>> = {
  Set: 'SETTINGS is not allowed',
  ColumnsApplyTransformer: 'APPLY is not allowed',
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
  if (sql.includes('\u0000')) throw new StatementRefusal('syntax', 'the text has a NUL character');
  // On its own first, for positions that the writer knows; then in brackets, where only a SELECT can stand.
  await explain(clickhouse, sql, values);
  return checkTree(await explain(clickhouse, `SELECT * FROM (${sql}\n)`, values), allowed);
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
      throw new StatementRefusal('syntax', 'parameters are not allowed');
    if (/^(SETTING_CONSTRAINT_VIOLATION|UNKNOWN_SETTING|READONLY)$/.test(type ?? ''))
      throw new StatementRefusal('forbidden', 'SETTINGS is not allowed');
    if (type?.startsWith('TOO_DEEP_') || message.includes('Maximum parse depth'))
      throw new StatementRefusal('syntax', 'the statement is nested too deeply');
    if (type !== 'SYNTAX_ERROR' && !/Syntax error/.test(message)) throw error;
    // What follows the position repeats the text and may hold values that it names.
    const position = /failed at position (\d+)/.exec(message)?.[1];
    const before = 'EXPLAIN AST '.length;
    const where = position === undefined ? '' : ` at character ${Math.max(1, Number(position) - before)}`;
    const reason = `syntax error${where}`;
    throw new StatementRefusal('syntax', reason);
  }
}

function checkTree(lines: readonly string[], allowed: Allowed): ReadStatement {
  const tables = new Set<string>();
  const forbid = (reason: string): never => {
    throw new StatementRefusal('forbidden', reason);
  };
  const parents: string[] = [];
  for (const line of lines) {
    const match = /^( *)(\S+)(?: (.*?))?(?: \(alias .*\))?(?: \(children \d+\))?$/.exec(line);
    const [depth, node = '', name = ''] = match ? [match[1]!.length, match[2], match[3]] : [0, '', ''];
    if (!NODES.has(node)) forbid(REFUSED_NODES[node] ?? 'only a SELECT over tables is allowed');
    parents[depth] = node;
    if (node === 'Function') {
      const isTable = parents[depth - 1] === 'TableExpression';
      if (isTable && !allowed.tableFunctions?.test(name)) forbid(`the table function ${name} is not allowed`);
      if (FORBIDDEN_FUNCTIONS.test(name) && !allowed.functions?.test(name))
        forbid(`the function ${name} is not allowed`);
    }
    if (node === 'Identifier' && FORBIDDEN_NAMES.test(name) && !allowed.names?.test(name))
      forbid(`the name ${name} is not allowed here`);
    if (node === 'TableIdentifier') tables.add(name);
  }
  return { tables: [...tables] };
}
