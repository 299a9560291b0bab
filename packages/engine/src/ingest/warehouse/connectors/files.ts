import { lstat } from 'node:fs/promises';
import { CodedError } from '../../../platform/index.ts';
import { filesBelow, pathInside } from '../folder-path.ts';
import { textOf, type Connector, type Fragment, type Source, type SourceTable } from './connector.ts';

/** Formats by the ends of names; each may be compressed. */
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/i, 'Parquet'],
  [/\.orc$/i, 'ORC'],
  [/\.avro$/i, 'Avro'],
  [/\.csv(\.(gz|zst|xz|bz2))?$/i, 'CSVWithNames'],
  [/\.tsv(\.(gz|zst|xz|bz2))?$/i, 'TSVWithNames'],
  [/\.(jsonl|ndjson)(\.(gz|zst|xz|bz2))?$/i, 'JSONEachRow'],
];

export const formatOf = (name: string): string | undefined =>
  FORMATS.find(([pattern]) => pattern.test(name))?.[1];

/** Files on disk: each is a table, and so is each folder of files of one format (Hive style, `dt=2026-01-01/…`). */
export const filesConnector: Connector = {
  kind: 'files',
  title: { zh: '文件目录（Parquet、CSV、JSON 行等）', en: 'Folder of files (Parquet, CSV, JSON lines …)' },
  fields: [
    {
      name: 'folder',
      title: { zh: '子目录', en: 'Folder below the folder for files' },
      type: 'text',
      required: false,
      standard: '.',
    },
    {
      name: 'encoding',
      title: { zh: '文本编码', en: 'Encoding of texts' },
      type: 'choice',
      required: false,
      choices: ['utf-8', 'gbk'],
      standard: 'utf-8',
    },
  ],
  target: ['folder'],
  path: (settings) => textOf(settings, 'folder'),
  async tables(source, limit) {
    const files = (await filesBelow(source.path)).filter((file) => formatOf(file.path));
    const folders = new Set(
      files.flatMap(({ folders: parts }) => (parts[0] === undefined ? [] : [parts[0]])),
    );
    const tables: SourceTable[] = [...folders].map((table) => ({ schema: '', table, kind: 'folder' }));
    for (const file of files) tables.push({ schema: '', table: file.path, kind: 'file' });
    return tables.slice(0, limit);
  },
  async columns(source, { table }) {
    const { format, pattern } = await locate(source, table);
    const columns = await source.query<{ name: string; type: string }>(
      'DESCRIBE TABLE file({path:String}, {format:String})',
      { path: pattern, format },
    );
    return columns.map(({ name, type }) => ({ name, type }));
  },
  async engine(source, { table }): Promise<Fragment> {
    const { format, pattern } = await locate(source, table);
    return { sql: 'File({format:String}, {path:String})', values: { format, path: pattern } };
  },
};

async function locate(source: Source, table: string): Promise<{ format: string; pattern: string }> {
  const path = await pathInside(source.path, table);
  if ((await lstat(path)).isFile()) {
    const format = formatOf(path);
    if (!format) throw unreadable(table, 'its name has none of the known ends, such as .parquet');
    return { format, pattern: path };
  }
  const files = (await filesBelow(path)).filter((file) => formatOf(file.path));
  const formats = new Set(files.map((file) => formatOf(file.path)));
  const [first] = files;
  if (!first) throw unreadable(table, 'it has no files of a known format');
  if (formats.size > 1) throw unreadable(table, 'its files are of several formats');
  const end = /\.[^./]+(\.(gz|zst|xz|bz2))?$/i.exec(first.path)![0];
  return { format: formatOf(first.path)!, pattern: `${path}/**/*${end}` };
}

const unreadable = (table: string, reason: string): CodedError =>
  new CodedError('source_table_missing', { details: { table, reason } });
