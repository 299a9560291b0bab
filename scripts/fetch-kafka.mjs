// Copies Kafka's broker from the Maven registry into the user's cache, for the tests of streams and outputs.
// Does nothing when it is there; says so and succeeds where Maven is not, since those tests then skip.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pom = fileURLToPath(new URL('../packages/engine/test/harness/kafka-broker.pom.xml', import.meta.url));
const version = /<version>([\d.]+)<\/version>\s*<\/dependency>/.exec(readFileSync(pom, 'utf8'))[1];
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const folder = join(cache, 'wutong', `kafka-${version}`);

if (existsSync(folder)) {
  console.log(`Kafka ${version} is in ${folder}`);
} else if (spawnSync('mvn', ['--version']).status !== 0) {
  console.log('Maven is not here; the tests against a Kafka broker will be skipped');
} else {
  const unfinished = `${folder}.${process.pid}`;
  try {
    execFileSync(
      'mvn',
      [
        '--quiet',
        '--batch-mode',
        '--file',
        pom,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${unfinished}`,
      ],
      { stdio: 'inherit', timeout: 600_000 },
    );
    // Under its own name only when it is complete.
    renameSync(unfinished, folder);
    console.log(`Kafka ${version} was copied to ${folder}`);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    console.log(`Kafka could not be fetched (${error.message}); its tests will be skipped`);
  }
}
