import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouse } from './clickhouse.ts';
import type { Database } from './postgres.ts';

/** The data folder was written by a newer Wutong: this one must not touch it. */
export class NewerSchemaError extends Error {
  constructor(readonly migration: string) {
    super(
      `the database already has migration ${migration}, which this version of Wutong does not know; start the newer version, or use another data folder`,
    );
    this.name = 'NewerSchemaError';
  }
}

const MIGRATION_LOCK = 7_500_000;
const folderOf = (engine: 'postgres' | 'clickhouse'): URL => new URL(`../../sql/${engine}/`, import.meta.url);

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The migrations of an engine in their order, from `sql/<engine>/NNNN-name.sql`. */
export async function readMigrations(engine: 'postgres' | 'clickhouse'): Promise<Migration[]> {
  const names = (await readdir(folderOf(engine))).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folderOf(engine)), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex').slice(0, 16) };
    }),
  );
}

/** Statements of a file: separated by a semicolon at the end of a line. */
export function splitStatements(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * Brings PostgreSQL up to date; each migration in its own transaction, one process at a time.
 * Throws NewerSchemaError when the database knows a migration that we do not.
 */
export async function migratePostgres(database: Database): Promise<string[]> {
  const migrations = await readMigrations('postgres');
  const connection = await database.connect();
  const applied: string[] = [];
  try {
    await connection.execute('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await connection.execute(
      'create table if not exists public.wutong_migration (name text primary key, checksum text not null)',
    );
    const done = await connection.query<{ name: string }>('select name from public.wutong_migration');
    refuseNewer(
      done.map((row) => row.name),
      migrations,
    );
    const names = new Set(done.map((row) => row.name));
    for (const migration of migrations.filter((each) => !names.has(each.name))) {
      await connection.execute('begin');
      try {
        await connection.execute(migration.sql);
        await connection.execute('insert into public.wutong_migration values ($1, $2)', [
          migration.name,
          migration.checksum,
        ]);
        await connection.execute('commit');
      } catch (error) {
        await connection.execute('rollback');
        throw new Error(`migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
      }
      applied.push(migration.name);
    }
  } finally {
    await connection.execute('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    connection.release();
  }
  return applied;
}

/**
 * Brings ClickHouse up to date. It has no transactions, so every statement must be one that may run
 * twice (`create table if not exists …`): a migration cut off in the middle is run again whole.
 */
export async function migrateClickHouse(clickhouse: ClickHouse): Promise<string[]> {
  const migrations = await readMigrations('clickhouse');
  await clickhouse.command(
    'create table if not exists wutong_migration (name String, checksum String) engine = MergeTree order by name',
  );
  const done = await clickhouse.query<{ name: string }>('select name from wutong_migration');
  refuseNewer(
    done.map((row) => row.name),
    migrations,
  );
  const names = new Set(done.map((row) => row.name));
  const applied: string[] = [];
  for (const migration of migrations.filter((each) => !names.has(each.name))) {
    for (const statement of splitStatements(migration.sql)) {
      try {
        await clickhouse.command(statement);
      } catch (error) {
        throw new Error(`migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
      }
    }
    await clickhouse.insert('wutong_migration', [{ name: migration.name, checksum: migration.checksum }]);
    applied.push(migration.name);
  }
  return applied;
}

function refuseNewer(done: readonly string[], known: readonly Migration[]): void {
  const names = new Set(known.map((migration) => migration.name));
  const unknown = done.filter((name) => !names.has(name)).sort();
  if (unknown.length > 0) throw new NewerSchemaError(unknown.at(-1)!);
}
