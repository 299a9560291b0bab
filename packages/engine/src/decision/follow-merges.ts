import type { Identity } from '../identity/index.ts';
import type { Transaction } from '../platform/index.ts';
import { lockContacts, writeContacts } from './contact-store.ts';

const BATCH = 5_000;

/**
 * Adds the contacts of persons that are no more to the persons they have become: two half-known persons
 * who turn out to be one have been contacted as often as both together. True when there may be more.
 */
export async function moveContacts(
  transaction: Transaction,
  identity: Pick<Identity, 'takePersonChanges'>,
  now: number,
): Promise<boolean> {
  const changes = await identity.takePersonChanges(transaction, 'decision', BATCH);
  const ended = changes.filter((change) => change.keyNumber === change.oldPersonId);
  if (ended.length === 0) return changes.length === BATCH;
  const personIds = ended.flatMap((change) => [change.oldPersonId, change.newPersonId]);
  const contacts = await lockContacts(transaction, personIds);
  for (const { oldPersonId, newPersonId } of ended) {
    const moved = contacts.get(oldPersonId) ?? [];
    contacts.set(newPersonId, [...(contacts.get(newPersonId) ?? []), ...moved]);
    contacts.set(oldPersonId, []);
  }
  await writeContacts(transaction, contacts, now);
  return changes.length === BATCH;
}
