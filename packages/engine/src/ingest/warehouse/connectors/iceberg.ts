import { relative } from 'node:path';
import { filesBelow, pathInside } from '../folder-path.ts';
import { textOf, type Connector, type Source, type SourceTable } from './connector.ts';

/** Iceberg tables on disk: folders that have a `metadata` folder with a `*.metadata.json`. */
export const icebergConnector: Connector = {
  kind: 'iceberg',
  title: { zh: 'Iceberg（磁盘）', en: 'Iceberg on disk' },
  fields: [
    {
      name: 'folder',
      title: { zh: '子目录', en: 'Folder below the folder for files' },
      type: 'text',
      required: false,
      standard: '.',
    },
  ],
  target: ['folder'],
  path: (settings) => textOf(settings, 'folder'),
  async tables(source, limit) {
    const tables = new Map<string, SourceTable>();
    for (const { path, folders } of await filesBelow(source.path)) {
      if (folders.at(-1) !== 'metadata' || !path.endsWith('.metadata.json')) continue;
      const table = folders.slice(0, -1).join('/') || '.';
      tables.set(table, { schema: '', table, kind: 'table' });
    }
    return [...tables.values()].slice(0, limit);
  },
  async columns(source, { table }) {
    const columns = await source.query<{ name: string; type: string }>(
      'DESCRIBE TABLE icebergLocal({path:String})',
      { path: await locate(source, table) },
    );
    return columns.map(({ name, type }) => ({ name, type }));
  },
  async engine(source, { table }) {
    const path = await locate(source, table);
    return { sql: 'IcebergLocal({path:String})', values: { path }, findsColumns: true };
  },
};

/** The reader of sources runs in the folder for files, and takes Iceberg tables by names relative to it. */
async function locate(source: Source, table: string): Promise<string> {
  return relative(source.folder, await pathInside(source.path, table)) || '.';
}
