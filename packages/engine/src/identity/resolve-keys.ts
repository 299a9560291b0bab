import type { Transaction } from '../platform/index.ts';
import { findKeys } from './key-store.ts';
import { usableFingerprint } from './prepare-batch.ts';
import { resolveBatch } from './resolve-batch.ts';
import type { Resolution } from './resolution.ts';
import type { ResolveNeeds } from './resolve-needs.ts';

/** Keys of one type that say nothing of one another, each once; `times[i]` (epoch ms UTC) belongs to `values[i]`. */
export interface KeysOfType {
  readonly type: string;
  readonly values: readonly string[];
  readonly times: readonly number[];
  readonly sourceId: string;
}

/**
 * Persons of many keys that are mostly known, in their order; those that are not are made. Beside the cache: a file
 * names everybody once, and would drive out those who are active.
 */
export async function resolveKeys(
  needs: ResolveNeeds,
  transaction: Transaction,
  { type, values, times, sourceId }: KeysOfType,
): Promise<Resolution[]> {
  const { secrets } = needs.platform;
  const rules = await needs.rules.present(transaction);
  const fingerprints = values.map((value) => usableFingerprint(secrets, rules, { type, value }));
  const wanted = [...new Set(fingerprints.filter((each) => each !== undefined))];
  const found = new Map(
    (await findKeys(transaction, wanted)).map(({ fingerprint, key_number, person_id }) => [
      fingerprint,
      { keyNumber: key_number, personId: person_id },
    ]),
  );
  const resolutions = fingerprints.map((each): Resolution | undefined =>
    each === undefined ? undefined : found.get(each),
  );
  const missing = values.flatMap((_, index) => (resolutions[index] ? [] : [index]));
  // New ones, and those that cannot be used, of which it says why.
  const made = await resolveBatch(
    needs,
    transaction,
    missing.map((index) => ({
      keys: [{ type, value: values[index]! }],
      link: 'none',
      at: times[index]!,
      sourceId,
      messageId: '',
    })),
  );
  missing.forEach((index, place) => (resolutions[index] = made[place]));
  return resolutions as Resolution[];
}
