import { CodedError } from '../../../platform/index.ts';
import { textOf, type Connector, type Settings, type Source, type SourceTable } from './connector.ts';
import { formatOf } from './files.ts';

const MAXIMUM_KEYS = 100_000;

/** Files and Iceberg tables in a bucket of S3, or of what speaks its protocol (MinIO, Ceph, OSS, COS, OBS). */
export const s3Connector: Connector = {
  kind: 's3',
  title: { zh: 'S3 对象存储（Parquet、Iceberg 等）', en: 'S3 bucket (Parquet, Iceberg …)' },
  fields: [
    {
      name: 'endpoint',
      title: { zh: '服务地址，如 https://s3.bank.cn', en: 'Endpoint, such as https://s3.bank.cn' },
      type: 'text',
      required: true,
    },
    { name: 'bucket', title: { zh: '桶', en: 'Bucket' }, type: 'text', required: true },
    { name: 'prefix', title: { zh: '前缀', en: 'Prefix' }, type: 'text', required: false, standard: '' },
    {
      name: 'layout',
      title: { zh: '数据布局', en: 'What the folders are' },
      type: 'choice',
      required: false,
      choices: ['files', 'iceberg'],
      standard: 'files',
    },
    { name: 'accessKey', title: { zh: '访问密钥', en: 'Access key' }, type: 'text', required: false },
    { name: 'secretKey', title: { zh: '私有密钥', en: 'Secret key' }, type: 'secret', required: false },
    {
      name: 'encoding',
      title: { zh: '文本编码', en: 'Encoding of texts' },
      type: 'choice',
      required: false,
      choices: ['utf-8', 'gbk'],
      standard: 'utf-8',
    },
  ],
  target: ['endpoint', 'bucket', 'accessKey'],
  endpoint(settings) {
    const url = endpointOf(settings);
    return { host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
  },
  async tables(source, limit) {
    const keys = await listKeys(source);
    const tables = new Map<string, SourceTable>();
    for (const key of keys) {
      const iceberg = /^(?:(.*)\/)?metadata\/[^/]+\.metadata\.json$/.exec(key);
      if (isIceberg(source)) {
        if (iceberg) tables.set(iceberg[1] ?? '.', { schema: '', table: iceberg[1] ?? '.', kind: 'table' });
      } else if (formatOf(key)) {
        const [folder, ...rest] = key.split('/');
        if (rest.length > 0) tables.set(`${folder}/`, { schema: '', table: `${folder}/`, kind: 'folder' });
        tables.set(key, { schema: '', table: key, kind: 'file' });
      }
    }
    return [...tables.values()].slice(0, limit);
  },
  async columns(source, { table }) {
    const { call, values } = await locate(source, table);
    const columns = await source.query<{ name: string; type: string }>(`DESCRIBE TABLE ${call.read}`, values);
    return columns.map(({ name, type }) => ({ name, type }));
  },
  async engine(source, { table }) {
    const { call, values } = await locate(source, table);
    return { sql: call.engine, values, findsColumns: isIceberg(source) };
  },
};

const isIceberg = (source: Source): boolean => source.settings['layout'] === 'iceberg';

function endpointOf(settings: Settings): URL {
  const text = textOf(settings, 'endpoint');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    const reason = 'write it as https://host or http://host:port';
    throw new CodedError('connection_settings_invalid', { details: { field: 'endpoint', reason } });
  }
  return url;
}

function checkedKey(key: string): string {
  if (!/[*?{}[\]#]/.test(key) && !key.split('/').includes('..')) return key;
  const reason = 'a name has one of the characters * ? { } [ ] #';
  throw new CodedError('source_table_missing', { details: { table: key, reason } });
}

/** Path style, which every server knows: the name of the host stays the one that was checked. */
function urlOf(source: Source, key: string): string {
  const { settings } = source;
  const prefix = textOf(settings, 'prefix').replace(/^\/+|\/+$/g, '');
  const parts = [textOf(settings, 'bucket'), prefix, key].filter((part) => part !== '').map(checkedKey);
  return `${endpointOf(settings).origin}/${parts.join('/')}`;
}

function credentials(source: Source): { sql: string; values: Record<string, unknown> } {
  const secretKey = source.secret('secretKey');
  if (secretKey === '') return { sql: 'NOSIGN', values: {} };
  const accessKey = textOf(source.settings, 'accessKey');
  return { sql: '{accessKey:String}, {secretKey:String}', values: { accessKey, secretKey } };
}

async function listKeys(source: Source): Promise<string[]> {
  const { sql, values } = credentials(source);
  const rows = await source.query<{ path: string }>(
    `SELECT DISTINCT _path AS path FROM s3({url:String}, ${sql}, 'One') ORDER BY path LIMIT ${MAXIMUM_KEYS}`,
    { url: `${urlOf(source, '')}/**`, ...values },
  );
  const start = new URL(urlOf(source, '')).pathname.slice(1);
  return rows.map(({ path }) => path.slice(path.startsWith(start) ? start.length : 0).replace(/^\/+/, ''));
}

async function locate(
  source: Source,
  table: string,
): Promise<{ call: { read: string; engine: string }; values: Record<string, unknown> }> {
  const { sql, values } = credentials(source);
  if (isIceberg(source)) {
    const url = `${urlOf(source, table === '.' ? '' : table)}/`;
    const args = `{url:String}, ${sql}`;
    return { call: { read: `icebergS3(${args})`, engine: `IcebergS3(${args})` }, values: { url, ...values } };
  }
  const name = checkedKey(table);
  const isFolder = name.endsWith('/');
  const sample = isFolder ? (await listKeys(source)).find((key) => key.startsWith(name)) : name;
  const format = sample && formatOf(sample);
  if (!format) {
    const reason = 'it has no files of a known format';
    throw new CodedError('source_table_missing', { details: { table, reason } });
  }
  const end = /\.[^./]+(\.(gz|zst|xz|bz2))?$/i.exec(sample)![0];
  const url = isFolder ? `${urlOf(source, name.slice(0, -1))}/**/*${end}` : urlOf(source, name);
  const args = `{url:String}, ${sql}, {format:String}`;
  return { call: { read: `s3(${args})`, engine: `S3(${args})` }, values: { url, format, ...values } };
}
