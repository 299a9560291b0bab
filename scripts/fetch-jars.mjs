import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Copies what a pom names from the Maven registry into the user's cache, under the name and the version of its one
 * dependency. Does nothing when it is there; says so and succeeds where Maven is not, since the tests then skip.
 */
export function fetchJars(name, pom) {
  const version = /<version>([\d.]+)<\/version>\s*<\/dependency>/.exec(readFileSync(pom, 'utf8'))[1];
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'wutong', `${name}-${version}`);
  if (existsSync(folder)) {
    console.log(`${name} ${version} is in ${folder}`);
    return;
  }
  if (spawnSync('mvn', ['--version']).status !== 0) {
    console.log(`Maven is not here; the tests with ${name} will be skipped`);
    return;
  }
  const unfinished = `${folder}.${process.pid}`;
  const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
  try {
    execFileSync('mvn', ['--quiet', '--batch-mode', '--file', pom, ...copy], {
      stdio: 'inherit',
      timeout: 600_000,
    });
    // Under its own name only when it is complete.
    renameSync(unfinished, folder);
    console.log(`${name} ${version} was copied to ${folder}`);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    console.log(`${name} could not be fetched (${error.message}); its tests will be skipped`);
  }
}
