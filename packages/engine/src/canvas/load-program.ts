import type { Transaction } from '../platform/index.ts';
import { compileProgram, type Program } from './program.ts';
import { hashDocument, readVersions } from './version-store.ts';

/** Programs of published versions. They never change, so they are kept; the hash is checked when loaded. */
export interface Programs {
  of(reader: Pick<Transaction, 'query'>, strategyId: string, version: number): Promise<Program>;
}

const MAXIMUM_KEPT = 1_000;

/** @throws Error when a stored document is not the one that was approved: it is not run. */
export function createPrograms(): Programs {
  const kept = new Map<string, Program>();
  return {
    async of(reader, strategyId, version) {
      const key = `${strategyId}\u001f${version}`;
      const known = kept.get(key);
      if (known) return known;
      const [stored] = await readVersions(reader, strategyId, version);
      if (!stored) throw new Error(`strategy ${strategyId} has no version ${version}`);
      if (hashDocument(stored.document) !== stored.hash) {
        throw new Error(`strategy ${strategyId} version ${version} is not the document that was approved`);
      }
      const program = compileProgram(strategyId, version, stored.document);
      if (kept.size >= MAXIMUM_KEPT) kept.clear();
      kept.set(key, program);
      return program;
    },
  };
}
