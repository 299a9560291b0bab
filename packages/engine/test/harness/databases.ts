import { createHash, randomBytes } from 'node:crypto';
// The files themselves, not the room's front door: making databases needs no more, and then a room that does
// not load at the moment breaks its own tests only.
import { openClickHouse } from '../../src/platform/clickhouse.ts';
import { migrateClickHouse, migratePostgres, readMigrations } from '../../src/platform/migrate.ts';
import { openDatabase } from '../../src/platform/postgres.ts';

export interface TestDatabases {
  databaseUrl: string;
  clickhouseUrl: string;
  clickhouseDatabase: string;
  /** Name of the cluster when the URL is of several nodes. */
  clickhouseCluster: string | undefined;
  drop(): Promise<void>;
}

/** Any number; the lock keeps two test files from building the same template. */
const TEMPLATE_LOCK = 7_500_001;
/** What a killed run left behind is cleared away after this time. */
const ABANDONED_AFTER_SECONDS = 2 * 60 * 60;

/**
 * A PostgreSQL and a ClickHouse database of one's own, with all migrations applied: one pair per test file,
 * in `beforeAll`, and `drop()` in `afterAll`. PostgreSQL copies a template (0.2 s; twice that without file_copy) that is built once
 * per state of the migration files; ClickHouse runs its files.
 */
export async function createTestDatabases(): Promise<TestDatabases> {
  // Not at the top: vitest can be loaded in a test run only, and the benches use createDatabasesOn.
  const { inject } = await import('vitest');
  return createDatabasesOn(inject('databaseUrl'), inject('clickhouseUrl'), inject('clickhouseCluster'));
}

/** The same on servers that are given by URL, outside a test run; `clickhouseUrl` of each node of a cluster. */
export async function createDatabasesOn(
  databaseUrl: string,
  clickhouseUrl: string,
  clickhouseCluster?: string,
): Promise<TestDatabases> {
  const name = `test_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
  const [postgres, clickhouse] = await Promise.all([
    createPostgres(databaseUrl, name),
    createClickHouse(clickhouseUrl, name, clickhouseCluster),
  ]);
  return {
    databaseUrl: postgres.url,
    clickhouseUrl: clickhouse.url,
    clickhouseDatabase: name,
    clickhouseCluster,
    async drop() {
      await Promise.all([postgres.drop(), clickhouse.drop()]);
    },
  };
}

interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

async function createPostgres(serverUrl: string, name: string): Promise<TestDatabase> {
  await withPostgres(serverUrl, async (server) => {
    const template = await templateName();
    const connection = await server.connect();
    try {
      await connection.execute('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
      const existing = await connection.query('select 1 from pg_database where datname = $1', [template]);
      if (existing.length === 0) {
        await dropAbandonedPostgres(connection);
        await buildTemplate(connection, serverUrl, template);
      }
      await connection.execute(`create database ${name} template ${template} strategy file_copy`);
    } finally {
      connection.release(true); // closing the connection gives back the lock
    }
  });
  return {
    url: withDatabase(serverUrl, name),
    drop: () =>
      withPostgres(serverUrl, async (server) => {
        await server.execute(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Built under another name first, so that a template is either complete or not there. */
async function buildTemplate(connection: Statements, serverUrl: string, template: string): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await connection.execute(`drop database if exists ${unfinished} with (force)`);
  await connection.execute(`create database ${unfinished}`);
  await withPostgres(withDatabase(serverUrl, unfinished), (database) => migratePostgres(database));
  // The pool has sent its good-bye, but the server may still be taking leave of the connection.
  await connection.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    unfinished,
  ]);
  await connection.execute(`alter database ${unfinished} rename to ${template}`);
}

async function templateName(): Promise<string> {
  const migrations = await readMigrations('postgres');
  const hash = createHash('sha256');
  for (const migration of migrations) hash.update(`${migration.name}\n${migration.checksum}\n`);
  return `template_${hash.digest('hex').slice(0, 16)}`;
}

async function dropAbandonedPostgres(connection: Statements): Promise<void> {
  const databases = await connection.query<{ name: string }>(
    `select datname as name from pg_database where datname like 'test\\_%'`,
  );
  for (const { name } of databases.filter((database) => isAbandoned(database.name))) {
    await connection.execute(`drop database if exists ${name} with (force)`);
  }
}

async function createClickHouse(
  serverUrls: string,
  name: string,
  cluster: string | undefined,
): Promise<TestDatabase> {
  const servers = serverUrls.split(',');
  for (const server of servers) {
    await withClickHouse(server, undefined, (node) => node.command(`create database ${name}`));
  }
  const url = servers.map((server) => withDatabase(server, name)).join(',');
  await withClickHouse(url, cluster, (database) => migrateClickHouse(database));
  return {
    url,
    async drop() {
      for (const server of servers) {
        await withClickHouse(server, undefined, async (node) => {
          await node.command(`drop database if exists ${name} sync`);
          const databases = await node.query<{ name: string }>(
            `select name from system.databases where name like 'test\\_%'`,
          );
          for (const database of databases.filter((each) => isAbandoned(each.name))) {
            await node.command(`drop database if exists ${database.name}`);
          }
        });
      }
    },
  };
}

function isAbandoned(name: string): boolean {
  const bornAt = Number(/^test_(\d+)_/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
  return Date.now() / 1000 - bornAt > ABANDONED_AFTER_SECONDS;
}

type Postgres = ReturnType<typeof openDatabase>;
type ClickHouse = ReturnType<typeof openClickHouse>;
type Statements = Pick<Postgres, 'query' | 'execute'>;

async function withPostgres<Result>(
  url: string,
  work: (database: Postgres) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(url, { maximumConnections: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function withClickHouse<Result>(
  url: string,
  cluster: string | undefined,
  work: (database: ClickHouse) => Promise<Result>,
): Promise<Result> {
  const database = openClickHouse(url, { maximumConnections: 1, cluster });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
