import { createDatabasesOn } from '/work/main/packages/engine/test/harness/databases.ts';
import { createPlatform, realClock, silentLog } from '/work/main/packages/engine/src/platform/index.ts';
import { run } from '/work/main/packages/engine/bench/hub-send.ts';
const rows = await run({ say: (t) => console.error(t), async createPlatform() {
  const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
  const platform = createPlatform({ config: { port:0, host:'', dataDirectory:'', databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, clickhouseCluster: undefined, adminToken: undefined, publicUrl:'http://localhost:7500', timeZone:'Asia/Shanghai', bankName:'x', logLevel:'warn', roles:new Set(['worker'] as const), demoClockStartMs: undefined }, databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, masterKeyHex: '11'.repeat(32), clock: realClock() });
  return { platform, ...d, async drop(){ await platform.close(); await d.drop(); } };
}});
console.table(rows);
process.exit(0);
