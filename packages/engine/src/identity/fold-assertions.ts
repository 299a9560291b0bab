import type {
  AssertionKind,
  FoldAssertion,
  FoldKey,
  FoldInput,
  Refusal,
  SharedKey,
  FoldResult,
} from './assertion.ts';
import { readDecisions, type Decisions } from './fold-decisions.ts';
import { findShared } from './find-shared.ts';
import { findViolation, type GuardKey } from './guards.ts';
import type { KeyRules } from './key-rules.ts';

/** Keys of one person while folding. */
interface PersonSet {
  readonly keys: Map<number, GuardKey>;
  ordered: boolean;
}

/** What the steps of a fold work on. */
interface FoldState {
  readonly input: FoldInput;
  readonly decisions: Decisions;
  readonly shared: ReadonlyMap<number, SharedKey>;
  readonly setOf: Map<number, PersonSet>;
  /** Child key → the key whose loss takes it along. */
  readonly parentOf: Map<number, number>;
  readonly refusals: Map<string, Refusal>;
}

/**
 * Folds assertions into persons: a pure function, the same for any order of its input.
 *
 * Canonical order: asserted time, then assertion id (a keyed hash of the statement itself). An
 * assertion stands at its first and at its last time. Decisions that keep keys apart, shared keys and
 * retractions hold for all times.
 */
export function foldAssertions(input: FoldInput): FoldResult {
  const decisions = readDecisions(input.assertions);
  const state: FoldState = {
    input,
    decisions,
    shared: findShared(input, decisions),
    setOf: new Map(),
    parentOf: new Map(),
    refusals: new Map(),
  };
  for (const key of input.keys.values()) {
    const alone: GuardKey = { keyNumber: key.keyNumber, type: key.type, boundAt: undefined };
    state.setOf.set(key.keyNumber, { keys: new Map([[key.keyNumber, alone]]), ordered: false });
  }
  for (const { assertion, at } of positions(input.assertions)) apply(state, assertion, at);
  return finish(state);
}

function positions(assertions: readonly FoldAssertion[]): { assertion: FoldAssertion; at: number }[] {
  return assertions
    .flatMap((assertion) =>
      assertion.lastAt > assertion.firstAt
        ? [
            { assertion, at: assertion.firstAt },
            { assertion, at: assertion.lastAt },
          ]
        : [{ assertion, at: assertion.firstAt }],
    )
    .sort((a, b) => a.at - b.at || (a.assertion.assertionId < b.assertion.assertionId ? -1 : 1));
}

function apply(state: FoldState, assertion: FoldAssertion, at: number): void {
  const keys = usableKeys(state, assertion);
  const [anchor, ...others] = keys;
  if (anchor === undefined) return;
  switch (assertion.kind) {
    case 'bind':
    case 'seen':
    case 'sign_up':
      for (const other of others) link(state, anchor, other, assertion, at);
      noteParents(state, keys);
      return;
    case 'merge':
      for (const other of others) force(state, anchor, other, at);
      return;
    case 'unbind':
      unbind(state, anchor, others);
      return;
    case 'apart':
    case 'exempt':
    case 'shared':
    case 'retract':
      for (const key of keys) state.setOf.get(key)!.ordered = true;
  }
}

/** Keys that may glue, strongest first: by priority of the type, then by fingerprint. */
function usableKeys(state: FoldState, assertion: FoldAssertion): number[] {
  const { keys, rules } = state.input;
  const priority = (key: FoldKey): number => rules.byType.get(key.type)?.priority ?? Number.MAX_SAFE_INTEGER;
  return assertion.keyNumbers
    .map((number) => keys.get(number))
    .filter((key) => key !== undefined && !key.blocked && !state.shared.has(key.keyNumber))
    .map((key) => key as FoldKey)
    .sort((a, b) => priority(a) - priority(b) || (a.fingerprint < b.fingerprint ? -1 : 1))
    .map((key) => key.keyNumber);
}

function link(state: FoldState, anchor: number, other: number, assertion: FoldAssertion, at: number): void {
  const left = state.setOf.get(anchor)!;
  const right = state.setOf.get(other)!;
  if (left === right) return noteBound(state, left, anchor, other, at);
  if (state.decisions.keepsApart(left.keys, right.keys)) {
    left.ordered = right.ordered = true;
    return;
  }
  const violation = findViolation([[...left.keys.values()], [...right.keys.values()]], state.input.rules, at);
  if (!violation) {
    noteBound(state, unite(state, left, right), anchor, other, at);
    return;
  }
  left.ordered = right.ordered = true;
  contest(
    state,
    anchor,
    other,
    { ...violation, anchor, other, at, assertionId: assertion.assertionId },
    assertion.kind,
  );
}

/** A guard stopped the link: the type of the weaker key says who keeps it. */
function contest(
  state: FoldState,
  anchor: number,
  other: number,
  refusal: Refusal,
  kind: AssertionKind,
): void {
  const policy = state.input.rules.byType.get(state.input.keys.get(other)!.type)?.contested ?? 'quarantine';
  const byCardinality = refusal.reason === 'cardinality';
  if (byCardinality && policy === 'newest' && kind === 'bind') {
    const moved = withChildren(state, other);
    const target = state.setOf.get(anchor)!;
    const violation = findViolation(
      [[...target.keys.values()], moved.map((key) => alone(state, key))],
      state.input.rules,
      refusal.at,
    );
    if (!violation) {
      const detached = detach(state, moved);
      noteBound(state, unite(state, target, detached), anchor, other, refusal.at);
      return;
    }
  }
  if (byCardinality && policy !== 'quarantine') return;
  const pair = `${refusal.reason} ${anchor} ${other}`;
  if (!state.refusals.has(pair)) state.refusals.set(pair, refusal);
}

/** A decision that two keys are one person overrides every guard but a later decision. */
function force(state: FoldState, anchor: number, other: number, at: number): void {
  const left = state.setOf.get(anchor)!;
  const right = state.setOf.get(other)!;
  if (left !== right && state.decisions.keepsApart(left.keys, right.keys, at)) return;
  const united = left === right ? left : unite(state, left, right);
  united.ordered = true;
  noteBound(state, united, anchor, other, at);
}

/** The weaker keys leave the person of the strongest; a lone key leaves whoever has it. */
function unbind(state: FoldState, anchor: number, others: readonly number[]): void {
  const leaving = others.length === 0 ? [anchor] : others;
  const home = state.setOf.get(anchor)!;
  home.ordered = true;
  for (const key of leaving) {
    const set = state.setOf.get(key)!;
    set.ordered = true;
    if (set === home) detach(state, withChildren(state, key)).ordered = true;
  }
}

/** The key and, within its person, the keys whose parent it is, and theirs. */
function withChildren(state: FoldState, key: number): number[] {
  const family = [key];
  const set = state.setOf.get(key)!;
  for (const member of family) {
    for (const candidate of set.keys.keys()) {
      if (state.parentOf.get(candidate) === member && !family.includes(candidate)) family.push(candidate);
    }
  }
  return family;
}

function alone(state: FoldState, key: number): GuardKey {
  return { keyNumber: key, type: state.input.keys.get(key)!.type, boundAt: undefined };
}

/** Takes keys out of their set into one of their own; what was known of their links is forgotten. */
function detach(state: FoldState, family: readonly number[]): PersonSet {
  const from = state.setOf.get(family[0]!)!;
  const detached: PersonSet = { keys: new Map(), ordered: true };
  for (const key of family) {
    from.keys.delete(key);
    detached.keys.set(key, alone(state, key));
    state.setOf.set(key, detached);
  }
  state.parentOf.delete(family[0]!);
  return detached;
}

function unite(state: FoldState, left: PersonSet, right: PersonSet): PersonSet {
  const [large, small] = left.keys.size >= right.keys.size ? [left, right] : [right, left];
  for (const [number, key] of small.keys) {
    large.keys.set(number, key);
    state.setOf.set(number, large);
  }
  large.ordered ||= small.ordered;
  return large;
}

/** Keys of which a person has one need no time: no window counts them. It saves writing the strongest keys. */
export function hasBindingTime(rules: KeyRules, type: string): boolean {
  return rules.byType.get(type)?.cardinality !== 'one';
}

function noteBound(state: FoldState, set: PersonSet, anchor: number, other: number, at: number): void {
  for (const number of [anchor, other]) {
    const key = set.keys.get(number)!;
    if (key.boundAt !== undefined || !hasBindingTime(state.input.rules, key.type)) continue;
    set.keys.set(number, { ...key, boundAt: at });
  }
}

/** Keys of a type with a parent follow the parent that they were last asserted with. */
function noteParents(state: FoldState, keys: readonly number[]): void {
  for (const child of keys) {
    const parentType = state.input.rules.byType.get(state.input.keys.get(child)!.type)?.parent;
    if (!parentType) continue;
    const set = state.setOf.get(child)!;
    const parent = keys.find(
      (key) =>
        key !== child && state.input.keys.get(key)!.type === parentType && state.setOf.get(key) === set,
    );
    if (parent !== undefined) state.parentOf.set(child, parent);
  }
}

function finish(state: FoldState): FoldResult {
  const personOf = new Map<number, number>();
  const boundAt = new Map<number, number>();
  const ordered = new Set<number>();
  for (const set of new Set(state.setOf.values())) {
    let person = Number.POSITIVE_INFINITY;
    for (const number of set.keys.keys()) person = Math.min(person, number);
    for (const key of set.keys.values()) {
      personOf.set(key.keyNumber, person);
      if (key.boundAt !== undefined) boundAt.set(key.keyNumber, key.boundAt);
    }
    if (set.ordered) ordered.add(person);
  }
  const refusals = [...state.refusals.values()].filter(
    (refusal) =>
      personOf.get(refusal.anchor) !== personOf.get(refusal.other) &&
      !state.decisions.keepsApart(
        state.setOf.get(refusal.anchor)!.keys,
        state.setOf.get(refusal.other)!.keys,
      ),
  );
  return { personOf, boundAt, shared: new Map(state.shared), refusals, ordered };
}
