import { quotable, refuseUnquotable, textOf, type Connector, type Source } from './connector.ts';

/** MySQL and MariaDB. */
export const mysqlConnector: Connector = {
  kind: 'mysql',
  title: { zh: 'MySQL / MariaDB', en: 'MySQL / MariaDB' },
  fields: [
    { name: 'host', title: { zh: '主机', en: 'Host' }, type: 'text', required: true },
    { name: 'port', title: { zh: '端口', en: 'Port' }, type: 'number', required: false, standard: 3306 },
    { name: 'database', title: { zh: '数据库', en: 'Database' }, type: 'text', required: true },
    { name: 'user', title: { zh: '用户名', en: 'User' }, type: 'text', required: true },
    { name: 'password', title: { zh: '密码', en: 'Password' }, type: 'secret', required: false },
  ],
  target: ['host', 'port', 'database', 'user'],
  givesTexts: true,
  endpoint: (settings) => ({ host: textOf(settings, 'host'), port: Number(settings['port']) }),
  async tables(source, limit) {
    return source.query(
      `SELECT '' AS schema, TABLE_NAME AS table, if(TABLE_TYPE LIKE '%VIEW%', 'view', 'table') AS kind
       FROM mysql({address:String}, 'information_schema', 'TABLES', {user:String}, {password:String})
       WHERE TABLE_SCHEMA = {database:String} ORDER BY table LIMIT {limit:UInt32}`,
      { ...login(source), limit },
    );
  },
  async columns(source, { table }) {
    refuseUnquotable([table]);
    const [described, written] = await Promise.all([
      source.query<{ name: string; type: string }>(
        `DESCRIBE TABLE mysql({address:String}, {database:String}, {table:String}, {user:String}, {password:String})
         SETTINGS mysql_datatypes_support_level = 'decimal,datetime64,date2Date32'`,
        { ...login(source), table },
      ),
      source.query<{ name: string; type: string }>(
        `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type
         FROM mysql({address:String}, 'information_schema', 'COLUMNS', {user:String}, {password:String})
         WHERE TABLE_SCHEMA = {database:String} AND TABLE_NAME = {table:String}`,
        { ...login(source), table },
      ),
    ]);
    const typeOf = new Map(written.map((column) => [column.name, column.type]));
    return quotable(described).map(({ name, type }) => {
      const sourceType = typeOf.get(name);
      return sourceType === undefined
        ? { name, type }
        : { name, type: signedAs(sourceType, type), sourceType };
    });
  },
  engine: (source, { table }) => ({
    sql: 'MySQL({address:String}, {database:String}, {table:String}, {user:String}, {password:String})',
    values: { ...login(source), table },
  }),
};

/** ClickHouse takes `int unsigned zerofill` for signed, and 4,000,000,000 for a negative number. */
function signedAs(sourceType: string, type: string): string {
  return / unsigned /i.test(`${sourceType} `) ? type.replace(/\bInt(?=8|16|32|64)/, 'UInt') : type;
}

const login = (source: Source): Record<string, unknown> => ({
  address: source.address,
  database: textOf(source.settings, 'database'),
  user: textOf(source.settings, 'user'),
  password: source.secret('password'),
});
