import { CodedError } from '../errors.ts';

/** Which of these people the users of an institution may see. */
export type PeopleOfInstitution = (
  institutionId: string,
  personIds: readonly number[],
) => Promise<ReadonlySet<number>>;

/** Calls the visitor with every person that a value names as `personId` or in `personIds`. */
function visitPeople(value: unknown, visit: (personId: number) => void): void {
  if (Array.isArray(value)) for (const each of value) visitPeople(each, visit);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'personId' && typeof inner === 'number') visit(inner);
    else if (name === 'personIds' && Array.isArray(inner)) for (const each of inner) visit(Number(each));
    else visitPeople(inner, visit);
  }
}

/**
 * Refuses a request that names one person elsewhere: whoever may not see somebody is told that there is nobody.
 * @throws CodedError person_not_found
 */
export async function requirePeople(parts: readonly unknown[], sees: Sees): Promise<void> {
  const named = parts.flatMap((part) => {
    const personId = (part as { personId?: unknown } | undefined)?.personId;
    return typeof personId === 'number' ? [personId] : [];
  });
  if (named.length === 0) return;
  const visible = await sees(named);
  if (named.some((personId) => !visible.has(personId))) throw new CodedError('person_not_found');
}

/** One institution's view: which of these people are seen. */
export type Sees = (personIds: readonly number[]) => Promise<ReadonlySet<number>>;

/**
 * An answer without the people who may not be seen: rows about them are left out of lists, so that a page may be
 * shorter than asked for. Numbers stay: a count names nobody.
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
  const { personId } = value as { personId?: unknown };
  if (typeof personId === 'number' && !visible.has(personId)) return HIDDEN;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const part =
      name === 'personIds' && Array.isArray(inner)
        ? inner.filter((each) => visible.has(Number(each)))
        : keepVisible(inner, visible);
    if (part !== HIDDEN) kept[name] = part;
  }
  return kept;
}
