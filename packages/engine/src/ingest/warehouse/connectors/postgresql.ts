import { quoteStandardText, quoteText } from '../quote-sql.ts';
import { quotable, refuseUnquotable, textOf, type Connector, type Source } from './connector.ts';

interface Column {
  name: string;
  type: string;
  /** As declared; PostgreSQL does not hold values to it. */
  dimensions: number;
}

/** PostgreSQL and what speaks its protocol. Reads by COPY in a read-only transaction, so memory stays flat. */
export const postgresqlConnector: Connector = {
  kind: 'postgresql',
  title: { zh: 'PostgreSQL', en: 'PostgreSQL' },
  fields: [
    { name: 'host', title: { zh: '主机', en: 'Host' }, type: 'text', required: true },
    { name: 'port', title: { zh: '端口', en: 'Port' }, type: 'number', required: false, standard: 5432 },
    { name: 'database', title: { zh: '数据库', en: 'Database' }, type: 'text', required: true },
    { name: 'user', title: { zh: '用户名', en: 'User' }, type: 'text', required: true },
    { name: 'password', title: { zh: '密码', en: 'Password' }, type: 'secret', required: false },
  ],
  target: ['host', 'port', 'database', 'user'],
  givesTexts: true,
  endpoint: (settings) => ({ host: textOf(settings, 'host'), port: Number(settings['port']) }),
  async tables(source, limit) {
    return ask<{ schema: string; table: string; kind: 'table' | 'view' }>(
      source,
      `select n.nspname::text as schema, c.relname::text as table,
         case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
         and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
       order by 1, 2 limit ${limit}`,
    );
  },
  async columns(source, { schema, table }) {
    refuseUnquotable([schema, table]);
    const columns = await ask<Column>(
      source,
      `select a.attname::text as name, format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid),
           case when t.typbasetype = 0 then a.atttypmod else t.typtypmod end) as type, a.attndims as dimensions
       from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
         join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${quoteStandardText(schema || 'public')} and c.relname = ${quoteStandardText(table)}
         and a.attnum > 0 and not a.attisdropped and has_column_privilege(c.oid, a.attnum, 'SELECT')
       order by a.attnum`,
    );
    return quotable(columns).map(({ name, type, dimensions }) => ({
      name,
      type: typeOf(type, dimensions),
      sourceType: type,
    }));
  },
  engine: (source, { schema, table }) => ({
    sql: `PostgreSQL({address:String}, {database:String}, {table:String}, {user:String}, {password:String}, {schema:String})`,
    values: { ...login(source), table, schema: schema || 'public' },
  }),
};

const login = (source: Source): Record<string, unknown> => ({
  address: source.address,
  database: textOf(source.settings, 'database'),
  user: textOf(source.settings, 'user'),
  password: source.secret('password'),
});

/** Asks the source's own catalogue: the statement is ours, its names are quoted as texts. */
function ask<Row>(source: Source, statement: string): Promise<Row[]> {
  return source.query<Row>(
    `SELECT * FROM postgresql({address:String}, {database:String}, query(${quoteText(statement)}), {user:String}, {password:String})`,
    login(source),
  );
}

const TYPES: Readonly<Record<string, string>> = {
  smallint: 'Int16',
  integer: 'Int32',
  bigint: 'Int64',
  real: 'Float32',
  'double precision': 'Float64',
  boolean: 'Bool',
  date: 'Date32',
  uuid: 'UUID',
};

/**
 * Types without their like are texts as PostgreSQL writes them; so is `numeric` without a precision, which may hold
 * more digits than any type of ClickHouse. Only `timestamptz` carries a zone, which makes it an instant.
 */
function typeOf(type: string, dimensions: number): string {
  const element = /^(.*)\[\]$/.exec(type)?.[1];
  if (element !== undefined) return dimensions === 1 ? `Array(${typeOf(element, 0)})` : 'Nullable(String)';
  const decimal = /^numeric\((\d+),(-?\d+)\)$/.exec(type);
  if (decimal) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return precision <= 76 && scale >= 0 && scale <= precision
      ? `Nullable(Decimal(${precision}, ${scale}))`
      : 'Nullable(String)';
  }
  const time = /^timestamp(?:\((\d)\))? (with|without) time zone$/.exec(type);
  if (time) return `Nullable(DateTime64(${time[1] ?? 6}${time[2] === 'with' ? ", 'UTC'" : ''}))`;
  return `Nullable(${TYPES[type] ?? 'String'})`;
}
