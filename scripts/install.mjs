// Installs and builds, and nothing else.
import { build, install, requireNode } from './prepare.mjs';

requireNode();
const say = (text) => process.stderr.write(`${text}\n`);
await install(say);
await build(say);
