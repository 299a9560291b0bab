import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startClickHouseCluster } from './clickhouse-cluster.ts';
import { startEngines, type RunningEngines } from '../../src/platform/engines/index.ts';
import { openDatabase } from '../../src/platform/postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL whose user may create databases. */
    databaseUrl: string;
    /** A ClickHouse whose user may create databases; of each node of a cluster, with commas. */
    clickhouseUrl: string;
    clickhouseCluster: string | undefined;
    /** Where the programs that tests start as processes are put when one is first needed: see bundle-file.ts. */
    processFolder: string;
  }
}

/** `WUTONG_TEST_SHARDS=2`: the same tests on a ClickHouse of so many shards. */
const SHARDS = Number(process.env.WUTONG_TEST_SHARDS ?? 1);

/**
 * One pair of engines for a whole run. `. /tmp/wutong-dev/env` (see scripts/dev-engines.mjs) uses the pair
 * that is already running, which saves two seconds and half a gigabyte.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const processFolder = await mkdtemp(join(tmpdir(), 'wutong-test-processes-'));
  project.provide('processFolder', processFolder);
  const stopEngines = await startEnginesOfRun(project);
  const cleanUp = async (): Promise<void> => {
    await stopEngines();
    await rm(processFolder, { recursive: true, force: true });
  };
  if (!(SHARDS > 1)) {
    project.provide('clickhouseCluster', undefined);
    return cleanUp;
  }
  const cluster = await startClickHouseCluster(SHARDS);
  project.provide('clickhouseUrl', cluster.urls.join(','));
  project.provide('clickhouseCluster', cluster.name);
  return async () => {
    await cluster.stop();
    await cleanUp();
  };
}

async function startEnginesOfRun(project: TestProject): Promise<() => Promise<void>> {
  const { WUTONG_TEST_DATABASE_URL: databaseUrl, WUTONG_TEST_CLICKHOUSE_URL: clickhouseUrl } = process.env;
  if (databaseUrl && clickhouseUrl) {
    project.provide('databaseUrl', databaseUrl);
    project.provide('clickhouseUrl', clickhouseUrl);
    return async () => undefined;
  }
  const dataDirectory = await mkdtemp(join(tmpdir(), 'wutong-test-'));
  const removeData = () => rm(dataDirectory, { recursive: true, force: true });
  const engines = await startForgetfulEngines(dataDirectory).catch(async (error: unknown) => {
    await removeData();
    throw error;
  });
  project.provide('databaseUrl', engines.databaseUrl);
  project.provide('clickhouseUrl', engines.clickhouseUrl);
  return async () => {
    await engines.stop();
    await removeData();
  };
}

/**
 * Engines whose data need not outlive them: nothing waits for the disk. What must survive a kill or a power cut is tried
 * on engines of the test's own, as an installation has them.
 */
async function startForgetfulEngines(dataDirectory: string): Promise<RunningEngines> {
  // ClickHouse reads the files of config.d after its own configuration.
  const overrides = join(dataDirectory, 'clickhouse', 'config.d');
  await mkdir(overrides, { recursive: true, mode: 0o700 });
  await writeFile(
    join(overrides, 'forgetful.xml'),
    `<clickhouse><merge_tree>
      <fsync_after_insert>0</fsync_after_insert>
      <fsync_part_directory>0</fsync_part_directory>
    </merge_tree></clickhouse>`,
  );
  const engines = await startEngines({ dataDirectory, postgresMaxConnections: 200 });
  const postgres = openDatabase(engines.databaseUrl, { maximumConnections: 1 });
  try {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      await postgres.execute(`alter system set ${setting} = off`);
    }
    await postgres.query('select pg_reload_conf()');
  } finally {
    await postgres.close();
  }
  return engines;
}
