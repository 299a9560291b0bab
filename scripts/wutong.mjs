// npm run wutong -- COMMAND: the command line.
import { spawn } from 'node:child_process';
import { install, requireNode, typescript } from './prepare.mjs';

requireNode();
await install((text) => process.stderr.write(`${text}\n`));
const child = spawn(
  process.execPath,
  [...typescript('packages/engine/src/command-line.ts'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
