// What every command needs before it can run: the right Node, the packages, the built console.
// Plain JavaScript without dependencies: it runs on an untouched clone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = join(ROOT, 'node_modules', '.wutong-installed');

/** Exits with a sentence when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(
    `Wutong needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and start again.\n`,
  );
  process.exit(2);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  const walk = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== 'node_modules' && name !== 'dist') walk(join(path, name));
      }
    } else {
      hash.update(path.slice(ROOT.length)).update(readFileSync(path));
    }
  };
  for (const path of paths) walk(join(ROOT, path));
  return hash.digest('hex');
}

/** Runs a command quietly; its output is shown only when it fails. */
export function runQuietly(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ${words[0]} failed (${code}):\n${output}`)),
    );
  });
}

/** Installs the packages of package-lock.json when they are not there or not the ones it names. */
export async function install(say) {
  const wanted = hashOf(['package-lock.json']);
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  say('安装依赖 · installing packages (about a minute the first time)');
  const npm = process.env.npm_execpath;
  const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm?.endsWith('.js')) await runQuietly(process.execPath, [npm, ...words]);
  else await runQuietly(process.platform === 'win32' ? 'npm.cmd' : 'npm', words);
  await installEngineLibrary(say);
  writeFileSync(INSTALLED, wanted);
}

/**
 * The lock file may have been made where the registry did not offer ClickHouse's library for this
 * platform; npm ci then leaves it out. It is fetched by the version that chdb itself names.
 */
async function installEngineLibrary(say) {
  const folder = join(ROOT, 'node_modules');
  const chdb = JSON.parse(readFileSync(join(folder, 'chdb', 'package.json'), 'utf8'));
  const prefix = `@chdb/lib-${process.platform}-${process.arch}`;
  const name = Object.keys(chdb.optionalDependencies ?? {}).find((each) => each.startsWith(prefix));
  if (!name || existsSync(join(folder, name))) return;
  say(`安装 ${name} · installing`);
  await runQuietly('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    `${name}@${chdb.optionalDependencies[name]}`,
  ]);
}

/** Builds one package into its dist/ when its sources changed since the last build. */
async function buildOne(say, name, sources, build) {
  const stamp = join(ROOT, 'packages', name, 'dist', '.wutong-built');
  const wanted = hashOf([...sources, 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`构建 ${name} · building`);
  await build();
  writeFileSync(stamp, wanted);
}

/** Builds the console and the browser SDK. The server needs no build: it runs from its sources. */
export async function build(say) {
  await buildOne(say, 'sdk-web', ['packages/sdk-web'], async () => {
    const esbuild = await import(pathToFileURL(join(ROOT, 'node_modules/esbuild/lib/main.js')).href);
    const common = {
      entryPoints: [join(ROOT, 'packages/sdk-web/src/index.ts')],
      bundle: true,
      minify: true,
      sourcemap: true,
      target: 'es2020',
    };
    await esbuild.build({
      ...common,
      format: 'iife',
      globalName: 'wutong',
      outfile: join(ROOT, 'packages/sdk-web/dist/wutong.js'),
    });
    await esbuild.build({
      ...common,
      format: 'esm',
      outfile: join(ROOT, 'packages/sdk-web/dist/wutong.mjs'),
    });
  });
  await buildOne(say, 'console', ['packages/console', 'packages/contract'], () =>
    runQuietly(
      process.execPath,
      [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'packages/console', '--logLevel', 'warn'],
      {
        env: { ...process.env, NODE_ENV: 'production' },
      },
    ),
  );
}

/** Arguments that make Node run a TypeScript file of ours. */
export function typescript(file) {
  const loader = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href;
  return ['--import', loader, join(ROOT, file)];
}
