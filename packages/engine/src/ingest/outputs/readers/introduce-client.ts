import type { Allowed } from '../../../platform/index.ts';

/**
 * What tools ask of a ClickHouse beside data: drivers on connecting (JDBC, clickhouse-connect), and then for lists of
 * databases, tables, columns and functions (DBeaver, Metabase, Superset).
 */

/**
 * What a reader may use that SQL of people may not elsewhere: functions that say which server this is and who asks,
 * constants as a table, and columns of the catalogue with their table in front. None reaches data.
 */
export const INTRODUCTIONS: Allowed = {
  functions: /^(version|timezone|serverTimezone|currentUser|user|current_user|currentDatabase|database)$/i,
  tableFunctions: /^values$/i,
  names: /^system\.(databases|tables|columns|settings|functions)\.\w+$/,
};

/** Settings that drivers look up. */
const SETTINGS = [
  'readonly',
  'max_execution_time',
  'max_result_rows',
  'max_query_size',
  'date_time_input_format',
  'date_time_output_format',
  'session_timezone',
  'cast_string_to_dynamic_use_inference',
  'input_format_binary_read_json_as_string',
  'output_format_binary_write_json_as_string',
  'http_headers_progress_interval_ms',
  'send_progress_in_http_headers',
  'wait_end_of_query',
  'compile_expressions',
];

/**
 * Tables of the server that tools look things up in, and the rows of each that a reader sees; ClickHouse itself puts the
 * condition on every part of every statement. Absent: all rows, which describe the product and not this server.
 */
export function catalogueOf(database: string): Readonly<Record<string, string | undefined>> {
  return {
    'system.databases': `name = '${database}'`,
    'system.tables': `database = '${database}'`,
    'system.columns': `database = '${database}'`,
    'system.settings': `name in (${SETTINGS.map((name) => `'${name}'`).join(', ')})`,
    // Functions written in SQL are the bank's own.
    'system.functions': "origin = 'System'",
    'system.table_functions': undefined,
    'system.data_type_families': undefined,
    'system.formats': undefined,
    'system.keywords': undefined,
    'system.time_zones': undefined,
    'system.one': undefined,
  };
}

/** A statement as it is run, or nothing to run: the door keeps no session that a SET could hold in. */
export type Introduced = { readonly sql: string } | 'nothing';

const COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const NAME = '(`[^`\\\\]+`|"[^"\\\\]+"|\\w+)';
const PATTERN = "'([^'\\\\]*)'";
const ONE_SETTING = /[\w.]+\s*=\s*(?:'[^'\\]*'|-?[\d.]+|true|false)/i.source;

/** Each form and what it is a short word for: of what its names and patterns caught, and the reader's database. */
type Found = readonly (string | undefined)[];
const FORMS: readonly (readonly [RegExp, (found: Found, database: string) => Introduced | undefined])[] = [
  [new RegExp(`^SET\\s+${ONE_SETTING}(?:\\s*,\\s*${ONE_SETTING})*$`, 'i'), () => 'nothing'],
  [
    new RegExp(`^USE\\s+(?:DATABASE\\s+)?${NAME}$`, 'i'),
    ([name], database) => (isOwn(name, database) ? 'nothing' : undefined),
  ],
  [/^SHOW\s+(?:DATABASES|SCHEMAS)$/i, () => ({ sql: 'SELECT name FROM system.databases ORDER BY name' })],
  [
    new RegExp(`^SHOW\\s+TABLES(?:\\s+(?:FROM|IN)\\s+${NAME})?(?:\\s+I?LIKE\\s+${PATTERN})?$`, 'i'),
    ([name, pattern], database) =>
      name === undefined || isOwn(name, database)
        ? {
            sql: `SELECT name FROM system.tables${pattern === undefined ? '' : ` WHERE name ILIKE '${pattern}'`} ORDER BY name`,
          }
        : undefined,
  ],
  [
    new RegExp(`^(?:DESCRIBE|DESC)\\s+(?:TABLE\\s+)?(?:${NAME}\\s*\\.\\s*)?${NAME}$`, 'i'),
    ([first, second], database) => {
      if (!isOwn(first, database)) return undefined;
      const columns =
        "name, type, '' AS default_type, '' AS default_expression, comment, '' AS codec_expression, '' AS ttl_expression";
      return {
        sql: `SELECT ${columns} FROM system.columns WHERE table = ${quoted(second!)} ORDER BY position`,
      };
    },
  ],
  [
    new RegExp(`^EXISTS\\s+(?:(?:TABLE|VIEW)\\s+)?(?:${NAME}\\s*\\.\\s*)?${NAME}$`, 'i'),
    ([first, second], database) => {
      const named = isOwn(first, database) ? `name = ${quoted(second!)}` : '0';
      return { sql: `SELECT toUInt8(count() > 0) AS result FROM system.tables WHERE ${named}` };
    },
  ],
];

/** A word of a tool as the SELECT it stands for; everything else as it is. */
export function introduce(sql: string, database: string): Introduced {
  const word = sql.replace(COMMENTS, '').trim();
  for (const [form, meaning] of FORMS) {
    const match = form.exec(word);
    const meant = match && meaning(match.slice(1).map(bare), database);
    if (meant) return meant;
  }
  return { sql };
}

/** The database of a client that names none is the reader's. */
export const isOwn = (name: string | undefined, database: string): boolean =>
  name === undefined || name === '' || name === 'default' || name === database;

/** A name without its quotes. */
const bare = (name: string | undefined): string | undefined => name?.replace(/^([`"])(.*)\1$/, '$2');

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
