import type { Transaction } from '../platform/index.ts';
import { insertPeople, peopleWithoutRow } from './person-store.ts';

/** Persons remembered as known; beyond it the memory starts anew. 8 bytes each and some. */
const MAXIMUM_REMEMBERED = 2_000_000;

/** Makes rows for persons that have none; remembers those seen to exist. */
export interface Registry {
  meet(transaction: Transaction, personIds: readonly number[]): Promise<void>;
  /** Persons that are gone must be looked up again. */
  readonly forget: (personIds: readonly number[]) => void;
}

/**
 * Only persons found already there are remembered: those this very transaction makes may be rolled back.
 */
export function createRegistry(): Registry {
  const remembered = new Set<number>();
  return {
    async meet(transaction, personIds) {
      const unknown = [...new Set(personIds)].filter((personId) => personId > 0 && !remembered.has(personId));
      if (unknown.length === 0) return;
      const fresh = new Set(await peopleWithoutRow(transaction, unknown));
      if (fresh.size > 0) await insertPeople(transaction, [...fresh]);
      if (remembered.size + unknown.length > MAXIMUM_REMEMBERED) remembered.clear();
      for (const personId of unknown) if (!fresh.has(personId)) remembered.add(personId);
    },
    forget(personIds) {
      for (const personId of personIds) remembered.delete(personId);
    },
  };
}
