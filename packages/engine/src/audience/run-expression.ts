import { formatCondition } from '@wutong/contract';
import { presentPerson } from '../identity/index.ts';
import { CodedError, type ClickHouse, type Platform } from '../platform/index.ts';
import { shareStatement, type SharedStatement } from './compile/compile.ts';
import type { PeopleFilter } from './compile/people-filter.ts';
import type { Parameters } from './compile/parameters.ts';
import type { CountedExpression } from './front-door.ts';
import type { PreparedExpression } from './prepare-expression.ts';

/** Settings of a query somebody waits for: bounded time and memory, spilling rather than failing. */
export const INTERACTIVE_SETTINGS = {
  max_execution_time: 60,
  max_bytes_before_external_group_by: '1000000000',
  max_bytes_before_external_sort: '1000000000',
  join_use_nulls: 0,
  // Columns that only a condition names are read first, and the rest for the rows that pass.
  optimize_move_to_prewhere: 1,
} as const;

/** Opens a statement over a query's population at an instant. */
export function openStatement(
  prepared: PreparedExpression,
  now: number,
  options: { people?: (parameters: Parameters) => PeopleFilter; prefix?: string } = {},
): SharedStatement {
  const subject =
    prepared.query.kind === 'population' ? prepared.query.subject : ({ kind: 'person' } as const);
  return shareStatement(subject, { presentPerson, now, ...options });
}

/** Counts the population, those who fit, and those for whom a compared attribute is missing. */
export async function countPeople(
  platform: Platform,
  prepared: PreparedExpression,
  now: number,
  breakdown: boolean,
): Promise<CountedExpression> {
  const startedAt = performance.now();
  const statement = openStatement(prepared, now);
  const condition = statement.condition(prepared.query);
  const missing = prepared.comparedFields.map((field) => {
    const value = statement.value(field);
    return `isNull(${value})`;
  });
  const parts = breakdown ? partsOf(prepared, statement) : [];
  const columns = [
    'count() AS total',
    `countIf(${condition}) AS matching`,
    `${missing.length === 0 ? '0' : `countIf(${missing.join(' OR ')})`} AS without_value`,
    ...parts.flatMap((part, index) => [
      `countIf(${part.own}) AS own${index}`,
      `countIf(${part.others} AND NOT (${part.own})) AS removed${index}`,
    ]),
  ];
  const rows = await run<Record<string, number>>(
    platform.clickhouse,
    `SELECT ${columns.join(', ')} FROM (${statement.rows()})`,
    statement.parameters.values,
  );
  const row = rows[0] ?? {};
  const conditions = parts.map((part, index) => ({
    text: part.text,
    count: row[`own${index}`] ?? 0,
    removes: row[`removed${index}`] ?? 0,
  }));
  return {
    count: row['matching'] ?? 0,
    total: row['total'] ?? 0,
    withoutValue: row['without_value'] ?? 0,
    tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    ...(breakdown ? { conditions } : {}),
  };
}

/** Each top-level condition by itself, and all the others together. */
function partsOf(
  prepared: PreparedExpression,
  statement: SharedStatement,
): { text: string; own: string; others: string }[] {
  const { query, document } = prepared;
  if (query.kind !== 'population' || document.kind !== 'population' || !document.where) return [];
  const items = query.where.kind === 'and' ? query.where.items : [query.where];
  const nodes = document.where.kind === 'and' ? document.where.items : [document.where];
  if (items.length !== nodes.length) return [];
  const own = items.map((where) => statement.condition({ ...query, where }));
  return nodes.map((node, index) => ({
    text: formatCondition(node),
    own: own[index]!,
    others: own.filter((_, other) => other !== index).join(' AND ') || '1',
  }));
}

/** Keys of the rows that fit, ascending, from `after` (excluded). */
export async function listKeys(
  platform: Platform,
  prepared: PreparedExpression,
  now: number,
  page: { after: number | string | undefined; limit: number },
): Promise<(number | string)[]> {
  const statement = openStatement(prepared, now);
  const condition = statement.condition(prepared.query);
  const type = statement.frame.subject.kind === 'person' ? 'UInt64' : 'String';
  const after =
    page.after === undefined ? '' : ` AND frame_key > ${statement.parameters.bind(type, page.after)}`;
  const limit = statement.parameters.bind('UInt64', page.limit);
  const rows = await run<{ frame_key: number | string }>(
    platform.clickhouse,
    `SELECT frame_key FROM (${statement.rows()}) WHERE ${condition}${after} ORDER BY frame_key LIMIT ${limit}`,
    statement.parameters.values,
  );
  return rows.map((row) => row.frame_key);
}

/** Restricts a statement to given people: their rows at arrival, and rows of keys that moved to them. */
export function onlyPeople(personIds: readonly number[]): (parameters: Parameters) => PeopleFilter {
  return (parameters) => {
    const ids = parameters.bind('Array(UInt64)', [...personIds]);
    return {
      present: (person) => `${person} IN ${ids}`,
      arrived: (person, key) =>
        `(${person} IN ${ids} OR ${key} IN (SELECT key_number FROM identity_override FINAL WHERE person_id IN ${ids}))`,
    };
  };
}

/** Runs a query; the engine's own refusals become coded ones. */
export async function run<Row>(
  clickhouse: ClickHouse,
  sql: string,
  parameters: Record<string, unknown>,
  settings: Record<string, string | number> = INTERACTIVE_SETTINGS,
): Promise<Row[]> {
  try {
    return await clickhouse.query<Row>(sql, parameters, settings);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Time, memory and pattern limits of the engine as errors of ours; anything else as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const type = (error as { type?: string }).type ?? '';
  if (type === 'TIMEOUT_EXCEEDED' || /TIMEOUT_EXCEEDED/.test(error.message)) {
    return new CodedError('eql_too_slow', { cause: error });
  }
  if (/MEMORY_LIMIT_EXCEEDED|TOO_MANY_ROWS/.test(type)) {
    return new CodedError('eql_too_expensive', { cause: error, details: { reason: type } });
  }
  if (type === 'CANNOT_COMPILE_REGEXP') {
    const problem = {
      code: 'bad_pattern',
      en: 'The pattern is not a regular expression.',
      zh: '正则表达式语法不正确。',
    };
    return new CodedError('eql_invalid', { cause: error, details: { problems: [problem] } });
  }
  return error;
}
