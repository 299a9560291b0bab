import { textOf, type Connector, type Source } from './connector.ts';

/** Another ClickHouse, over its native protocol. */
export const clickhouseConnector: Connector = {
  kind: 'clickhouse',
  title: { zh: 'ClickHouse', en: 'ClickHouse' },
  fields: [
    { name: 'host', title: { zh: '主机', en: 'Host' }, type: 'text', required: true },
    {
      name: 'port',
      title: { zh: '端口（原生协议）', en: 'Port (native protocol)' },
      type: 'number',
      required: false,
      standard: 9000,
    },
    {
      name: 'secure',
      title: { zh: '使用 TLS', en: 'Use TLS' },
      type: 'boolean',
      required: false,
      standard: false,
    },
    { name: 'database', title: { zh: '数据库', en: 'Database' }, type: 'text', required: true },
    { name: 'user', title: { zh: '用户名', en: 'User' }, type: 'text', required: true },
    { name: 'password', title: { zh: '密码', en: 'Password' }, type: 'secret', required: false },
  ],
  target: ['host', 'port', 'database', 'user', 'secure'],
  endpoint: (settings) => ({ host: textOf(settings, 'host'), port: Number(settings['port']) }),
  async tables(source, limit) {
    return source.query(
      `SELECT '' AS schema, name AS table, if(engine LIKE '%View', 'view', 'table') AS kind
       FROM ${remote(source)}({address:String}, 'system', 'tables', {user:String}, {password:String})
       WHERE database = {database:String} AND NOT is_temporary ORDER BY name LIMIT {limit:UInt32}`,
      { ...login(source), limit },
    );
  },
  async columns(source, { table }) {
    const columns = await source.query<{ name: string; type: string }>(
      `DESCRIBE TABLE ${remote(source)}({address:String}, {database:String}, {table:String}, {user:String}, {password:String})`,
      { ...login(source), table },
    );
    return columns.map(({ name, type }) => ({ name, type }));
  },
  engine: (source, { table }) => ({
    sql: `${source.settings['secure'] === true ? 'RemoteSecure' : 'Remote'}({address:String}, {database:String}, {table:String}, {user:String}, {password:String})`,
    values: { ...login(source), table },
  }),
};

const remote = (source: Source): string => (source.settings['secure'] === true ? 'remoteSecure' : 'remote');

const login = (source: Source): Record<string, unknown> => ({
  address: source.address,
  database: textOf(source.settings, 'database'),
  user: textOf(source.settings, 'user'),
  password: source.secret('password'),
});
