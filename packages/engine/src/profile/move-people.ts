import type { Identity, PersonChange } from '../identity/index.ts';
import type { Platform, Transaction } from '../platform/index.ts';
import { foldPeople } from './apply-attributes.ts';
import type { ModelStore } from './catalogue.ts';
import { queueLines } from './fact-store.ts';
import { hasLinesOfPeople } from './lines-of-relations.ts';
import { loadHolders, lockPeople, queueChanges } from './person-store.ts';
import { deletePeople, moveKeys, placesOfKeys, rewritePeople, vanishedPeople } from './move-store.ts';

const CHANGES_A_ROUND = 2_000;

type Move = Pick<PersonChange, 'keyNumber' | 'oldPersonId' | 'newPersonId'>;

/**
 * Follows merges and splits: what a key asserted goes with the key, and the persons it left and joined are folded
 * anew; relations of which they have one at a time are queued to be placed anew. One transaction a round, in which the changes also count as taken. True when there may be more.
 */
export async function movePeople(
  platform: Platform,
  models: ModelStore,
  identity: Identity,
  forget: (personIds: readonly number[]) => void,
): Promise<boolean> {
  return platform.database.transaction(async (transaction) => {
    const changes = await identity.takePersonChanges(transaction, 'profile', CHANGES_A_ROUND);
    if (changes.length === 0) return false;
    forget(await follow(transaction, models, identity, changes));
    return changes.length === CHANGES_A_ROUND;
  });
}

/**
 * Moves what stands under another person than its key has: a batch that resolved its persons before a merge or split
 * may write after the change was followed. Asked for every person written, once the writer has committed: a change
 * that commits later is followed in its turn.
 */
export async function moveLate(
  platform: Platform,
  models: ModelStore,
  identity: Identity,
  personIds: readonly number[],
): Promise<number[]> {
  const { database } = platform;
  const places = await placesOfKeys(database, personIds);
  const present = await identity.personsOf(places.map((place) => place.keyNumber));
  const late = places.flatMap(({ keyNumber, personId }) => {
    const newPersonId = present.get(keyNumber) ?? personId;
    return newPersonId === personId ? [] : [{ keyNumber, oldPersonId: personId, newPersonId }];
  });
  if (late.length === 0) return [];
  return database.transaction((transaction) => follow(transaction, models, identity, late));
}

async function follow(
  transaction: Transaction,
  models: ModelStore,
  identity: Identity,
  changes: readonly Move[],
): Promise<number[]> {
  const keyNumbers = [...new Set(changes.map((change) => change.keyNumber))];
  // Several changes of one key may wait: only where it stands now counts.
  const present = await identity.personsOf(keyNumbers, transaction);
  const personIds = [
    ...new Set([
      ...changes.flatMap((change) => [change.oldPersonId, change.newPersonId]),
      ...present.values(),
    ]),
  ];
  await lockPeople(transaction, personIds);
  await moveKeys(transaction, present, changes);
  const model = await models.read(transaction);
  const holders = await loadHolders(transaction, personIds, []);
  const people = await foldPeople(transaction, model, holders, new Set(personIds));
  const vanished = await vanishedPeople(transaction, identity, personIds);
  await rewritePeople(
    transaction,
    people.filter((person) => !vanished.has(person.personId)),
  );
  await deletePeople(transaction, [...vanished]);
  await queueChanges(transaction, personIds, 'm');
  if (hasLinesOfPeople(model)) await queueLines(transaction, personIds);
  return personIds;
}
