import { gatherQuestions, type Platform } from '../platform/index.ts';
import { findKeys } from './key-store.ts';
import { usableFingerprint } from './prepare-batch.ts';
import type { RawKey } from './resolution.ts';
import type { RulesHolder } from './rules-store.ts';

const MOST_KEYS = 1_000;

/**
 * The present person of a key, for callers who wait: questions that come together are one look-up. Nothing is
 * remembered but the compiled rules, whose version each look-up asks for, so that a merge, an un-merge or a changed
 * rule holds for the next question.
 */
export function createKeyLookup(
  { database, secrets }: Pick<Platform, 'database' | 'secrets'>,
  rulesHolder: RulesHolder,
): (key: RawKey) => Promise<number | undefined> {
  async function ask(keys: readonly RawKey[]): Promise<(number | undefined)[]> {
    const rules = await rulesHolder.present(database);
    const fingerprints = keys.map((key) => usableFingerprint(secrets, rules, key));
    const wanted = new Set(fingerprints.filter((each) => each !== undefined));
    const found = wanted.size === 0 ? [] : await findKeys(database, [...wanted]);
    const persons = new Map(found.map((key) => [key.fingerprint, key.person_id]));
    return fingerprints.map((each) => (each === undefined ? undefined : persons.get(each)));
  }
  return gatherQuestions(ask, { atOnce: 2, most: MOST_KEYS });
}
