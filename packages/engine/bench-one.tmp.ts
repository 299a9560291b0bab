import { createTestPlatform } from '/work/main/packages/engine/test/harness/platform.ts';
import { createDatabasesOn } from '/work/main/packages/engine/test/harness/databases.ts';
import { run } from '/work/main/packages/engine/bench/canvas-step.ts';
const rows = await run({ say: console.log, async createPlatform() {
  const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
  const platform = createTestPlatform(d);
  return { platform, databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, async drop() { await platform.close(); await d.drop(); } };
}});
console.table(rows.map(({name,value,baselineValue,ratio})=>({name,value,baselineValue,ratio})));
process.exit(0);
