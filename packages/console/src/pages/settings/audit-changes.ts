/** What an entry of the audit says, as facts: what was changed from what to what. Pure. */

export interface AuditFact {
  /** Dotted place in the detail, without the wrappers that say nothing: `settings.host` is `host`. */
  name: string;
  value: unknown;
  /** What it was until then; absent where nothing is known of that. */
  formerly?: unknown;
}

/** Wrappers around what was saved. */
const WRAPPERS = new Set(['settings', 'definition', 'change']);
/** Acts that save a thing anew; of all others the entry before says nothing. */
const SAVES = /\.(put|edit|update|save\w*|declare|reach)$/;
/** What names the changed parts is of this entry alone. */
const OWN = new Set(['changed', 'secrets', 'password']);

/** Facts of an entry; of a saved thing only those that differ from what it was, when that is known. */
export function factsOf(
  action: string,
  detail: Readonly<Record<string, unknown>>,
  formerly: Readonly<Record<string, unknown>> | undefined,
): AuditFact[] {
  const now = flat(detail);
  if (!formerly || !SAVES.test(action)) return [...now].map(([name, value]) => ({ name, value }));
  const before = flat(formerly);
  // Nothing in common: the entry before is of another act.
  if (![...now.keys()].some((name) => before.has(name))) {
    return [...now].map(([name, value]) => ({ name, value }));
  }
  return [...now].flatMap(([name, value]): AuditFact[] => {
    if (!before.has(name) || OWN.has(name)) return [{ name, value }];
    const former = before.get(name);
    return same(value, former) ? [] : [{ name, value, formerly: former }];
  });
}

function flat(detail: Readonly<Record<string, unknown>>, path = ''): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  for (const [name, value] of Object.entries(detail)) {
    const place = path === '' ? name : `${path}.${name}`;
    if (isRecord(value) && !QUESTIONS.has(name)) {
      const inner = flat(value, WRAPPERS.has(name) ? path : place);
      for (const [each, what] of inner) facts.set(each, what);
    } else if (!isNothing(value)) {
      facts.set(place, value);
    }
  }
  return facts;
}

/** Whole questions are shown by a link to them. */
export const QUESTIONS: ReadonlySet<string> = new Set(['analysis', 'report', 'of']);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
