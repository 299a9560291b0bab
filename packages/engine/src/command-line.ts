/**
 * The `wutong` command: work on an installation from a terminal. When the server runs on the same data
 * folder its engines are used; otherwise they are started for the length of the command.
 */
import { parseArgs } from 'node:util';
import { errorDefinitions } from '@wutong/contract';
import { dirname, resolve } from 'node:path';
import { ConfigError, readConfig } from './config.ts';
import { linkFiles } from './identity/index.ts';
import { CodedError, EngineError, NewerSchemaError } from './platform/index.ts';
import { openInstallation, type Installation } from './open-installation.ts';

interface Command {
  readonly usage: string;
  readonly en: string;
  readonly zh: string;
  run(installation: Installation, words: string[]): Promise<number>;
}

const SAY_EVERY_MS = 1_000;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const COMMANDS: Readonly<Record<string, Command>> = {
  import: {
    usage: 'import --mapping FILE [--data FOLDER]',
    en: 'load files as a mapping file says (examples/mappings/)',
    zh: '按映射文件导入数据（见 examples/mappings/）',
    async run({ rooms }, words) {
      const { values } = parseArgs({
        args: words,
        options: { mapping: { type: 'string' }, data: { type: 'string' } },
      });
      if (!values.mapping) throw new ConfigError('import wants --mapping FILE');
      const mappingFile = resolve(values.mapping);
      let saidAt = 0;
      const summary = await rooms.importFiles({
        mappingFile,
        dataDirectory: values.data ? resolve(values.data) : dirname(mappingFile),
        onProgress({ file, rows, rejectedRows }) {
          if (performance.now() - saidAt < SAY_EVERY_MS) return;
          saidAt = performance.now();
          say(`${file}: ${rows.toLocaleString('en-US')} rows, ${rejectedRows} with something rejected`);
        },
      });
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      return 0;
    },
  },
  refold: {
    usage: 'refold [--repair]',
    en: 'fold the identity assertions from nothing and compare with the map',
    zh: '重新折叠身份断言并与现有映射比较',
    async run({ rooms }, words) {
      const { values } = parseArgs({ args: words, options: { repair: { type: 'boolean', default: false } } });
      const change = await rooms.identity.refoldAll({ repair: values.repair });
      process.stdout.write(`${JSON.stringify(change, null, 2)}\n`);
      return 0;
    },
  },
  link: {
    usage:
      'link --file CSV [--file CSV] --id COLUMN [--columns A,B] [--one-match auto|always|never] [--link-above 0.9] [--review-above 0.5]',
    en: 'find records of one person in CSV files without common keys; a line of JSON for each pair, then the clusters',
    zh: '在没有共同标识的 CSV 文件中按概率匹配同一人；每对一行 JSON，最后输出聚类',
    async run({ platform }, words) {
      const { values } = parseArgs({
        args: words,
        options: {
          file: { type: 'string', multiple: true, default: [] },
          id: { type: 'string' },
          columns: { type: 'string' },
          'one-match': { type: 'string', default: 'auto' },
          'link-above': { type: 'string', default: '0.9' },
          'review-above': { type: 'string', default: '0.5' },
        },
      });
      if (!values.id || values.file.length === 0)
        throw new ConfigError('link wants --file CSV and --id COLUMN');
      const result = await linkFiles(
        platform.clickhouse,
        `command_${process.pid}`,
        {
          files: values.file.map((file) => resolve(file)),
          idColumn: values.id,
          oneMatch: oneMatchOf(values['one-match'], values.file.length),
          linkAbove: probabilityOf(values['link-above']),
          reviewAbove: probabilityOf(values['review-above']),
          onProgress: say,
          ...(values.columns ? { columns: values.columns.split(',') } : {}),
        },
        (pair) => process.stdout.write(`${JSON.stringify(pair)}\n`),
      );
      process.stdout.write(`${JSON.stringify(result)}\n`);
      return 0;
    },
  },
  audit: {
    usage: 'audit',
    en: 'walk the hash chain of the audit log',
    zh: '校验审计日志哈希链',
    async run({ platform }) {
      const broken = await platform.audit.findBreak(platform.database);
      process.stdout.write(broken === undefined ? 'intact\n' : `broken at sequence ${broken}\n`);
      return broken === undefined ? 0 : 1;
    },
  },
  sql: {
    usage: 'sql "SELECT …"',
    en: 'run a query on ClickHouse, rows as JSON lines',
    zh: '在 ClickHouse 上执行查询，按行输出 JSON',
    async run({ platform }, [text]) {
      if (!text) throw new ConfigError('sql wants a query');
      for await (const rows of platform.clickhouse.queryStream(text, {}, { readonly: '2' })) {
        for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
      }
      return 0;
    },
  },
};

function probabilityOf(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new ConfigError('a threshold is a probability above 0, at most 1');
  return value;
}

function oneMatchOf(text: string, files: number): 'auto' | 'always' | 'never' {
  if (text !== 'auto' && text !== 'always' && text !== 'never')
    throw new ConfigError('--one-match is auto, always or never');
  if (text === 'always' && files !== 2) throw new ConfigError('--one-match always wants two files');
  return text;
}

function help(): string {
  const rows = Object.values(COMMANDS).map((each) => `  ${each.usage}\n      ${each.en} · ${each.zh}`);
  return `npm run wutong -- COMMAND\n\n${rows.join('\n')}\n\nThe data folder and engines are chosen by the same variables as for npm start (npm start -- --help).\n`;
}

async function main(): Promise<number> {
  const [name = 'help', ...words] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) {
    process.stdout.write(help());
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  const config = readConfig();
  say(
    `安装 installation: ${config.databaseUrl ? 'DATABASE_URL' : config.dataDirectory} (WUTONG_DATA chooses another)`,
  );
  const installation = await openInstallation(config, say, { shareEngines: true });
  try {
    return await command.run(installation, words);
  } finally {
    await installation.close();
  }
}

try {
  process.exit(await main());
} catch (error) {
  const isForOperator =
    error instanceof ConfigError ||
    error instanceof EngineError ||
    error instanceof NewerSchemaError ||
    (error as { code?: string }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
  if (error instanceof CodedError) {
    say(`${error.message}\n${errorDefinitions[error.code].zh}\n${JSON.stringify(error.details)}`);
    process.exit(1);
  }
  say(isForOperator ? (error as Error).message : ((error as Error).stack ?? String(error)));
  process.exit(isForOperator ? 2 : 1);
}
