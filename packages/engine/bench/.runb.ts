import { run } from './import.ts';
import { createDatabasesOn } from '../test/harness/databases.ts';
import { createTestPlatform } from '../test/harness/platform.ts';
console.log(await run({ say: console.log, createPlatform: async () => { const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!); const platform = createTestPlatform(d); return { platform, ...d, drop: async () => { await platform.close(); await d.drop(); } }; } }), process.cpuUsage(), process.memoryUsage().rss/1e6);
