// npm start: installs, builds, starts the server and, unless told otherwise, the demo bank's world.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { helpText, readFlags } from './flags.mjs';
import { build, install, requireNode, ROOT, typescript } from './prepare.mjs';
import { formatSummary } from './format-summary.mjs';

const flags = readFlags(process.argv.slice(2));
if (flags.help) {
  process.stdout.write(`${helpText()}\n`);
  process.exit(0);
}
if (flags.problem) {
  process.stderr.write(`${flags.problem}\n`);
  process.exit(2);
}
requireNode();

const environment = { ...process.env, ...flags.environment };
const isOn = (name) =>
  Boolean(environment[name]) && environment[name] !== '0' && environment[name] !== 'false';
const json = isOn('WUTONG_JSON');
const once = isOn('WUTONG_ONCE');
const demo = !isOn('WUTONG_NO_DEMO');
const people = environment.WUTONG_DEMO_PEOPLE || '20000';
if (!/^\d+$/.test(people) || Number(people) < 100 || Number(people) > 5_000_000) {
  process.stderr.write('--people must be a whole number from 100 to 5000000\n');
  process.exit(2);
}
const dataDirectory = resolve(ROOT, environment.WUTONG_DATA || '.wutong');
const began = Date.now();
const say = (text) =>
  process.stderr.write(`[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}\n`);

/** An API token for the demo's world, kept beside the data so that a second start uses the same. */
function demoToken() {
  const path = join(dataDirectory, 'demo-token');
  if (!existsSync(path)) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8').trim();
}

const DAY_MS = 86_400_000;
/** The last 09:00 in Shanghai that is at least eight days and two hours ago: the loop then ends in the present. */
function demoClockStart() {
  const latest = Date.now() - 8 * DAY_MS - 2 * 3_600_000;
  const nine = 1 * 3_600_000; // 09:00 +08:00 is 01:00 UTC
  return Math.floor((latest - nine) / DAY_MS) * DAY_MS + nine;
}

const children = [];
let stopping = false;
/** Whether the summary of the finished loop was printed. */
let reported = false;
let exitCode = 0;

/** A child in its own process group: Ctrl-C reaches only us, and we stop them in order. */
function startChild(name, file, extraEnvironment, onMessage) {
  const child = spawn(process.execPath, typescript(file), {
    cwd: ROOT,
    env: { ...environment, ...extraEnvironment },
    stdio: ['ignore', 2, 2, 'ipc'],
    detached: true,
  });
  const ended = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
  child.on('message', onMessage);
  children.push({ name, child, ended });
  void ended.then(({ code, signal }) => {
    if (stopping) return;
    if (code !== 0) {
      if (code === null) say(`${name} ended by ${signal}`);
      void stopAll(code ?? 1);
    } else void stopAll(once && !reported ? 1 : 0);
  });
  return child;
}

async function stopAll(code) {
  if (stopping) return;
  stopping = true;
  exitCode ||= code;
  for (const { child, ended } of [...children].reverse()) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  }
  process.exit(exitCode);
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    say('停止 · stopping');
    // A run to its end that was broken off is no success: 128 + SIGINT.
    void stopAll(once && !reported ? 130 : 0);
  });
}

function showReady({ url, adminPassword }) {
  const line = '─'.repeat(60);
  process.stderr.write(
    `\n${line}\n  控制台 Console   ${url}\n  用户 User        admin\n  密码 Password    ${adminPassword ?? '已在控制台修改 · changed in the console'}\n  接口 API         ${url}/api/docs\n${line}\n\n`,
  );
}

function onSummary(summary, final) {
  if (!final) {
    say(formatSummary.line(summary));
    return;
  }
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`${formatSummary.table(summary)}\n`);
  reported = true;
  if (once) void stopAll(summary.balanced ? 0 : 3);
}

try {
  await install(say);
  await build(say);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const token = demo ? environment.WUTONG_ADMIN_TOKEN || demoToken() : environment.WUTONG_ADMIN_TOKEN;
startChild(
  'wutong',
  'packages/engine/src/main.ts',
  {
    WUTONG_DATA: dataDirectory,
    ...(token ? { WUTONG_ADMIN_TOKEN: token } : {}),
    ...(demo && !environment.WUTONG_DEMO_CLOCK_START
      ? { WUTONG_DEMO_CLOCK_START: String(demoClockStart()) }
      : {}),
  },
  (message) => {
    if (message.kind === 'progress') say(message.text);
    else if (message.kind === 'failed') process.stderr.write(`${message.text}\n`);
    else if (message.kind === 'ready') {
      showReady(message);
      if (demo) {
        startChild(
          'demo bank',
          'packages/lab/src/main.ts',
          {
            WUTONG_URL: message.url,
            WUTONG_ADMIN_TOKEN: token,
            WUTONG_DEMO_PEOPLE: people,
            WUTONG_LAB_DATA: join(dataDirectory, 'lab'),
          },
          (labMessage) => {
            if (labMessage.kind === 'progress') say(labMessage.text);
            else if (labMessage.kind === 'summary') onSummary(labMessage.summary, labMessage.final);
            else if (labMessage.kind === 'failed') process.stderr.write(`${labMessage.text}\n`);
          },
        );
      } else if (once) {
        reported = true;
        void stopAll(0);
      }
    }
  },
);
