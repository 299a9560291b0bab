import type { Transaction } from '../platform/index.ts';
import type { Resolution, ResolveRecord } from './resolution.ts';
import { findKeys, insertKeys, joinMapWriters } from './key-store.ts';
import type { KeyRules } from './key-rules.ts';
import { linkBatch } from './link-batch.ts';
import { MapChanged } from './map-changed.ts';
import type { ResolveNeeds } from './resolve-needs.ts';
import { makeStatements } from './make-statements.ts';
import { prepareBatch, type BatchKey, type BatchRecord } from './prepare-batch.ts';

/**
 * Persons of a batch of records. Round trips: one when every key is in memory and nothing is linked,
 * two when keys have to be looked up, and five more when there are new keys or links.
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
  await lookUp(needs, transaction, batch.unknown);

  const created = new Set<number>();
  let statements: ReturnType<typeof makeStatements> | undefined;
  if (batch.unknown.size > 0) {
    await enterAsWriter(transaction, rules);
    await create(needs, transaction, batch.unknown, created);
  }
  if (records.some((record) => record.link !== 'none')) {
    statements = makeStatements(batch.records, needs.cache);
  }
  let present = ownMoves;
  if (statements && statements.length > 0) {
    if (created.size === 0) await enterAsWriter(transaction, rules);
    const moved = await linkBatch(needs, transaction, {
      statements,
      rules,
      created,
      persons: personsIn(batch.records),
    });
    present = new Map([...ownMoves, ...moved]);
  }

  return batch.records.map((each, index) => {
    if (!each) return { personId: 0, keyNumber: 0, rejected: batch.rejections.get(index)! };
    const own = each.keys[0]!;
    return { personId: present.get(own.keyNumber) ?? own.personId, keyNumber: own.keyNumber };
  });
}

/** Persons of all keys of the batch's linking records, by key number. */
function personsIn(records: readonly (BatchRecord | undefined)[]): Map<number, number> {
  const persons = new Map<number, number>();
  for (const each of records) {
    if (!each || each.record.link === 'none') continue;
    for (const key of each.keys) persons.set(key.keyNumber, key.personId);
  }
  return persons;
}

/** From here on no rule can change until the end of the transaction. */
async function enterAsWriter(transaction: Transaction, rules: KeyRules): Promise<void> {
  const version = await joinMapWriters(transaction);
  if (version !== rules.version) throw new MapChanged('rules were saved');
}

/** Fills in what the database knows; what is left in `unknown` is new. */
async function lookUp(
  needs: ResolveNeeds,
  transaction: Transaction,
  unknown: Map<string, BatchKey>,
): Promise<void> {
  if (unknown.size === 0) return;
  for (const found of await findKeys(transaction, [...unknown.keys()])) {
    const key = unknown.get(found.fingerprint)!;
    key.keyNumber = found.key_number;
    key.personId = found.person_id;
    unknown.delete(found.fingerprint);
    // What this transaction wrote itself may yet be rolled back: it is remembered when next seen.
    if (found.own) continue;
    const { keyNumber, personId, fingerprint } = key;
    needs.cache.keep(key.rule.type, key.rawValue, { keyNumber, personId, fingerprint });
  }
}

/** Makes the new keys; those that another process made at the same moment are looked up again. */
async function create(
  needs: ResolveNeeds,
  transaction: Transaction,
  unknown: Map<string, BatchKey>,
  created: Set<number>,
): Promise<void> {
  const inserted = await insertKeys(
    transaction,
    [...unknown.values()].map((key) => ({
      type: key.rule.type,
      fingerprint: key.fingerprint,
      valueEncrypted: needs.platform.secrets.encrypt(key.normalised),
      firstSeenAt: key.firstSeenAt,
    })),
  );
  for (const row of inserted) {
    const key = unknown.get(row.fingerprint)!;
    key.keyNumber = key.personId = row.key_number;
    created.add(row.key_number);
    unknown.delete(row.fingerprint);
  }
  await lookUp(needs, transaction, unknown);
  if (unknown.size > 0) throw new MapChanged('keys appeared and vanished');
}
