// npm run dev: the server, started anew when a source changes, and Vite's server for the console.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { readFlags } from './flags.mjs';
import { install, requireNode, ROOT, typescript } from './prepare.mjs';

requireNode();
await install((text) => process.stderr.write(`${text}\n`));
const environment = { ...process.env, ...readFlags(process.argv.slice(2)).environment };
const vite = spawn(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'packages/console'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: environment,
});
let server;
let timer;
const start = () => {
  server = spawn(process.execPath, typescript('packages/engine/src/main.ts'), {
    cwd: ROOT,
    stdio: 'inherit',
    env: environment,
  });
};
const restart = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    server.once('close', start);
    server.kill('SIGTERM');
  }, 200);
};
start();
for (const folder of ['packages/engine/src', 'packages/contract/src'])
  watch(join(ROOT, folder), { recursive: true }, restart);
process.on('SIGINT', () => {
  vite.kill();
  server.once('close', () => process.exit(0));
  server.kill('SIGTERM');
});
