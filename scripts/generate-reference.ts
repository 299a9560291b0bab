/** Writes docs/api.md and docs/errors.md from the contract: `npx tsx scripts/generate-reference.ts`. */
import { writeFileSync } from 'node:fs';
import { apiReference, errorReference } from '../packages/engine/test/harness/write-reference.ts';

writeFileSync(new URL('../docs/api.md', import.meta.url), apiReference());
writeFileSync(new URL('../docs/errors.md', import.meta.url), errorReference());
