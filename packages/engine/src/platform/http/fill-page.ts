import { withoutOthers, type Sees } from './limit-people.ts';

/** Pages that are read for one answer; whoever is rarer gets a short page and its cursor. */
const MOST_ROUNDS = 50;

interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

const isPage = (value: unknown): value is Page =>
  typeof value === 'object' && value !== null && Array.isArray((value as { items?: unknown }).items);

/**
 * The answer without the people who may not be seen, and where it is a page of a list, with as many rows as were
 * asked for: for those left out the list is read on. `read` answers the same question with another cursor and limit.
 */
export async function fillPage<Answer>(
  answer: Answer,
  limit: unknown,
  sees: Sees,
  read: (page: { cursor: string; limit: number }) => Promise<Answer>,
): Promise<Answer> {
  const first = await withoutOthers(answer, sees);
  if (!isPage(first) || !isPage(answer) || typeof limit !== 'number') return first;
  const items = [...first.items];
  let { nextCursor } = answer;
  for (let round = 1; items.length < limit && nextCursor !== undefined && round < MOST_ROUNDS; round++) {
    // Never more than are missing: the cursor stands behind the last row that was looked at.
    const next = await read({ cursor: nextCursor, limit: limit - items.length });
    const seen = await withoutOthers(next, sees);
    if (!isPage(seen) || !isPage(next)) break;
    items.push(...seen.items);
    ({ nextCursor } = next);
  }
  const { nextCursor: _, ...rest } = first;
  return { ...rest, items, ...(nextCursor === undefined ? {} : { nextCursor }) } as Answer;
}
