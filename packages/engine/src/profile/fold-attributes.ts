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
  /** Earliest `set_once` values after the newest `unset`, of this and of other registers, oldest first. */
  once?: [Stored, number][];
  /** Increments not before the newest `set` or `unset`: sum, time of the first, time of the last. */
  sum?: [number, number, number];
  /** Appended elements and when they were mentioned, not before the newest `set` or `unset`. */
  added?: Record<string, Mentions>;
}

/** One time, or several in ascending order. */
type Mentions = number | number[];

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
 * fall between two of them. As many again that are not older than what others unset so far: of those before, an
 * un-merge may bring one back.
 */
const MAXIMUM_ONCE = 8;
/** Elements of an appended list; beyond it those mentioned longest ago are forgotten. */
const MAXIMUM_ADDED = 500;
/**
 * How many mentions of an element a register remembers, the newest: a `set` of another source or one that arrives
 * late may fall between two of them, and the element then stands where it was mentioned first after that.
 */
const MAXIMUM_MENTIONS = 8;

/** Order of values at the same instant, so that the outcome does not depend on arrival. */
const rankOfValue = (value: Stored): string =>
  JSON.stringify(isSealed(value) ? value.print : Array.isArray(value) ? value : [typeof value, value]);

/** Whether `a` is the same value as `b`, sealed or not. */
export const sameValue = (a: Stored, b: Stored): boolean => rankOfValue(a) === rankOfValue(b);

/** Whether a register remembers so many `set_once` values that it must know what others unset to take another one. */
export const asksForUnset = ({ once }: Register): boolean => (once?.length ?? 0) >= MAXIMUM_ONCE;

/**
 * Takes one operation into a register; true when that changed it. Increments go through `takeIncrement`.
 * `unsetByOthers`: as `unsetOf` says; of a register that `asksForUnset`.
 */
export function takeOperation(
  register: Register,
  action: Exclude<AttributeAction, 'increment'>,
  value: Stored,
  at: number,
  unsetByOthers?: number,
): boolean {
  switch (action) {
    case 'set':
      return takeSet(register, value, at);
    case 'unset':
      return takeUnset(register, at);
    case 'set_once':
      return takeOnce(register, value, at, unsetByOthers);
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

function takeOnce(register: Register, value: Stored, at: number, unsetByOthers = -Infinity): boolean {
  if (register.unset !== undefined && register.unset > at) return false;
  const once = register.once ?? [];
  if (once.some(([other, otherAt]) => otherAt === at && sameValue(other, value))) return false;
  const all = [...once, [value, at] as [Stored, number]].sort(
    ([a, aAt], [b, bAt]) => aAt - bAt || (rankOfValue(a) < rankOfValue(b) ? -1 : 1),
  );
  const living = all.findIndex(([, onceAt]) => onceAt >= unsetByOthers);
  const kept = all.filter(
    (_entry, place) =>
      place < MAXIMUM_ONCE || (living >= 0 && place >= living && place < living + MAXIMUM_ONCE),
  );
  const changed = kept.length !== once.length || kept.some((entry, index) => entry !== once[index]);
  register.once = kept;
  return changed;
}

function takeAppend(register: Register, elements: readonly string[], at: number): boolean {
  if (at < floorOf(register)) return false;
  const added = register.added ?? {};
  let changed = false;
  for (const element of elements) {
    const known = Object.hasOwn(added, element) ? timesOf(added[element]!) : [];
    if (known.includes(at)) continue;
    const times = [...known, at].sort((a, b) => a - b).slice(-MAXIMUM_MENTIONS);
    if (times.length === known.length && times[0] === known[0]) continue;
    added[element] = times.length === 1 ? at : times;
    changed = true;
  }
  if (!changed) return false;
  const entries = Object.entries(added);
  register.added =
    entries.length <= MAXIMUM_ADDED
      ? added
      : Object.fromEntries(
          entries
            .sort(([a, aTimes], [b, bTimes]) => lastOf(bTimes) - lastOf(aTimes) || (a < b ? -1 : 1))
            .slice(0, MAXIMUM_ADDED),
        );
  return true;
}

const timesOf = (mentions: Mentions): number[] => (typeof mentions === 'number' ? [mentions] : mentions);
const lastOf = (mentions: Mentions): number => timesOf(mentions).at(-1)!;

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
  const kept = Object.entries(register.added).flatMap(([element, mentions]): [string, Mentions][] => {
    const times = timesOf(mentions).filter((time) => time >= at);
    return times.length > 0 ? [[element, times.length === 1 ? times[0]! : times]] : [];
  });
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
  const summed = claims.filter(({ register }) => register.sum);
  const counted = countedOf(summed, claims, base, trust);
  if (counted.length > 0) return foldSum(counted, base, log);
  const appended = claims.filter(({ register }) => register.added);
  const folded = appended.length > 0 && foldAdded(countedOf(appended, claims, base, trust), base);
  if (folded) return folded;
  return base && { value: base.value, ...writtenBy(base) };
}

/** Whether a fold needs the log: some increments of a claim count and some do not. */
export function needsLog(claims: readonly Claim[], trust: Trust): boolean {
  const summed = claims.filter(({ register }) => register.sum);
  if (summed.length === 0) return false;
  return countedOf(summed, claims, baseOf(claims, trust), trust).some(
    ({ claim, floor }) => claim.register.sum![1] < floor,
  );
}

const rankOf = (claim: Pick<Claim, 'sourceId'>, trust: Trust): number => {
  const place = trust.precedence?.indexOf(claim.sourceId) ?? -1;
  return place < 0 ? (trust.precedence?.length ?? 0) : place;
};

function baseOf(claims: readonly Claim[], trust: Trust): Base | undefined {
  // One claim, one `set`: nearly every attribute of nearly everybody.
  const only = claims.length === 1 ? claims[0]! : undefined;
  if (only?.register.set) {
    return { value: only.register.set[0], at: only.register.set[1], claim: only, resets: true };
  }
  const candidates = (resets: boolean): Base[] =>
    claims.flatMap((claim) =>
      (resets ? (claim.register.set ? [claim.register.set] : []) : (claim.register.once ?? []))
        .filter(([, at]) => at >= unsetOf(claim, claims, trust))
        .map(([value, at]) => ({ value, at, claim, resets })),
    );
  const byTrust = (a: Base, b: Base): number => rankOf(a.claim, trust) - rankOf(b.claim, trust);
  const byValue = (a: Base, b: Base): number => (rankOfValue(a.value) < rankOfValue(b.value) ? 1 : -1);
  return (
    candidates(true).sort((a, b) => byTrust(a, b) || b.at - a.at || byValue(a, b))[0] ??
    candidates(false).sort((a, b) => byTrust(a, b) || a.at - b.at || byValue(b, a))[0]
  );
}

/** Newest `unset` by a source that is trusted at least as much as that of the claim. */
export function unsetOf(claim: Pick<Claim, 'sourceId'>, claims: readonly Claim[], trust: Trust): number {
  const rank = rankOf(claim, trust);
  return claims.reduce(
    (newest, other) =>
      rankOf(other, trust) <= rank ? Math.max(newest, other.register.unset ?? -Infinity) : newest,
    -Infinity,
  );
}

/** A claim of which increments or appended elements count: those not before the floor. */
interface Counted {
  readonly claim: Claim;
  readonly floor: number;
}

/** Which of some claims still count, and from when on. */
function countedOf(
  some: readonly Claim[],
  claims: readonly Claim[],
  base: Base | undefined,
  trust: Trust,
): Counted[] {
  const reset = base?.resets ? base.at : -Infinity;
  return some
    .map((claim) => ({
      claim,
      floor: Math.max(reset, floorOf(claim.register), unsetOf(claim, claims, trust)),
    }))
    .filter(({ claim, floor }) => !claim.register.sum || claim.register.sum[2] >= floor);
}

function foldSum(counted: readonly Counted[], base: Base | undefined, log: readonly Increment[]): Folded {
  let total = typeof base?.value === 'number' ? base.value : 0;
  let newest: { claim: Claim; at: number } | undefined = base;
  for (const { claim, floor } of counted) {
    const [sum, first, last] = claim.register.sum!;
    total += first >= floor ? sum : sumOfLog(log, claim, floor);
    if (!newest || last > newest.at) newest = { claim, at: last };
  }
  return { value: total, ...writtenBy(newest!) };
}

const writtenBy = ({ claim, at }: { claim: Claim; at: number }): Omit<Folded, 'value'> => ({
  sourceId: claim.sourceId,
  keyNumber: claim.keyNumber,
  at,
});

function sumOfLog(log: readonly Increment[], claim: Claim, floor: number): number {
  return log
    .filter(
      (each) => each.keyNumber === claim.keyNumber && each.sourceId === claim.sourceId && each.at >= floor,
    )
    .reduce((part, each) => part + each.delta, 0);
}

/** The list of the base, then the elements appended since, in the order of their first mention. */
function foldAdded(counted: readonly Counted[], base: Base | undefined): Folded | undefined {
  const firstMentions = new Map<string, number>();
  let newest: { claim: Claim; at: number } | undefined = base;
  for (const { claim, floor } of counted) {
    for (const [element, mentions] of Object.entries(claim.register.added!)) {
      const times = timesOf(mentions).filter((at) => at >= floor);
      if (times.length === 0) continue;
      firstMentions.set(element, Math.min(firstMentions.get(element) ?? Infinity, times[0]!));
      const last = times.at(-1)!;
      if (!newest || last > newest.at) newest = { claim, at: last };
    }
  }
  if (firstMentions.size === 0) return undefined;
  const ordered = [...firstMentions].sort(([a, aAt], [b, bAt]) => aAt - bAt || (a < b ? -1 : 1));
  const start = Array.isArray(base?.value) ? base.value : [];
  return {
    value: [...new Set([...start, ...ordered.map(([element]) => element)])],
    ...writtenBy(newest!),
  };
}
