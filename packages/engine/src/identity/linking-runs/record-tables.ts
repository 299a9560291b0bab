import type { linkingApi } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { listFiles, readFile } from './file-store.ts';
import type { RecordPorts } from './record-lender.ts';

/** The tables that can be linked now. */
export async function listTables(platform: Platform, ports: RecordPorts): Promise<linkingApi.RecordTable[]> {
  const files = await listFiles(platform.database);
  const lent = await Promise.all(
    ports.lenders.map(async (lender) =>
      (await lender.list()).map(({ name, columns }) => ({
        tableId: `${lender.kind}:${name}`,
        kind: lender.kind,
        name,
        columns,
      })),
    ),
  );
  return [
    ...files.map((file) => ({
      tableId: `file:${file.file_id}`,
      kind: 'file' as const,
      name: file.name,
      columns: file.columns,
      rows: file.row_count,
      createdAt: new Date(file.kept_at).toISOString(),
    })),
    ...lent.flat(),
  ];
}

/** A table by its id. @throws CodedError record_table_not_found */
export async function findTable(
  platform: Platform,
  ports: RecordPorts,
  tableId: string,
): Promise<{ kind: linkingApi.RecordTable['kind']; name: string; columns: string[]; rows?: number }> {
  const [kind, name] = splitId(tableId);
  if (kind === 'file') {
    const file = await readFile(platform.database, name);
    if (file) return { kind, name, columns: file.columns, rows: file.row_count };
  } else {
    const lender = ports.lenders.find((each) => each.kind === kind);
    const table = (await lender?.list())?.find((each) => each.name === name);
    if (table) return { kind, name, columns: table.columns };
  }
  throw new CodedError('record_table_not_found', { details: { tableId } });
}

function splitId(tableId: string): [linkingApi.RecordTable['kind'], string] {
  const at = tableId.indexOf(':');
  return [tableId.slice(0, at) as linkingApi.RecordTable['kind'], tableId.slice(at + 1)];
}
