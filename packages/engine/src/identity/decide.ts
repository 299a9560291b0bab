import { CodedError, type Platform, type Transaction } from '../platform/index.ts';
import {
  assertionIdOf,
  deactivate,
  readStatements,
  release,
  writeStatements,
  type Statement,
} from './assertion-store.ts';
import type { AssertionKind } from './assertion.ts';
import { joinMapWriters, lockPersons, readKeys, readMembers, type StoredKey } from './key-store.ts';
import { readItem, writeDecision, type QuarantineReason, type QuarantineState } from './quarantine-store.ts';
import { refoldClosure } from './refold-closure.ts';
import type { RulesHolder } from './rules-store.ts';

export interface DecideNeeds {
  readonly platform: Pick<Platform, 'clock' | 'audit'>;
  readonly rules: RulesHolder;
}

/** Who decides what, and why. */
interface Decision {
  readonly kind: AssertionKind;
  readonly keys: readonly StoredKey[];
  readonly actor: string;
  readonly reason: string;
  readonly retracts?: readonly string[];
}

// What the answer to a quarantined item asserts.
const ACCEPTED: Record<QuarantineReason, AssertionKind> = {
  cardinality: 'merge',
  limit: 'merge',
  window: 'merge',
  linkage: 'merge',
  size: 'merge',
  shared: 'exempt',
};

/**
 * Decides a quarantined item. The decision is an assertion like any other: it stays when the map is
 * folded anew, and can be outweighed by a later one. Returns the present persons of the item's keys.
 */
export async function decideItem(
  needs: DecideNeeds,
  transaction: Transaction,
  request: {
    itemId: string;
    accept: boolean;
    sharedKeyNumber?: number | undefined;
    actor: string;
    reason: string;
  },
): Promise<{ state: QuarantineState; personIds: number[] }> {
  await joinMapWriters(transaction);
  const item = await readItem(transaction, request.itemId);
  if (!item) throw new CodedError('quarantine_item_not_found');
  if (item.state !== 'open')
    throw new CodedError('quarantine_item_decided', { details: { state: item.state } });
  const keys = await readKeys(transaction, item.key_numbers);
  const shared = request.accept ? undefined : request.sharedKeyNumber;
  if (shared !== undefined && !item.key_numbers.includes(shared)) throw new CodedError('key_not_of_item');
  const rejected: AssertionKind = item.reason === 'shared' || shared !== undefined ? 'shared' : 'apart';
  const kind = request.accept ? ACCEPTED[item.reason] : rejected;
  const named = shared === undefined ? item.key_numbers : [shared];
  if (item.reason === 'size' && request.accept) {
    await release(transaction, [String(item.evidence['assertionId'])]);
  }
  const persons =
    item.reason === 'size'
      ? await refold(needs, transaction, item.key_numbers, 'decision', needs.platform.clock.now())
      : await assertAll(
          needs,
          transaction,
          [{ kind, keys: inOrder(keys, named), ...request }],
          item.key_numbers,
          'decision',
        );
  const state = request.accept ? 'accepted' : 'rejected';
  const at = needs.platform.clock.now();
  await writeDecision(transaction, item.item_id, { state, at, by: request.actor, reason: request.reason });
  await needs.platform.audit.record(transaction, {
    actor: request.actor,
    action: 'quarantine.decide',
    object: item.item_id,
    detail: { state, kind, keyNumbers: item.key_numbers, reason: request.reason },
  });
  return { state, personIds: [...new Set(item.key_numbers.map((key) => persons.get(key)!))] };
}

function inOrder(keys: readonly StoredKey[], numbers: readonly number[]): StoredKey[] {
  const byNumber = new Map(keys.map((key) => [key.key_number, key]));
  return numbers.map((number) => byNumber.get(number)!);
}

/**
 * Takes keys out of a person: statements that name keys of both sides are retracted, and the sides are
 * asserted to be apart, so that neither old nor new evidence glues them again.
 */
export async function unmergePerson(
  needs: DecideNeeds,
  transaction: Transaction,
  request: { personId: number; keyNumbers: readonly number[]; actor: string; reason: string },
): Promise<{ personIds: number[]; retractedAssertions: number }> {
  await joinMapWriters(transaction);
  await lockPersons(transaction, [request.personId]);
  const members = await readMembers(transaction, [request.personId]);
  if (members.length === 0) throw new CodedError('person_not_found');
  const leaving = new Set(request.keyNumbers);
  const numbers = new Set(members.map((key) => key.key_number));
  const foreign = [...leaving].filter((key) => !numbers.has(key));
  if (foreign.length > 0) throw new CodedError('key_not_of_person', { details: { keyNumbers: foreign } });
  if (leaving.size === members.length) throw new CodedError('unmerge_takes_all');

  const across = (await readStatements(transaction, numbers)).filter(
    ({ kind, keyNumbers }) =>
      kind !== 'unbind' &&
      kind !== 'apart' &&
      keyNumbers.some((key) => leaving.has(key)) &&
      keyNumbers.some((key) => numbers.has(key) && !leaving.has(key)),
  );
  const retracts = across.map((statement) => statement.assertionId);
  await deactivate(transaction, retracts, 'retracted');
  const left = oldestFirst(members.filter((key) => leaving.has(key.key_number)));
  const stayed = oldestFirst(members.filter((key) => !leaving.has(key.key_number)));
  // Each side stays together, also where its only links led through the other side.
  const decisions: Decision[] = [
    { kind: 'apart', keys: [left[0]!, stayed[0]!], retracts, ...request },
    ...[left, stayed]
      .filter((side) => side.length > 1)
      .map((keys): Decision => ({ kind: 'merge', keys, ...request })),
  ];
  const concerned = new Set([...numbers, ...across.flatMap((statement) => statement.keyNumbers)]);
  const persons = await assertAll(needs, transaction, decisions, [...concerned], 'unmerge');
  await needs.platform.audit.record(transaction, {
    actor: request.actor,
    action: 'person.unmerge',
    object: String(request.personId),
    detail: { keyNumbers: [...leaving], retracted: retracts.length, reason: request.reason },
  });
  return {
    personIds: [...new Set([...leaving].map((key) => persons.get(key)!))],
    retractedAssertions: retracts.length,
  };
}

function oldestFirst(keys: readonly StoredKey[]): StoredKey[] {
  return [...keys].sort((a, b) => a.key_number - b.key_number);
}

/** Appends decisions and folds what they concern. */
async function assertAll(
  needs: DecideNeeds,
  transaction: Transaction,
  decisions: readonly Decision[],
  foldFrom: readonly number[],
  cause: string,
): Promise<Map<number, number>> {
  const at = needs.platform.clock.now();
  const statements = decisions.map(({ kind, keys, actor, reason, retracts }): Statement => ({
    assertionId: assertionIdOf(
      kind,
      keys.map((key) => key.fingerprint),
    ),
    kind,
    keyNumbers: keys.map((key) => key.key_number),
    firstAt: at,
    lastAt: at,
    sourceId: 'console',
    messageId: '',
    actor,
    reason,
    retracts,
  }));
  await writeStatements(transaction, statements, at);
  // The same instant as the statements: a move is explained by what was written in its step.
  return refold(needs, transaction, foldFrom, cause, at);
}

async function refold(
  needs: DecideNeeds,
  transaction: Transaction,
  keyNumbers: readonly number[],
  cause: string,
  at: number,
): Promise<Map<number, number>> {
  const rules = await needs.rules.newest(transaction);
  return refoldClosure(transaction, { keyNumbers, rules, at, cause });
}
