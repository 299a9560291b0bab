// npm test: installs, builds, runs every test. `--faults`: the long fault runs only. `--cluster`: audience and
// insight on a ClickHouse of two shards. Other words go to vitest.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';

requireNode();
const say = (text) => process.stderr.write(`${text}\n`);
await install(say);
await build(say);

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const words = process.argv.slice(2);
const faults = words.includes('--faults');
const cluster = words.includes('--cluster');
const rest = words.filter((word) => word !== '--faults' && word !== '--cluster');
const folder = mkdtempSync(join(tmpdir(), 'wutong-npm-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
let failed = false;
/** Said once more at the end, where it is found: what failed and why, what passed only at the second try. */
const remarks = [];

/** More files than this that fail are not a busy moment: they are not tried again. */
const MOST_FILES_TRIED_AGAIN = 5;

/** One run of vitest: whether all passed, and its report when it came so far. */
function runVitest(name, selection, environment) {
  const report = join(folder, `${name}.json`);
  const { status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...selection,
    ],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  return { passed: status === 0, counts };
}

/**
 * Runs vitest and adds its counts to the totals. Files with a failure are run once more by themselves: a test
 * that waits for processes, sockets and engines may miss a moment on a busy machine, but what is wrong is wrong
 * twice. What passed only then is named at the end.
 */
function run(name, selection, environment = {}) {
  const { passed, counts } = runVitest(name, selection, environment);
  if (!counts) {
    failed = true;
    totals.failed++;
    remarks.push(`${name}: vitest did not get to its end`);
    return;
  }
  totals.passed += counts.numPassedTests;
  totals.skipped += counts.numPendingTests;
  if (passed) return;
  const files = counts.testResults.filter(hasFailed);
  const again =
    files.length > 0 && files.length <= MOST_FILES_TRIED_AGAIN
      ? runVitest(`${name}-again`, [...files.map((file) => file.name), '--maxWorkers=1'], environment)
      : undefined;
  if (again?.passed) {
    // A file that could not even be loaded at first had no tests of its own to count.
    const counted = files.reduce((sum, file) => sum + passesOf(file), 0);
    totals.passed += again.counts.numPassedTests - counted;
    for (const line of files.flatMap(failuresOf)) remarks.push(`passed at the second try: ${line}`);
    return;
  }
  failed = true;
  totals.failed += Math.max(counts.numFailedTests, 1);
  remarks.push(...(again?.counts?.testResults.filter(hasFailed) ?? files).flatMap(failuresOf));
}

const hasFailed = (file) => file.status === 'failed';

const passesOf = (file) => file.assertionResults.filter((test) => test.status === 'passed').length;

/** A line for each failed test of a file, or for the file when it could not be loaded. */
function failuresOf(file) {
  const path = file.name.replace(`${ROOT}/`, '').replace(ROOT, '');
  const lines = file.assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => `${path} > ${test.fullName}: ${(test.failureMessages[0] ?? '').split('\n')[0]}`);
  return lines.length > 0 ? lines : [`${path}: ${(file.message ?? '').split('\n')[0]}`];
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** The demo bank of loop.test.ts, whose eight days have passed when it ends. */
const DEMO = join(folder, 'demo');

/** The console's tests look at a small demo bank in a real browser; without a browser they skip with a line. */
async function runConsoleTests() {
  const browser = BROWSERS.find((path) => existsSync(path));
  // A real browser on a busy machine may miss a moment; what is wrong is wrong twice.
  const selection = ['packages/console', '--retry=1'];
  if (!browser) return run('console', selection);
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  say('starting the demo bank for the browser tests');
  const demo = spawn(
    process.execPath,
    [join(ROOT, 'scripts/start.mjs'), '--people', '2000', '--port', String(port), '--data', DEMO, '--json'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        WUTONG_ADMIN_TOKEN: token,
        WUTONG_DEMO_SECONDS: '30',
        DATABASE_URL: '',
        CLICKHOUSE_URL: '',
      },
    },
  );
  let said = '';
  demo.stderr.on('data', (chunk) => (said = (said + chunk).slice(-5_000)));
  const finished = new Promise((resolve) => {
    demo.stdout.once('data', () => resolve(true));
    demo.once('close', () => resolve(false));
    setTimeout(() => resolve(false), 300_000).unref();
  });
  if (await finished) {
    run('console', selection, {
      WUTONG_TEST_URL: `http://localhost:${port}`,
      WUTONG_TEST_TOKEN: token,
      WUTONG_TEST_CHROMIUM: browser,
    });
  } else {
    remarks.push(`the demo bank for the browser tests did not get to its end:\n${said}`);
    totals.failed++;
    failed = true;
  }
  demo.kill('SIGTERM');
  await new Promise((resolve) =>
    demo.exitCode === null && demo.signalCode === null ? demo.once('close', resolve) : resolve(),
  );
}

if (faults) run('faults', ['packages/engine/test/faults', ...rest], { WUTONG_TEST_FAULTS: 'long' });
else if (cluster) {
  const rooms = ['packages/engine/src/audience', 'packages/engine/src/insight'];
  run('cluster', rest.length > 0 ? rest : [...rooms, 'cluster'], { WUTONG_TEST_SHARDS: '2' });
} else if (rest.length > 0) run('some', rest);
else {
  run('all', ['--exclude', 'packages/console/**'], { WUTONG_TEST_DEMO: DEMO });
  await runConsoleTests();
}
for (const remark of remarks) say(remark);
// The one line that a machine reads.
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
rmSync(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
