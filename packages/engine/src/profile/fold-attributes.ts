import type { Field } from '@wutong/contract';
import type { AttributeAction, Value } from './operation.ts';

/** A value as kept: personal ones of class `identifying` are sealed. */
export type Stored = Value | Sealed;

/** An encrypted value and its keyed fingerprint (equal values, equal prints). */
export interface Sealed {
  readonly box: string;
  readonly print: string;
}

export const isSealed = (value: Stored): value is Sealed =>
  typeof value === 'object' && !Array.isArray(value);

/**
 * All that one source said about one attribute through one key, compacted so that applying the same
 * operations in any order leaves the same register. Times are epoch ms.
 */
export interface Register {
  /** Newest `set`: value and time. */
  set?: [Stored, number];
  /** Time of the newest `unset`. */
  unset?: number;
  /** Earliest `set_once` values after the newest `unset`, oldest first. */
  once?: [Stored, number][];
  /** Increments not before the newest `set` or `unset`: sum, time of the first, time of the last. */
  sum?: [number, number, number];
  /** Appended elements and the time of their first mention not before the newest `set` or `unset`. */
  added?: Record<string, number>;
}

/** source id → attribute → register. */
export type Cells = Record<string, Record<string, Register>>;

/** One increment of the log. */
export interface Increment {
  readonly keyNumber: number;
  readonly attribute: string;
  readonly sourceId: string;
  readonly at: number;
  readonly delta: number;
}

/**
 * How many `set_once` values a register remembers: more than one, because an `unset` that arrives late may
 * fall between two of them.
 */
const MAXIMUM_ONCE = 8;
/** Elements of an appended list; beyond it the oldest are forgotten. */
const MAXIMUM_ADDED = 500;

/** Order of values at the same instant, so that the outcome does not depend on arrival. */
const rankOfValue = (value: Stored): string =>
  JSON.stringify(isSealed(value) ? value.print : Array.isArray(value) ? value : [typeof value, value]);

/** Whether `a` is the same value as `b`, sealed or not. */
export const sameValue = (a: Stored, b: Stored): boolean => rankOfValue(a) === rankOfValue(b);

/** Takes one operation into a register; true when that changed it. Increments go through `takeIncrement`. */
export function takeOperation(
  register: Register,
  action: Exclude<AttributeAction, 'increment'>,
  value: Stored,
  at: number,
): boolean {
  switch (action) {
    case 'set':
      return takeSet(register, value, at);
    case 'unset':
      return takeUnset(register, at);
    case 'set_once':
      return takeOnce(register, value, at);
    case 'append':
      return takeAppend(register, value as string[], at);
  }
}

function takeSet(register: Register, value: Stored, at: number): boolean {
  if (register.unset !== undefined && register.unset > at) return false;
  const [oldValue, oldAt] = register.set ?? [undefined, -Infinity];
  if (oldAt > at) return false;
  if (oldAt === at && oldValue !== undefined && rankOfValue(oldValue) >= rankOfValue(value)) return false;
  register.set = [value, at];
  forgetBefore(register, at);
  return true;
}

function takeUnset(register: Register, at: number): boolean {
  if (register.unset !== undefined && register.unset >= at) return false;
  register.unset = at;
  if (register.set && register.set[1] < at) delete register.set;
  if (register.once) {
    register.once = register.once.filter(([, onceAt]) => onceAt >= at);
    if (register.once.length === 0) delete register.once;
  }
  forgetBefore(register, at);
  return true;
}

function takeOnce(register: Register, value: Stored, at: number): boolean {
  if (register.unset !== undefined && register.unset > at) return false;
  const once = register.once ?? [];
  if (once.some(([other, otherAt]) => otherAt === at && sameValue(other, value))) return false;
  const kept = [...once, [value, at] as [Stored, number]]
    .sort(([a, aAt], [b, bAt]) => aAt - bAt || (rankOfValue(a) < rankOfValue(b) ? -1 : 1))
    .slice(0, MAXIMUM_ONCE);
  const changed = kept.length !== once.length || kept.some((entry, index) => entry !== once[index]);
  register.once = kept;
  return changed;
}

function takeAppend(register: Register, elements: readonly string[], at: number): boolean {
  if (at < floorOf(register)) return false;
  const added = register.added ?? {};
  let changed = false;
  for (const element of elements) {
    const known = Object.hasOwn(added, element) ? added[element]! : Infinity;
    if (known <= at) continue;
    added[element] = at;
    changed = true;
  }
  if (!changed) return false;
  const entries = Object.entries(added);
  register.added =
    entries.length <= MAXIMUM_ADDED
      ? added
      : Object.fromEntries(
          entries.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MAXIMUM_ADDED),
        );
  return true;
}

/** Takes an increment that the log saw for the first time; false when a later `set` or `unset` made it void. */
export function takeIncrement(register: Register, delta: number, at: number): boolean {
  if (at < floorOf(register)) return false;
  const [sum, first, last] = register.sum ?? [0, Infinity, -Infinity];
  register.sum = [sum + delta, Math.min(first, at), Math.max(last, at)];
  return true;
}

const floorOf = (register: Register): number =>
  Math.max(register.set?.[1] ?? -Infinity, register.unset ?? -Infinity);

/** What a `set` or `unset` makes void. A sum of increments on both sides of it is told apart by the log. */
function forgetBefore(register: Register, at: number): void {
  if (register.sum && register.sum[2] < at) delete register.sum;
  if (!register.added) return;
  const kept = Object.entries(register.added).filter(([, addedAt]) => addedAt >= at);
  if (kept.length > 0) register.added = Object.fromEntries(kept);
  else delete register.added;
}

/** A register with whose it is. */
export interface Claim {
  readonly sourceId: string;
  readonly keyNumber: number;
  readonly register: Register;
}

/** The folded attribute, and which claim last wrote it. */
export interface Folded {
  readonly value: Stored;
  readonly sourceId: string;
  readonly keyNumber: number;
  readonly at: number;
}

interface Base {
  readonly value: Stored;
  readonly at: number;
  readonly claim: Claim;
  /** A `set` resets sums and lists; a `set_once` is where they start from. */
  readonly resets: boolean;
}

type Trust = Pick<Field, 'precedence'>;

/**
 * Value of an attribute from everything said about it, in whatever order it was said:
 * the newest `set` of the most trusted source; without one, the earliest `set_once`; then the increments
 * and appended elements not older than that. An `unset` removes what was said before it by sources that are
 * trusted as much or less.
 */
export function foldAttribute(
  claims: readonly Claim[],
  trust: Trust,
  log: readonly Increment[] = [],
): Folded | undefined {
  const base = baseOf(claims, trust);
  const floor = floorOfPerson(claims, base);
  const counted = claims.filter(({ register }) => register.sum && register.sum[2] >= floor);
  if (counted.length > 0) return foldSum(counted, base, floor, log);
  const appended = foldAdded(claims, base, floor);
  if (appended) return appended;
  return (
    base && { value: base.value, sourceId: base.claim.sourceId, keyNumber: base.claim.keyNumber, at: base.at }
  );
}

/** Whether a fold needs the log: some increments of a claim count and some do not. */
export function needsLog(claims: readonly Claim[], trust: Trust): boolean {
  if (!claims.some(({ register }) => register.sum)) return false;
  const floor = floorOfPerson(claims, baseOf(claims, trust));
  return claims.some(({ register }) => {
    const own = Math.max(floor, floorOf(register));
    return register.sum && register.sum[1] < own && register.sum[2] >= own;
  });
}

function baseOf(claims: readonly Claim[], trust: Trust): Base | undefined {
  // One claim, one `set`: nearly every attribute of nearly everybody.
  const only = claims.length === 1 ? claims[0]! : undefined;
  if (only?.register.set) {
    return { value: only.register.set[0], at: only.register.set[1], claim: only, resets: true };
  }
  const rankOf = (claim: Claim): number => {
    const place = trust.precedence?.indexOf(claim.sourceId) ?? -1;
    return place < 0 ? (trust.precedence?.length ?? 0) : place;
  };
  const removed = (claim: Claim, at: number): boolean =>
    claims.some((other) => (other.register.unset ?? -Infinity) > at && rankOf(other) <= rankOf(claim));
  const candidates = (resets: boolean): Base[] =>
    claims.flatMap((claim) =>
      (resets ? (claim.register.set ? [claim.register.set] : []) : (claim.register.once ?? []))
        .filter(([, at]) => !removed(claim, at))
        .map(([value, at]) => ({ value, at, claim, resets })),
    );
  const byTrust = (a: Base, b: Base): number => rankOf(a.claim) - rankOf(b.claim);
  const byValue = (a: Base, b: Base): number => (rankOfValue(a.value) < rankOfValue(b.value) ? 1 : -1);
  return (
    candidates(true).sort((a, b) => byTrust(a, b) || b.at - a.at || byValue(a, b))[0] ??
    candidates(false).sort((a, b) => byTrust(a, b) || a.at - b.at || byValue(b, a))[0]
  );
}

function floorOfPerson(claims: readonly Claim[], base: Base | undefined): number {
  return claims.reduce(
    (floor, { register }) => Math.max(floor, register.unset ?? -Infinity),
    base?.resets ? base.at : -Infinity,
  );
}

function foldSum(
  counted: readonly Claim[],
  base: Base | undefined,
  floor: number,
  log: readonly Increment[],
): Folded {
  let total = typeof base?.value === 'number' ? base.value : 0;
  let newest: { claim: Claim; at: number } | undefined = base;
  for (const claim of counted) {
    const [sum, first, last] = claim.register.sum!;
    const own = Math.max(floor, floorOf(claim.register));
    total += first >= own ? sum : sumOfLog(log, claim, own);
    if (!newest || last > newest.at) newest = { claim, at: last };
  }
  return {
    value: total,
    sourceId: newest!.claim.sourceId,
    keyNumber: newest!.claim.keyNumber,
    at: newest!.at,
  };
}

function sumOfLog(log: readonly Increment[], claim: Claim, floor: number): number {
  return log
    .filter(
      (each) => each.keyNumber === claim.keyNumber && each.sourceId === claim.sourceId && each.at >= floor,
    )
    .reduce((part, each) => part + each.delta, 0);
}

function foldAdded(claims: readonly Claim[], base: Base | undefined, floor: number): Folded | undefined {
  const times = new Map<string, { at: number; claim: Claim }>();
  for (const claim of claims) {
    for (const [element, at] of Object.entries(claim.register.added ?? {})) {
      const known = times.get(element);
      if (at >= floor && (!known || at < known.at)) times.set(element, { at, claim });
    }
  }
  if (times.size === 0) return undefined;
  const ordered = [...times].sort(([a, { at: aAt }], [b, { at: bAt }]) => aAt - bAt || (a < b ? -1 : 1));
  const start = Array.isArray(base?.value) ? base.value : [];
  const last = ordered.at(-1)![1];
  return {
    value: [...new Set([...start, ...ordered.map(([element]) => element)])],
    sourceId: last.claim.sourceId,
    keyNumber: last.claim.keyNumber,
    at: last.at,
  };
}
