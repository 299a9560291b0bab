import type { Transaction } from '../platform/index.ts';
import { insertKeys, setApart } from './key-store.ts';
import type { PreparedLinks } from './link-batch.ts';
import type { UnknownKey } from './prepare-batch.ts';

/**
 * Inserts the unknown keys of a batch with the persons they are linked to and the statement that names them, and takes
 * them out of `unknown`. What is left there was made by another process at the same moment; then the inserted ones are
 * persons of their own, since the links were planned without knowing. Returns the numbers of the inserted.
 */
export async function createKeys(
  transaction: Transaction,
  unknown: Map<string, UnknownKey>,
  { placed, cameWith }: PreparedLinks,
  encrypted: ReadonlyMap<string, string>,
): Promise<Set<number>> {
  const keys = [...unknown.values()];
  const inserted = await insertKeys(
    transaction,
    keys.map((key) => ({
      keyNumber: key.keyNumber,
      personId: placed.get(key.keyNumber)?.personId ?? key.personId,
      type: key.rule.type,
      fingerprint: key.fingerprint,
      valueEncrypted: encrypted.get(key.fingerprint)!,
      firstSeenAt: key.firstSeenAt,
      boundAt: placed.get(key.keyNumber)?.boundAt,
      assertionId: cameWith.get(key.keyNumber),
    })),
  );
  for (const key of keys) if (inserted.has(key.keyNumber)) unknown.delete(key.fingerprint);
  if (unknown.size > 0) {
    const joined = keys.filter((key) => inserted.has(key.keyNumber) && placed.has(key.keyNumber));
    if (joined.length > 0)
      await setApart(
        transaction,
        joined.map((key) => key.keyNumber),
      );
  }
  return inserted;
}
