import type { Statement, StoredTimes } from './assertion-store.ts';
import { hasBindingTime } from './fold-assertions.ts';
import { findViolation, type GuardKey } from './guards.ts';
import type { KeyRules } from './key-rules.ts';
import type { StoredKey } from './key-store.ts';

/** What a batch of statements does to the map. */
export interface LinkPlan {
  /** Statements to be appended or widened. */
  readonly write: Statement[];
  /** Persons to be united, and first links to be noted: no guard has a say, in whatever order. */
  readonly united: { keys: StoredKey[]; boundAt: Map<number, number> }[];
  /** Statements and keys of those parts of the map that must be folded. */
  readonly fold: { statements: Statement[]; keyNumbers: number[] }[];
}

export interface LinkInput {
  readonly statements: readonly Statement[];
  readonly stored: ReadonlyMap<string, StoredTimes>;
  /** Every key of every person that a statement names. */
  readonly keys: ReadonlyMap<number, StoredKey>;
  readonly rules: KeyRules;
}

interface Group {
  readonly persons: Set<number>;
  readonly statements: Statement[];
  readonly boundAt: Map<number, number>;
  needsFold: boolean;
}

/**
 * Sorts statements into those whose effect does not depend on order and those that need a fold.
 *
 * Links between persons of whom nothing was ever refused, taken or undone commute: every rule is
 * monotone, so if the union of all of them breaks none, no order of adding them would have broken one,
 * and the fold would accept each. That is nearly all of real traffic, and costs no look at the log.
 */
export function planLinks(input: LinkInput): LinkPlan {
  const groups = groupStatements(input);
  const plan: LinkPlan = { write: [], united: [], fold: [] };
  const members = membersByPerson(input.keys);
  for (const group of groups) {
    plan.write.push(...group.statements);
    const parts = [...group.persons].map((person) => members.get(person)!);
    if (group.persons.size === 0) continue;
    if (group.needsFold || isGuarded(parts, group, input.rules)) {
      plan.fold.push({ statements: group.statements, keyNumbers: baseOf(group, input.keys) });
    } else {
      plan.united.push({ keys: parts.flat(), boundAt: group.boundAt });
    }
  }
  return plan;
}

function groupStatements(input: LinkInput): Set<Group> {
  const groups = new Set<Group>();
  const groupOf = new Map<number, Group>();
  for (const statement of input.statements) {
    const stored = input.stored.get(statement.assertionId);
    if (stored && stored.first_at <= statement.firstAt && stored.last_at >= statement.lastAt) continue;
    const group: Group = {
      persons: new Set(),
      statements: [statement],
      boundAt: new Map(),
      needsFold: false,
    };
    groups.add(group);
    const usable = usableKeys(statement, input.keys);
    const links = statement.kind !== 'unbind' && usable.length > 1;
    if (stored?.inactive || (!links && statement.kind !== 'unbind')) continue;
    group.needsFold = statement.kind === 'unbind';
    for (const key of usable) {
      if (links && hasBindingTime(input.rules, key.type)) noteBound(group, key.key_number, statement.firstAt);
      join(groups, groupOf, group, key.person_id);
    }
  }
  return groups;
}

function usableKeys(statement: Statement, keys: ReadonlyMap<number, StoredKey>): StoredKey[] {
  return statement.keyNumbers.map((number) => keys.get(number)!).filter((key) => !key.shared && !key.blocked);
}

/** The earliest statement counts, in whatever order they come: a joined group may have said an earlier time. */
function noteBound(group: Group, key: number, at: number): void {
  group.boundAt.set(key, Math.min(at, group.boundAt.get(key) ?? at));
}

/** Adds a person to a group, together with the group that has it already. */
function join(groups: Set<Group>, groupOf: Map<number, Group>, group: Group, person: number): void {
  const other = groupOf.get(person);
  if (other && other !== group) {
    groups.delete(other);
    group.statements.push(...other.statements);
    group.needsFold ||= other.needsFold;
    for (const each of other.persons) {
      group.persons.add(each);
      groupOf.set(each, group);
    }
    for (const [key, at] of other.boundAt) noteBound(group, key, at);
  }
  group.persons.add(person);
  groupOf.set(person, group);
}

function membersByPerson(keys: ReadonlyMap<number, StoredKey>): Map<number, StoredKey[]> {
  const members = new Map<number, StoredKey[]>();
  for (const key of keys.values()) {
    const list = members.get(key.person_id);
    if (list) list.push(key);
    else members.set(key.person_id, [key]);
  }
  return members;
}

function isGuarded(parts: readonly (readonly StoredKey[])[], group: Group, rules: KeyRules): boolean {
  if (parts.some((part) => part.some((key) => key.ordered && key.key_number === key.person_id))) return true;
  const guarded = parts.map((part) =>
    part.map((key): GuardKey => ({
      keyNumber: key.key_number,
      type: key.type,
      boundAt: earliest(key.bound_at, group.boundAt.get(key.key_number)),
    })),
  );
  return findViolation(guarded, rules, 0) !== undefined;
}

/** The earlier of two times of which either may be missing. */
export function earliest(stored: number | null, asserted: number | undefined): number | undefined {
  if (stored === null) return asserted;
  return asserted === undefined ? stored : Math.min(stored, asserted);
}

function baseOf(group: Group, keys: ReadonlyMap<number, StoredKey>): number[] {
  const base = new Set<number>(group.persons);
  for (const statement of group.statements) {
    for (const key of usableKeys(statement, keys)) base.add(key.key_number);
  }
  return [...base];
}
