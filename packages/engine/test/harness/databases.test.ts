import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClickHouse } from '../../src/platform/clickhouse.ts';
import { readMigrations } from '../../src/platform/migrate.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { type TestDatabases, createTestDatabases } from './databases.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = await createTestDatabases();
});

afterAll(async () => {
  await databases.drop();
});

test('a test file gets both databases with every migration applied', async () => {
  const postgres = openDatabase(databases.databaseUrl);
  const clickhouse = openClickHouse(databases.clickhouseUrl);
  try {
    const applied = await postgres.query<{ name: string }>('select name from wutong_migration order by name');
    expect(applied.map((row) => row.name)).toEqual(
      (await readMigrations('postgres')).map((each) => each.name),
    );
    const tables = await clickhouse.query<{ name: string }>(
      'select name from system.tables where database = {database:String}',
      { database: databases.clickhouseDatabase },
    );
    expect(tables.map((row) => row.name)).toContain('wutong_migration');
  } finally {
    await postgres.close();
    await clickhouse.close();
  }
});

test('two test files do not see each other', async () => {
  const other = await createTestDatabases();
  try {
    expect(other.databaseUrl).not.toBe(databases.databaseUrl);
    expect(other.clickhouseDatabase).not.toBe(databases.clickhouseDatabase);
  } finally {
    await other.drop();
  }
});
