import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startClickHouseCluster } from './clickhouse-cluster.ts';
import { startEngines } from '../../src/platform/engines/index.ts';

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
  const engines = await startEngines({ dataDirectory, postgresMaxConnections: 200 }).catch(
    async (error: unknown) => {
      await removeData();
      throw error;
    },
  );
  project.provide('databaseUrl', engines.databaseUrl);
  project.provide('clickhouseUrl', engines.clickhouseUrl);
  return async () => {
    await engines.stop();
    await removeData();
  };
}
