import { run } from '/work/main/packages/engine/bench/import.ts';
console.log(await run({ databaseUrl: process.env.WUTONG_TEST_DATABASE_URL!, clickhouseUrl: process.env.WUTONG_TEST_CLICKHOUSE_URL! }), process.cpuUsage(), process.memoryUsage().rss/1e6);
