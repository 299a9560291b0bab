import { fieldNameSchema, type Field } from '@wutong/contract';
import type { Secrets, Transaction } from '../platform/index.ts';
import { coerceValue, limitPassed } from './coerce-value.ts';
import type { Model } from './catalogue.ts';
import {
  asksForUnset,
  foldAttribute,
  needsLog,
  takeIncrement,
  takeOperation,
  unsetOf,
  type Claim,
  type Folded,
  type Increment,
  type Register,
  type Stored,
} from './fold-attributes.ts';
import type { AttributesOperation, Rejection } from './operation.ts';
import {
  loadHolders,
  lockPeople,
  logIncrements,
  readIncrements,
  writePeople,
  type FoldedPerson,
  type Holder,
  type LoggedIncrement,
} from './person-store.ts';
import { isSecret } from './refuse-secrets.ts';
import { sealValue } from './seal-value.ts';

/** An operation with its place in the caller's batch. */
export interface Placed<Operation> {
  readonly index: number;
  readonly operation: Operation;
}

interface Change {
  readonly operation: AttributesOperation;
  readonly attribute: string;
  readonly value: Stored;
}

export interface AttributesNeeds {
  readonly secrets: Secrets;
  readonly timeZone: string;
  readonly now: number;
}

/**
 * Applies attribute operations: locks the persons, reads what their keys hold, takes each value into its register,
 * folds the persons that changed, writes. Returns the positions of operations of which something was taken.
 */
export async function applyAttributes(
  transaction: Transaction,
  model: Model,
  operations: readonly Placed<AttributesOperation>[],
  needs: AttributesNeeds,
  reject: (rejection: Rejection) => void,
): Promise<Set<number>> {
  const taken = new Set<number>();
  const changes: Change[] = [];
  for (const placed of operations) {
    const before = changes.length;
    checkValues(model, placed, needs, changes, reject);
    if (changes.length > before) taken.add(placed.index);
  }
  if (changes.length === 0) return taken;

  const personIds = [...new Set(changes.map((change) => change.operation.personId))];
  const keyNumbers = [...new Set(changes.map((change) => change.operation.keyNumber))];
  const known = await lockPeople(transaction, personIds);
  const holders = new Map<number, Holder>();
  for (const holder of await loadHolders(transaction, personIds, keyNumbers))
    holders.set(holder.keyNumber, holder);
  const knownKeys = [...holders.keys()];

  const changedKeys = takeChanges(model, changes, holders);
  await takeIncrements(transaction, changes, holders, changedKeys, needs.now);
  if (changedKeys.size === 0) return taken;

  const changedHolders = [...changedKeys].map((keyNumber) => holders.get(keyNumber)!);
  const changedPeople = new Set(changedHolders.map((holder) => holder.personId));
  const people = await foldPeople(transaction, model, [...holders.values()], changedPeople);
  await writePeople(transaction, changedHolders, people, { keyNumbers: knownKeys, personIds: [...known] });
  return taken;
}

/** Values that fit their declaration become changes; the others are rejected one by one. */
function checkValues(
  model: Model,
  { index, operation }: Placed<AttributesOperation>,
  needs: AttributesNeeds,
  changes: Change[],
  reject: (rejection: Rejection) => void,
): void {
  for (const [attribute, raw] of Object.entries(operation.values)) {
    const refuse = (code: Rejection['code'], detail: string): void =>
      reject({ index, code, field: attribute.slice(0, 100), detail });
    const field = model.attributes.get(attribute);
    if (operation.action === 'unset' || raw === null) {
      const unset: AttributesOperation = { ...operation, action: 'unset' };
      if (field) changes.push({ operation: unset, attribute, value: '' });
      continue;
    }
    if (raw === undefined) continue;
    if (isSecret(attribute, raw)) refuse('value_forbidden', 'secrets are not stored');
    else if (!field) refuse(...whyNotDeclared(attribute));
    else {
      const value = coerceValue(raw, field.valueType, needs.timeZone);
      const fits = value !== undefined && actionFits(operation, field);
      if (fits) changes.push({ operation, attribute, value: sealValue(value, field, needs.secrets) });
      else {
        const limit = value === undefined ? limitPassed(raw, field.valueType) : undefined;
        refuse('value_type_conflict', limit ?? `${operation.action} does not fit ${field.valueType}`);
      }
    }
  }
}

function actionFits(operation: AttributesOperation, field: Field): boolean {
  if (operation.action === 'increment') return field.valueType === 'number';
  return operation.action !== 'append' || field.valueType === 'string[]';
}

/** A name that could not declare itself. */
function whyNotDeclared(attribute: string): [Rejection['code'], string] {
  if (!fieldNameSchema.safeParse(attribute).success) return ['reserved_name', 'not a name for an attribute'];
  return ['value_type_conflict', 'no attribute can hold such a value, or there are too many attributes'];
}

function registerOf(holders: Map<number, Holder>, change: Change): Register {
  const { keyNumber, personId, sourceId } = change.operation;
  let holder = holders.get(keyNumber);
  if (!holder) holders.set(keyNumber, (holder = { keyNumber, personId, cells: {} }));
  const source = ownEntry(holder.cells, sourceId);
  return ownEntry(source, change.attribute);
}

/** The entry of a name chosen by others: never one that objects inherit, such as `constructor`. */
function ownEntry<Entry extends object>(entries: Record<string, Entry>, name: string): Entry {
  if (!Object.hasOwn(entries, name)) entries[name] = {} as Entry;
  return entries[name]!;
}

/** Takes everything but increments; returns the keys whose cells changed. */
function takeChanges(model: Model, changes: readonly Change[], holders: Map<number, Holder>): Set<number> {
  const changed = new Set<number>();
  const byPerson = new Map<number, Holder[]>();
  const remember = (holder: Holder): void => {
    const others = byPerson.get(holder.personId);
    if (others) others.push(holder);
    else byPerson.set(holder.personId, [holder]);
  };
  for (const holder of holders.values()) remember(holder);
  const unsetBeside = ({ operation, attribute }: Change): number => {
    const { personId, sourceId } = operation;
    const claims = new Map<string, Claim[]>();
    for (const holder of byPerson.get(personId) ?? [])
      if (holder.personId === personId) collectClaims(holder, claims);
    return unsetOf({ sourceId }, claims.get(attribute) ?? [], model.attributes.get(attribute) ?? {});
  };
  for (const change of changes) {
    const { action, at, keyNumber, personId } = change.operation;
    if (action === 'increment') continue;
    const isNew = !holders.has(keyNumber);
    const register = registerOf(holders, change);
    const holder = holders.get(keyNumber)!;
    // Identity has moved the key since: the person of the operation is the newer knowledge.
    const moved = holder.personId !== personId;
    holder.personId = personId;
    if (isNew || moved) remember(holder);
    const unset = action === 'set_once' && asksForUnset(register) ? unsetBeside(change) : undefined;
    if (takeOperation(register, action, change.value, at, unset) || isNew || moved) changed.add(keyNumber);
  }
  return changed;
}

async function takeIncrements(
  transaction: Transaction,
  changes: readonly Change[],
  holders: Map<number, Holder>,
  changed: Set<number>,
  now: number,
): Promise<void> {
  const increments = changes.filter((change) => change.operation.action === 'increment');
  if (increments.length === 0) return;
  const logged = await logIncrements(
    transaction,
    increments.map((change): LoggedIncrement => {
      const { keyNumber, sourceId, messageId, at } = change.operation;
      return {
        keyNumber,
        attribute: change.attribute,
        sourceId,
        messageId,
        at,
        delta: change.value as number,
      };
    }),
    now,
  );
  const idOf = (keyNumber: number, attribute: string, sourceId: string, messageId: string): string =>
    JSON.stringify([keyNumber, attribute, sourceId, messageId]);
  const fresh = new Set(
    logged.map((each) => idOf(each.keyNumber, each.attribute, each.sourceId, each.messageId)),
  );
  for (const change of increments) {
    const { keyNumber, sourceId, messageId, at, personId } = change.operation;
    if (!fresh.delete(idOf(keyNumber, change.attribute, sourceId, messageId))) continue;
    const register = registerOf(holders, change);
    holders.get(keyNumber)!.personId = personId;
    if (takeIncrement(register, change.value as number, at)) changed.add(keyNumber);
  }
}

/** Folds persons from their holders; reads the log of increments only for those that need it. */
export async function foldPeople(
  transaction: Transaction,
  model: Model,
  holders: readonly Holder[],
  personIds: ReadonlySet<number>,
): Promise<FoldedPerson[]> {
  const claimsOf = new Map<number, Map<string, Claim[]>>();
  for (const personId of personIds) claimsOf.set(personId, new Map());
  const keysWithLog = new Set<number>();
  for (const holder of holders) {
    const claims = claimsOf.get(holder.personId);
    if (claims) collectClaims(holder, claims);
  }
  for (const claims of claimsOf.values()) {
    for (const [attribute, each] of claims) {
      if (needsLog(each, model.attributes.get(attribute) ?? {}))
        for (const claim of each) keysWithLog.add(claim.keyNumber);
    }
  }
  const log = keysWithLog.size > 0 ? await readIncrements(transaction, [...keysWithLog]) : [];
  return [...claimsOf].map(([personId, claims]) => ({
    personId,
    attributes: foldClaims(model, claims, log),
  }));
}

/** Adds what a holder says to the claims by attribute. */
export function collectClaims(holder: Holder, claims: Map<string, Claim[]>): void {
  for (const [sourceId, attributes] of Object.entries(holder.cells)) {
    for (const [attribute, register] of Object.entries(attributes)) {
      const claim: Claim = { sourceId, keyNumber: holder.keyNumber, register };
      const others = claims.get(attribute);
      if (others) others.push(claim);
      else claims.set(attribute, [claim]);
    }
  }
}

function foldClaims(
  model: Model,
  claims: Map<string, Claim[]>,
  log: readonly Increment[],
): Record<string, Stored> {
  const attributes: Record<string, Stored> = {};
  for (const [attribute, each] of claims) {
    const folded = foldOne(model, attribute, each, log);
    if (folded) attributes[attribute] = folded.value;
  }
  return attributes;
}

/** One attribute with its lineage. */
export function foldOne(
  model: Model,
  attribute: string,
  claims: readonly Claim[],
  log: readonly Increment[],
): Folded | undefined {
  const own = log.filter((each) => each.attribute === attribute);
  return foldAttribute(claims, model.attributes.get(attribute) ?? {}, own);
}
