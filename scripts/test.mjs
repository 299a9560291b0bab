// npm test: installs, builds, runs every test. `--faults`: the long fault runs only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
const say = (text) => process.stderr.write(`${text}\n`);
await install(say);
await build(say);

const words = process.argv.slice(2);
const faults = words.includes('--faults');
const rest = words.filter((word) => word !== '--faults');
const folder = mkdtempSync(join(tmpdir(), 'wutong-test-'));
const report = join(folder, 'report.json');
const result = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(faults ? ['packages/engine/test/faults'] : []),
    ...rest,
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...(faults ? { WUTONG_TEST_FAULTS: 'long' } : {}) } },
);
let failed = 1;
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  failed = numFailedTests + (result.status === 0 ? 0 : Math.max(0, numFailedTestSuites - numFailedTests));
  // The one line that a machine reads.
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
}
rmSync(folder, { recursive: true, force: true });
process.exit(result.status ?? 1);
