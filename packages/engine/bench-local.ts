import { run } from './bench/ingest-http.ts';
import { createTestPlatform } from './test/harness/platform.ts';
import { createDatabasesOn } from './test/harness/databases.ts';
import { createLog } from './src/platform/index.ts';
console.log(await run({ say: (t) => console.log(t), async createPlatform() {
  const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
  const platform = createTestPlatform(d); Object.assign(platform, { log: createLog('warn') });
  return { platform, databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, async drop() { await platform.close(); await d.drop(); } };
}}));
process.exit(0);
