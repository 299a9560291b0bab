import type { Transaction } from '../platform/index.ts';
import { createKeys } from './create-keys.ts';
import type { ReadKey } from './key-cache.ts';
import { findKeysAt, joinMapWriters, type StoredKey } from './key-store.ts';
import type { KeyRules } from './key-rules.ts';
import { prepareLinks, writeLinks, type LinkRequest } from './link-batch.ts';
import { makeStatements } from './make-statements.ts';
import { MapChanged } from './map-changed.ts';
import { prepareBatch, type PreparedBatch, type UnknownKey } from './prepare-batch.ts';
import type { Resolution, ResolveRecord } from './resolution.ts';
import type { ResolveNeeds } from './resolve-needs.ts';

/**
 * Persons of a batch of records. Round trips: one when every key is in memory and nothing is linked,
 * two when keys have to be looked up, and six more when there are new keys and links.
 */
export async function resolveBatch(
  needs: ResolveNeeds,
  transaction: Transaction,
  records: readonly ResolveRecord[],
): Promise<Resolution[]> {
  if (records.length === 0) return [];
  const { rulesVersion, ownMoves } = await needs.cache.refresh(transaction);
  const rules = await needs.rules.at(transaction, rulesVersion);
  const batch = prepareBatch(records, { rules, cache: needs.cache, secrets: needs.platform.secrets });
  await lookUp(needs, transaction, batch.unknown, rulesVersion);
  const linked = await createAndLink(needs, transaction, batch, rules);

  return batch.own.map((own, index) => {
    if (!own) return { personId: 0, keyNumber: 0, rejected: batch.rejections.get(index)! };
    const { keyNumber, personId } = own;
    const blockedKeys = batch.blocked.get(index);
    return {
      personId: linked.get(keyNumber) ?? ownMoves.get(keyNumber) ?? personId,
      keyNumber,
      ...(blockedKeys === undefined ? {} : { blockedKeys }),
    };
  });
}

/** Fills in what the database knows; what is left in `unknown` is new. */
async function lookUp(
  needs: ResolveNeeds,
  transaction: Transaction,
  unknown: Map<string, UnknownKey>,
  rulesVersion: number,
): Promise<void> {
  if (unknown.size === 0) return;
  const { keys, snapshot } = await findKeysAt(transaction, [...unknown.keys()]);
  const read: ReadKey[] = [];
  for (const found of keys) {
    const key = unknown.get(found.fingerprint)!;
    key.keyNumber = found.key_number;
    key.personId = found.person_id;
    unknown.delete(found.fingerprint);
    // What this transaction wrote itself may yet be rolled back: it is remembered when next seen.
    const { rule, rawValue, keyNumber, personId, fingerprint } = key;
    if (!found.own) read.push({ type: rule.type, rawValue, keyNumber, personId, fingerprint });
  }
  needs.cache.keep(read, { snapshot, rulesVersion });
}

/** Makes the keys that are new and the links that were stated; the persons of the keys linked. */
async function createAndLink(
  needs: ResolveNeeds,
  transaction: Transaction,
  batch: PreparedBatch,
  rules: KeyRules,
): Promise<ReadonlyMap<number, number>> {
  const { unknown } = batch;
  if (unknown.size > 0) await numberKeys(transaction, rules, [...unknown.values()]);
  let request = linkRequest(needs, batch, rules);
  if (request.statements.length > 0 && unknown.size === 0) await enterAsWriter(transaction, rules, 0);
  const [prepared, encrypted] = await Promise.all([
    prepareLinks(needs, transaction, request),
    encryptMeanwhile(needs, unknown),
  ]);
  let links = prepared;
  if (unknown.size > 0) {
    const created = await createKeys(transaction, unknown, links, encrypted);
    if (unknown.size > 0) {
      // Another process made some of them at the same moment: they have other numbers and persons.
      await lookUp(needs, transaction, unknown, rules.version);
      if (unknown.size > 0) throw new MapChanged('keys appeared and vanished');
      request = linkRequest(needs, batch, rules, created);
      links = await prepareLinks(needs, transaction, request);
    }
  }
  return writeLinks(needs, transaction, request, links);
}

/** Values of new keys by fingerprint, encrypted while PostgreSQL works on what was asked just before. */
async function encryptMeanwhile(
  needs: ResolveNeeds,
  unknown: ReadonlyMap<string, UnknownKey>,
): Promise<Map<string, string>> {
  const { secrets } = needs.platform;
  // Until the question is on its way.
  await new Promise(setImmediate);
  return new Map(
    [...unknown].map(([fingerprint, { normalised }]) => [fingerprint, secrets.encrypt(normalised)]),
  );
}

/** Gives new keys their numbers, each a person of its own. */
async function numberKeys(
  transaction: Transaction,
  rules: KeyRules,
  keys: readonly UnknownKey[],
): Promise<void> {
  const numbers = await enterAsWriter(transaction, rules, keys.length);
  keys.forEach((key, index) => {
    key.keyNumber = key.personId = numbers[index]!;
  });
}

/** From here on no rule can change until the end of the transaction. Numbers for new keys, ascending. */
async function enterAsWriter(transaction: Transaction, rules: KeyRules, newKeys: number): Promise<number[]> {
  const { rulesVersion, numbers } = await joinMapWriters(transaction, newKeys);
  if (rulesVersion !== rules.version) throw new MapChanged('rules were saved');
  return numbers;
}

/** `created`: keys of the batch that are inserted already. */
function linkRequest(
  needs: ResolveNeeds,
  { linking, unknown }: PreparedBatch,
  rules: KeyRules,
  created: ReadonlySet<number> = new Set(),
): LinkRequest {
  const fresh = new Map<number, StoredKey>();
  for (const key of unknown.values()) fresh.set(key.keyNumber, storedForm(key));
  const persons = new Map<number, number>();
  for (const { keys } of linking) for (const key of keys) persons.set(key.keyNumber, key.personId);
  const statements = makeStatements(linking, needs.cache);
  return { statements, rules, persons, fresh, created: fresh.size > 0 ? new Set(fresh.keys()) : created };
}

const storedForm = (key: UnknownKey): StoredKey => ({
  key_number: key.keyNumber,
  person_id: key.personId,
  type: key.rule.type,
  fingerprint: key.fingerprint,
  bound_at: null,
  shared: false,
  blocked: false,
  ordered: false,
});
