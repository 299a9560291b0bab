import type { ClickHouse } from '../clickhouse.ts';
import { CodedError } from '../errors.ts';

/** What the users of an institution reach. */
export interface PeopleOfInstitution {
  /** Which of these people they may see. */
  sees(institutionId: string, personIds: readonly number[]): Promise<ReadonlySet<number>>;
  /** ClickHouse, for reading, with the rows of their people only: what is counted there is what they may see. */
  cut(institutionId: string): Promise<ClickHouse>;
}

/** One institution's view. */
export interface SeenPeople {
  /** Which of these people are seen. */
  sees: Sees;
  /** See `PeopleOfInstitution.cut`. */
  cut(): Promise<ClickHouse>;
}
export type Sees = (personIds: readonly number[]) => Promise<ReadonlySet<number>>;

/** The person that an object is: by `personId`, or as one end of a relation (`{ type: 'person', id }`). */
function personOf(value: object): number | undefined {
  const { personId, type, id } = value as { personId?: unknown; type?: unknown; id?: unknown };
  if (typeof personId === 'number') return personId;
  return type === 'person' && typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : undefined;
}

/** A detail names its owner by the key it came with; whose details are shown is asked for by person. */
const OWNER = 'owner';

/** Calls the visitor with every person that a value names. */
function visitPeople(value: unknown, visit: (personId: number) => void): void {
  if (Array.isArray(value)) for (const each of value) visitPeople(each, visit);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const personId = personOf(value);
  if (personId !== undefined) visit(personId);
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'personIds' && Array.isArray(inner)) for (const each of inner) visit(Number(each));
    else if (name !== OWNER) visitPeople(inner, visit);
  }
}

/**
 * Refuses a request that names somebody elsewhere: whoever may not see somebody is told that there is nobody. One that
 * writes may name nobody elsewhere at all; lists that are asked about are cut in the answer.
 * @throws CodedError person_not_found
 */
export async function requirePeople(parts: readonly unknown[], writes: boolean, sees: Sees): Promise<void> {
  const named = new Set<number>();
  for (const part of parts) {
    const personId = (part as { personId?: unknown } | undefined)?.personId;
    if (typeof personId === 'number') named.add(personId);
    if (writes) visitPeople(part, (each) => named.add(each));
  }
  await requireSeen([...named], sees);
}

/** @throws CodedError person_not_found when one of the people is not seen */
export async function requireSeen(personIds: readonly number[], sees: Sees): Promise<void> {
  if (personIds.length === 0) return;
  const visible = await sees(personIds);
  if (personIds.some((personId) => !visible.has(personId))) throw new CodedError('person_not_found');
}

/**
 * An answer without the people who may not be seen: what is about them is left out of lists.
 * @throws CodedError person_not_found when all of the answer is about such a person
 */
export async function withoutOthers<Answer>(answer: Answer, sees: Sees): Promise<Answer> {
  if (typeof answer !== 'object' || answer === null || !isPlain(answer)) return answer;
  const named = new Set<number>();
  visitPeople(answer, (personId) => named.add(personId));
  if (named.size === 0) return answer;
  const visible = await sees([...named]);
  const kept = keepVisible(answer, visible);
  if (kept === HIDDEN) throw new CodedError('person_not_found');
  return kept as Answer;
}

const HIDDEN = Symbol('hidden');

const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

function keepVisible(value: unknown, visible: ReadonlySet<number>): unknown {
  if (Array.isArray(value))
    return value.map((each) => keepVisible(each, visible)).filter((each) => each !== HIDDEN);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const personId = personOf(value);
  if (personId !== undefined && !visible.has(personId)) return HIDDEN;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const part =
      name === 'personIds' && Array.isArray(inner)
        ? inner.filter((each) => visible.has(Number(each)))
        : name === OWNER
          ? inner
          : keepVisible(inner, visible);
    // A relation to somebody is about them.
    if (part === HIDDEN && name === 'end') return HIDDEN;
    if (part !== HIDDEN) kept[name] = part;
  }
  return kept;
}
