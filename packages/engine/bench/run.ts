/** npm run bench: runs the named benches, or all, prints a table, and writes bench/results.json. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  existsSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEngines } from '../src/platform/index.ts';
import { createTestPlatform } from '../test/harness/platform.ts';
import { createDatabasesOn } from '../test/harness/databases.ts';
import type { Bench, BenchRow } from './bench-context.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RESULTS = fileURLToPath(new URL('../../../bench/results.json', import.meta.url));
const NOT_BENCHES = new Set(['run.ts', 'bench-context.ts']);

const all = readdirSync(HERE)
  .filter((name) => name.endsWith('.ts') && !NOT_BENCHES.has(name))
  .map((name) => name.replace(/\.ts$/, ''));
const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : all;
for (const name of wanted) {
  if (!all.includes(name)) {
    process.stderr.write(`no bench ${name}; there are: ${all.join(', ')}\n`);
    process.exit(2);
  }
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const folder = mkdtempSync(join(tmpdir(), 'wutong-bench-'));
const engines = await startEngines({ dataDirectory: folder });
const measured: (BenchRow & { machine: string })[] = [];
try {
  for (const name of wanted) {
    process.stderr.write(`bench ${name}\n`);
    const { run } = (await import(`./${name}.ts`)) as { run: Bench };
    const rows = await run({
      say: (text) => process.stderr.write(`  ${text}\n`),
      async createPlatform() {
        const databases = await createDatabasesOn(engines.databaseUrl, engines.clickhouseUrl);
        const platform = createTestPlatform(databases);
        return {
          platform,
          databaseUrl: databases.databaseUrl,
          clickhouseUrl: databases.clickhouseUrl,
          async drop() {
            await platform.close();
            await databases.drop();
          },
        };
      },
    });
    measured.push(...rows.map((row) => ({ ...row, machine })));
  }
} finally {
  await engines.stop();
  rmSync(folder, { recursive: true, force: true });
}

console.table(
  measured.map(({ name, value, unit, baseline, baselineValue, ratio }) => ({
    name,
    value: Number(value.toPrecision(4)),
    unit,
    baseline,
    baselineValue: Number(baselineValue.toPrecision(4)),
    ratio: Number(ratio.toPrecision(3)),
  })),
);
// Results of benches that did not run this time are kept.
const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as BenchRow[]) : [];
const names = new Set(measured.map((row) => row.name));
mkdirSync(join(RESULTS, '..'), { recursive: true });
writeFileSync(
  RESULTS,
  `${JSON.stringify([...before.filter((row) => !names.has(row.name)), ...measured], null, 2)}\n`,
);
