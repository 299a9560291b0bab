import { startEngines } from '/work/main/packages/engine/src/platform/index.ts';
import { createTestPlatform } from '/work/main/packages/engine/test/harness/platform.ts';
import { createDatabasesOn } from '/work/main/packages/engine/test/harness/databases.ts';
import { fillEvents } from '/work/main/packages/engine/bench/event-log/fill-events.ts';
import { mkdtempSync, writeFileSync } from 'node:fs';
const folder = mkdtempSync('/tmp/insight-lab-');
const engines = await startEngines({ dataDirectory: folder });
const databases = await createDatabasesOn(engines.databaseUrl, engines.clickhouseUrl);
const platform = createTestPlatform(databases);
await fillEvents(platform, (t) => console.log(t));
writeFileSync('/tmp/lab-url', databases.clickhouseUrl);
console.log('ready', process.pid, databases.clickhouseUrl);
process.on('SIGTERM', async () => {
  await engines.stop();
  process.exit(0);
});
setInterval(() => {}, 1000);
