import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { readMigrations } from '../../src/platform/migrate.ts';
import { openDatabase } from '../../src/platform/postgres.ts';

/**
 * A PostgreSQL database with the schema as it was before a migration, to be filled as that version did and then
 * brought up to date by `migratePostgres`.
 */
export async function createPostgresBefore(
  migration: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${Math.floor(Date.now() / 1_000)}_${randomBytes(4).toString('hex')}`;
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  await execute(inject('databaseUrl'), [`create database ${name}`]);
  const earlier = (await readMigrations('postgres')).filter((each) => each.name < migration);
  await execute(url.toString(), [
    'create table public.wutong_migration (name text primary key, checksum text not null)',
    ...earlier.map(({ sql }) => sql),
    ...earlier.map(
      (each) => `insert into public.wutong_migration values ('${each.name}', '${each.checksum}')`,
    ),
  ]);
  return {
    url: url.toString(),
    drop: () => execute(inject('databaseUrl'), [`drop database if exists ${name} with (force)`]),
  };
}

async function execute(url: string, statements: readonly string[]): Promise<void> {
  const database = openDatabase(url, { maximumConnections: 1 });
  try {
    for (const statement of statements) await database.execute(statement);
  } finally {
    await database.close();
  }
}
