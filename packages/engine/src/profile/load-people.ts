import type { Platform, Transaction } from '../platform/index.ts';
import { applyOperations } from './apply.ts';
import type { Model, ModelStore } from './catalogue.ts';
import type { LoadedPeople } from './loaded-people.ts';
import { insertLoaded, knownHolders } from './load-store.ts';
import type { Rejection, Value } from './operation.ts';
import { lockPeople } from './person-store.ts';
import { sealValue } from './seal-value.ts';

const NOTHING = '{}';

/**
 * What `apply` makes of the same operations, with the same outcome. Persons of whom nothing was ever said, as all are
 * in a first load, are a fold of one assertion: their documents are written as they stand, in two statements.
 * All others are folded by `apply`.
 */
export async function loadPeople(
  platform: Platform,
  models: ModelStore,
  transaction: Transaction,
  loaded: LoadedPeople,
): Promise<{ rejections: readonly Rejection[] }> {
  const model = await models.read(transaction);
  const { fresh, others } = await partFresh(transaction, loaded);
  if (fresh.length > 0) {
    await insertLoaded(transaction, loaded.sourceId, {
      personIds: fresh.map((place) => loaded.personIds[place]!),
      keyNumbers: fresh.map((place) => loaded.keyNumbers[place]!),
      times: fresh.map((place) => loaded.times[place]!),
      documents: sealDocuments(platform, model, loaded, fresh),
    });
  }
  if (others.length === 0) return { rejections: [] };
  const outcome = await applyOperations(
    platform,
    models,
    transaction,
    others.map((place) => ({
      kind: 'attributes',
      action: loaded.action,
      personId: loaded.personIds[place]!,
      keyNumber: loaded.keyNumbers[place]!,
      at: loaded.times[place]!,
      sourceId: loaded.sourceId,
      messageId: '',
      values: JSON.parse(loaded.documents[place]!) as Record<string, Value>,
    })),
  );
  return { rejections: outcome.rejections.map((each) => ({ ...each, index: others[each.index]! })) };
}

/** Places of persons that are new and named once, and of the others that say something. */
async function partFresh(
  transaction: Transaction,
  { action, personIds, keyNumbers, documents }: LoadedPeople,
): Promise<{ fresh: number[]; others: number[] }> {
  const fresh: number[] = [];
  const others: number[] = [];
  const known = action === 'set' ? await lockPeople(transaction, personIds) : new Set(personIds);
  const held = action === 'set' ? await knownHolders(transaction, keyNumbers) : new Set<number>();
  const times = new Map<number, number>();
  for (const personId of personIds) times.set(personId, (times.get(personId) ?? 0) + 1);
  documents.forEach((document, place) => {
    if (document === NOTHING) return;
    const personId = personIds[place]!;
    const isFresh = times.get(personId) === 1 && !known.has(personId) && !held.has(keyNumbers[place]!);
    (isFresh ? fresh : others).push(place);
  });
  return { fresh, others };
}

/** The documents as they may lie on disk. */
function sealDocuments(
  { secrets }: Platform,
  model: Model,
  { documents, names }: LoadedPeople,
  places: readonly number[],
): string[] {
  const sealed = names.flatMap((name) => {
    const field = model.attributes.get(name);
    return field?.pii === 'identifying' ? [{ name, field }] : [];
  });
  if (sealed.length === 0) return places.map((place) => documents[place]!);
  return places.map((place) => {
    const values = JSON.parse(documents[place]!) as Record<string, unknown>;
    for (const { name, field } of sealed) {
      if (Object.hasOwn(values, name)) values[name] = sealValue(values[name] as Value, field, secrets);
    }
    return JSON.stringify(values);
  });
}
