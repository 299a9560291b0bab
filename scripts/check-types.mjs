// npm run check:types: every package against its own tsconfig.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

let failed = false;
for (const name of readdirSync(join(ROOT, 'packages'))) {
  if (!existsSync(join(ROOT, 'packages', name, 'tsconfig.json'))) continue;
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', `packages/${name}`],
    { cwd: ROOT, stdio: 'inherit' },
  );
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
