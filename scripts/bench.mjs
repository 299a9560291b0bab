// npm run bench [-- NAME …]: measures, prints a table, writes bench/results.json.
import { spawn } from 'node:child_process';
import { install, requireNode, typescript } from './prepare.mjs';

requireNode();
await install((text) => process.stderr.write(`${text}\n`));
const child = spawn(
  process.execPath,
  [...typescript('packages/engine/bench/run.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
child.on('close', (code) => process.exit(code ?? 1));
