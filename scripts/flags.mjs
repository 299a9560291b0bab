// Flags of the commands and the environment variables behind them. Plain JavaScript without
// dependencies, because `npm start -- --help` must answer before anything is installed.

export const FLAGS = [
  {
    flag: '--port',
    variable: 'WUTONG_PORT',
    value: 'NUMBER',
    en: 'port of the console and the API (default 7500)',
    zh: '控制台与接口端口',
  },
  {
    flag: '--host',
    variable: 'WUTONG_HOST',
    value: 'ADDRESS',
    en: 'address to listen on (default 127.0.0.1: this machine only)',
    zh: '监听地址，默认仅本机',
  },
  {
    flag: '--data',
    variable: 'WUTONG_DATA',
    value: 'FOLDER',
    en: 'data folder (default .wutong in the clone)',
    zh: '数据目录',
  },
  {
    flag: '--people',
    variable: 'WUTONG_DEMO_PEOPLE',
    value: 'NUMBER',
    en: 'people of the demo bank (default 20000)',
    zh: '示范银行客户数',
  },
  { flag: '--no-demo', variable: 'WUTONG_NO_DEMO', en: 'an empty installation', zh: '空安装，不建示范银行' },
  {
    flag: '--once',
    variable: 'WUTONG_ONCE',
    en: 'run the demo loop to its end, print the summary, stop; exit 0 only if the books balance',
    zh: '跑完示范闭环即退出',
  },
  {
    flag: '--json',
    variable: 'WUTONG_JSON',
    en: 'the summary as one JSON object on stdout, nothing else there',
    zh: '标准输出只有一个 JSON 汇总',
  },
];

export const VARIABLES = [
  {
    variable: 'DATABASE_URL',
    en: 'a PostgreSQL (15 or newer) of your own, e.g. postgres://user:password@host/wutong',
    zh: '自有 PostgreSQL',
  },
  {
    variable: 'CLICKHOUSE_URL',
    en: 'a ClickHouse (25 or newer) of your own, e.g. http://user:password@host:8123/wutong',
    zh: '自有 ClickHouse',
  },
  {
    variable: 'CLICKHOUSE_CLUSTER',
    en: 'name of a ClickHouse cluster to shard over; CLICKHOUSE_URL then has the URLs of all nodes, with commas',
    zh: 'ClickHouse 集群名；此时 CLICKHOUSE_URL 为各节点地址，以逗号分隔',
  },
  {
    variable: 'WUTONG_WAREHOUSE_FOLDER',
    en: 'folder whose Parquet, CSV and Iceberg files may be read in place (default: warehouse in the data folder)',
    zh: '可就地读取的文件目录',
  },
  {
    variable: 'WUTONG_OUTPUT_DIRECTORY',
    en: 'folder into which outputs write files (default: outputs in the data folder)',
    zh: '数据输出文件目录',
  },
  { variable: 'WUTONG_ADMIN_TOKEN', en: 'an API token of the administrator', zh: '管理员接口令牌' },
  {
    variable: 'WUTONG_ADMIN_PASSWORD',
    en: 'password of the console user admin (default: made once, kept in the data folder)',
    zh: '控制台 admin 密码',
  },
  {
    variable: 'WUTONG_MASTER_KEY',
    en: '64 hex digits from which encryption keys are derived (default: made once, kept in the data folder)',
    zh: '主密钥',
  },
  {
    variable: 'WUTONG_PUBLIC_URL',
    en: 'address under which customers reach the links in messages',
    zh: '消息短链接的对外地址',
  },
  { variable: 'WUTONG_TIME_ZONE', en: 'IANA time zone of the bank (default Asia/Shanghai)', zh: '银行时区' },
  { variable: 'WUTONG_BANK_NAME', en: 'name of the bank', zh: '银行名称' },
  {
    variable: 'WUTONG_ROLES',
    en: 'what this process does: api, worker or both (default api,worker)',
    zh: '进程角色',
  },
  {
    variable: 'WUTONG_LOG',
    en: 'log level: debug, info, warn, error, silent (default warn)',
    zh: '日志级别',
  },
  {
    variable: 'WUTONG_DEMO_SECONDS',
    en: 'real seconds in which the eight days of the demo pass (default 100)',
    zh: '演示八天所用的真实秒数',
  },
  {
    variable: 'WUTONG_DEMO_CLOCK_START',
    en: 'start of a demo clock, epoch milliseconds (set by npm start)',
    zh: '演示时钟起点',
  },
];

/**
 * Reads flags (`--port 80`, `--port=80`, `--once`) into the variables they stand for.
 * Returns { environment, help, problem }; a flag wins over a variable that is set.
 */
export function readFlags(words) {
  const environment = {};
  for (let index = 0; index < words.length; index++) {
    const [name, attached] = words[index].split(/=(.*)/s);
    if (name === '--help' || name === '-h') return { environment, help: true };
    const known = FLAGS.find((each) => each.flag === name);
    if (!known) return { environment, problem: `unknown flag ${name}; see npm start -- --help` };
    if (!known.value) {
      if (attached !== undefined) return { environment, problem: `${name} takes no value` };
      environment[known.variable] = '1';
      continue;
    }
    const value = attached ?? words[++index];
    if (value === undefined || value === '')
      return { environment, problem: `${name} wants a ${known.value}` };
    environment[known.variable] = value;
  }
  return { environment };
}

/** Text of `--help`. */
export function helpText() {
  const row = (left, each) => `  ${left.padEnd(26)} ${each.en}\n  ${''.padEnd(26)} ${each.zh}`;
  return [
    'Wutong 梧桐: customer marketing for banks, in one loop',
    '',
    'npm start -- [flags]',
    ...FLAGS.map((each) =>
      row(`${each.flag}${each.value ? ` ${each.value}` : ''}`, {
        ...each,
        zh: `${each.zh} (${each.variable})`,
      }),
    ),
    '',
    'Environment only:',
    ...VARIABLES.map((each) => row(each.variable, each)),
    '',
    'Commands: npm run wutong -- help',
  ].join('\n');
}
