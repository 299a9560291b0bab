import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { resolveLibchdb } from 'chdb/libchdb';

const SCRIPT = fileURLToPath(new URL('./clickhouse-local.mjs', import.meta.url));

/** Runs statements as `clickhouse local` would, in a folder: writes real Parquet files and Iceberg tables for tests. */
export async function runClickHouseLocal(directory: string, statements: string): Promise<void> {
  await promisify(execFile)(process.execPath, [SCRIPT, resolveLibchdb().path, statements], {
    cwd: directory,
  });
}
