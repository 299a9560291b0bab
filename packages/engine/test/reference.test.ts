import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiReference, errorReference } from './harness/write-reference.ts';

const written = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const HINT = 'run: npx tsx scripts/generate-reference.ts';

describe('the generated reference', () => {
  it('is that of the contract', () => {
    expect(written('api.md'), HINT).toBe(apiReference());
    expect(written('errors.md'), HINT).toBe(errorReference());
  });
});
