// One pair of engines for everybody who develops on this machine:
//   npx tsx scripts/dev-engines.mjs [directory]     (default /tmp/wutong-dev)
// writes DIRECTORY/env with the two URLs as exports, and stays alive. Then: . /tmp/wutong-dev/env
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngines } from '../packages/engine/src/platform/engines/index.ts';

const directory = process.argv[2] ?? process.env.WUTONG_DEV_ENGINES ?? '/tmp/wutong-dev';
const engines = await startEngines({
  dataDirectory: directory,
  postgresMaxConnections: 300,
  onProgress: (message) => console.log(message),
  onEngineExit: (engine, detail) => console.log(`${engine} ${detail}; restarting`),
});
const environment =
  `export WUTONG_TEST_DATABASE_URL='${engines.databaseUrl}'\n` +
  `export WUTONG_TEST_CLICKHOUSE_URL='${engines.clickhouseUrl}'\n`;
writeFileSync(join(directory, 'env'), environment, { mode: 0o600 });
console.log(`. ${join(directory, 'env')}`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void engines.stop().then(() => process.exit(0)));
}
